"""`keyturn runs`: what can go on, and ending a browser that may show the only copy of a value."""

from __future__ import annotations

import json
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from keyturn import events, keeper
from keyturn.cli import main
from keyturn.keeper import Kept
from tests.keyturn.recorded import ACTING, INTENDED, recorded, started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyturn.events import Event


class Browsers:
    """Browsers that are kept, and which of them were ended."""

    def __init__(self, *runs: str) -> None:
        self.kept = {run: Kept(run, "/nowhere", "/nowhere", headed=True) for run in runs}
        self.ended: list[str] = []

    @contextmanager
    def attached(self, kept: Kept) -> Iterator[Any]:
        yield SimpleNamespace(close=lambda: self.ended.append(kept.run))


def browsers(monkeypatch: pytest.MonkeyPatch, *runs: str) -> Browsers:
    kept = Browsers(*runs)
    monkeypatch.setattr(keeper, "kept_runs", lambda: kept.kept)
    monkeypatch.setattr(keeper, "attached", kept.attached)
    return kept


def recordings(home: Path, *told: Event) -> list[str]:
    recorded(home, started("add"), *told)
    return ["--recordings", str(home)]


def test_what_can_go_on_is_listed_with_the_words_that_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browsers(monkeypatch, "a-run", "b-run")
    assert main(["runs", "--json", *recordings(tmp_path, INTENDED, ACTING)]) == 0
    out, err = capsys.readouterr()
    listed = {one["run"]: one for one in json.loads(out)["runs"]}
    assert listed["a-run"]["resumable"]
    assert listed["a-run"]["value_may_be_open"]
    assert not listed["b-run"]["resumable"]
    for words in ("keyturn resume a-run", "keyturn runs --end a-run", "may show a value", "in another folder"):
        assert words in err


def test_nothing_to_list_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    browsers(monkeypatch)
    assert main(["runs", "--recordings", str(tmp_path)]) == 0
    assert "No run can go on" in capsys.readouterr().err


def test_a_folder_of_recordings_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browsers(monkeypatch)
    assert main(["runs", "--recordings", str(tmp_path / "nowhere")]) == 2
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "options", "code"),
    [
        ((INTENDED, ACTING), [], 2),
        ((INTENDED, ACTING), ["--lose-value"], 0),
        ((), [], 0),
        ((INTENDED, ACTING, events.SecretNotMade("add", "secret", "intent", "why")), [], 0),
    ],
)
def test_a_browser_is_ended_unless_a_value_would_go_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: tuple[Event, ...], options: list[str], code: int
) -> None:
    kept = browsers(monkeypatch, "a-run")
    assert main(["runs", "--end", "a-run", *options, *recordings(tmp_path, *told)]) == code
    assert kept.ended == ([] if code else ["a-run"])


def test_where_its_recording_is_not_there_a_value_may_go_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = browsers(monkeypatch, "b-run")
    assert main(["runs", "--end", "b-run", "--recordings", str(tmp_path)]) == 2
    assert kept.ended == []


def test_a_browser_that_is_not_open_cannot_be_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browsers(monkeypatch)
    assert main(["runs", "--end", "a-run", *recordings(tmp_path)]) == 2
