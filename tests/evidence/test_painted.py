"""Pictures and films searched as a person sees them: each that shows a value is named, and none is read in vain."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from evidence import Finding, LeakGate, ScanError, sight
from tests.evidence.conftest import PIXEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser


@pytest.mark.skipif(not sight.can_read(), reason="needs tesseract")
def test_words_that_were_written_before_are_no_trace_in_a_picture_either(tmp_path: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 600, "height": 200})
    page.set_content("<p style='font: 20px monospace'>somebody is signed in</p>")
    page.screenshot(path=tmp_path / "1.png")
    page.close()
    assert LeakGate([b"somebody is"]).search(tmp_path)
    assert LeakGate([b"somebody is"], words=b"Somebody is asked").search(tmp_path) == []


def test_where_pictures_cannot_be_read_everything_else_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    def fail(*_: object) -> None:
        raise ScanError("the pictures cannot be read")

    monkeypatch.setattr(sight, "can_read", lambda: True)
    monkeypatch.setattr(sight, "read", fail)
    (tmp_path / "1.png").write_bytes(PIXEL)
    (tmp_path / "2.txt").write_text(value)
    assert LeakGate([value.encode()]).search(tmp_path) == [
        Finding("2.txt", "the value can be read, plain"),
        Finding("pictures and films", "the pictures cannot be read", unsearched=True),
    ]


@pytest.mark.parametrize("leaked", [False, True])
def test_who_waits_is_told_how_many_pictures_have_been_read(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch, value: str, leaked: bool
) -> None:
    def read(pictures: Sequence[Path], told: Callable[[int], None]) -> dict[Path, str]:
        for number in range(len(pictures)):
            told(number + 1)
        return dict.fromkeys(pictures, value if leaked else "")

    monkeypatch.setattr(sight, "can_read", lambda: True)
    monkeypatch.setattr(sight, "read", read)
    page = browser.new_page(viewport={"width": 300, "height": 200})
    for number in range(3):
        page.set_content(f"<h1>{number}</h1>")
        page.screenshot(path=tmp_path / f"{number}.png")
    page.close()
    heard: list[tuple[int, int]] = []
    LeakGate([value.encode()], told=lambda *so_far: heard.append(so_far)).search(tmp_path)
    again = [(4, 6), (5, 6), (6, 6)] if leaked else []  # Where a value is seen, each picture is read once more, whole.
    assert heard == [(1, 3), (2, 3), (3, 3), *again]


@pytest.mark.skipif(not sight.can_read(), reason="needs tesseract")
def test_every_picture_that_shows_the_value_is_named_though_it_was_new_in_one_only(
    tmp_path: Path, browser: Browser, value: str
) -> None:
    page = browser.new_page(viewport={"width": 800, "height": 400})
    words = ("", f"<p>{value}</p>", f"<p>{value}</p><h1>more</h1>", f"<p>{value}</p><h1>most</h1>", "<p>gone</p>")
    for number, text in enumerate(words):
        page.set_content(f"<style>p {{ font: 20px monospace }} h1 {{ margin-top: 200px }}</style>{text}")
        page.screenshot(path=tmp_path / f"{number}.png")
    page.close()
    assert [finding.path for finding in LeakGate([value.encode()]).search(tmp_path)] == ["1.png", "2.png", "3.png"]
    for number in (1, 2, 3):
        (tmp_path / f"{number}.png").unlink()
    assert LeakGate([value.encode()]).search(tmp_path) == []


@pytest.mark.skipif(not sight.can_read() or not shutil.which("ffmpeg"), reason="needs tesseract and ffmpeg")
def test_only_what_was_painted_since_a_value_can_exist_is_looked_at(
    tmp_path: Path, browser: Browser, value: str
) -> None:
    page = browser.new_page(viewport={"width": 800, "height": 200})
    page.set_content(f"<p style='font: 20px monospace'>{value}</p>")
    (tmp_path / "data" / "video").mkdir(parents=True)
    still = tmp_path / "data" / "early.png"
    page.screenshot(path=still)
    page.close()
    film = tmp_path / "data" / "video" / "tab.mp4"
    blank = "color=white:s=800x200:d=30:r=2"
    late = "[0][1]overlay=enable='between(t,20,22)',format=yuv420p"
    command = ["ffmpeg", "-loglevel", "quiet", "-f", "lavfi", "-i", blank, "-i", str(still), "-lavfi", late, str(film)]
    subprocess.run(command, check=True)
    began = datetime(2026, 11, 24, 2, tzinfo=UTC)
    video = {"path": "video/tab.mp4", "from": began.isoformat(), "of": "tab"}
    (tmp_path / "data" / "recorded.json").write_text(json.dumps({"videos": [video]}))
    os.utime(still, (began.timestamp() + 15, began.timestamp() + 15))
    gate = LeakGate([value.encode()])

    def places(since: datetime | None) -> set[str]:
        return {finding.path.split(",")[0] for finding in gate.search(tmp_path, since)}

    assert places(None) == {"data/early.png", "data/video/tab.mp4"}
    assert places(began + timedelta(seconds=19)) == {"data/early.png", "data/video/tab.mp4"}  # with some to spare
    assert places(began + timedelta(seconds=21)) == {"data/video/tab.mp4"}
    assert places(began + timedelta(seconds=29)) == set()
    (tmp_path / "data" / "recorded.json").unlink()  # A film that does not say when it began is looked at wholly.
    assert places(began + timedelta(seconds=29)) == {"data/video/tab.mp4"}
