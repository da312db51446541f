"""An outside observer who films the virtual display at a high rate sees the value in no frame."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from evidence import LeakGate, sight
from evidence.camera import Camera
from evidence.concealment import Concealment
from tests.evidence.observer import filming
from tests.evidence.stage import await_shown, stage
from tests.evidence.variants import FEW, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserType

pytestmark = [
    pytest.mark.headed,
    pytest.mark.skipif(
        not (sight.can_read() and shutil.which("ffmpeg")), reason="reading films needs tesseract and ffmpeg"
    ),
]


@pytest.fixture
def headed(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], display: dict[str, str]
) -> Iterator[Browser]:
    """A visible browser on the virtual display."""
    browser = browser_type.launch(**{**browser_type_launch_args, "headless": False, "env": display})
    yield browser
    browser.close()


def _seen(
    headed: Browser, display: dict[str, str], folder: Path, value: str, names: tuple[str, ...]
) -> tuple[set[str], int]:
    """Show the value in each way, filmed; return in which films it can be read, and how many frames there are."""
    frames, camera = 0, Camera()
    films = folder / "films"
    films.mkdir()
    with stage(headed, folder / "recording", value) as play:
        for name in names:
            tab = play.open(name)
            tab.bring_to_front()
            play.recorder.prove([tab])
            with filming(display, films / f"{name}.mkv") as observer:
                tab.evaluate("reveal()")
                await_shown(tab, name)
                camera.shot(tab)  # Comes only when all of it has been painted.
                observer.watch_for(20)
            frames += observer.frames
            tab.close()
    found = LeakGate([value.encode()]).search(films)
    return {finding.path.partition(".")[0] for finding in found}, frames


@pytest.mark.parametrize(
    "names", [FEW, pytest.param(tuple(VARIANTS), marks=pytest.mark.soak)], ids=["a few ways", "every way"]
)
def test_the_value_is_in_no_frame(  # noqa: PLR0913  # fixtures
    headed: Browser,
    display: dict[str, str],
    tmp_path: Path,
    value: str,
    *,
    figure: Callable[[str], None],
    names: tuple[str, ...],
) -> None:
    seen, frames = _seen(headed, display, tmp_path, value, names)
    figure(f"{frames} frames from outside, {len(names)} ways to show the value, {len(seen)} of them seen")
    assert seen == set()


def test_without_concealment_the_observer_sees_it(
    headed: Browser, display: dict[str, str], tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("attach", "conceal", "prove"):
        monkeypatch.setattr(Concealment, part, lambda *_: 1)
    seen, _ = _seen(headed, display, tmp_path, value, FEW)
    assert seen == set(FEW)
