"""A recorder that comes back to a recording, after an end or after a kill, goes on with what is there."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from evidence import LeakGate, Recorder, sight
from evidence.recorded import Recorded
from tests.evidence.stage import stage

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from playwright.sync_api import Browser

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")
BANNER = "run r-1"


def _recorded(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((folder / "recorded.json").read_text())
    return facts


def _a_part(browser: Browser, folder: Path, value: str, *, step: str, close: bool = True) -> None:
    """Record one step in a browser of its own; without `close` the recorder ends as if it had been killed."""
    with stage(browser, folder, value, video=True) as play:
        play.recorder.step(1, 2, step, step.capitalize())
        play.tab.evaluate(f"document.body.append('{step}')")
        assert play.recorder.picture(play.tab, "same", "after")
        play.tab.wait_for_timeout(200)
        if close:
            play.recorder.close()


@needs_ffmpeg
def test_what_an_earlier_part_recorded_stays_and_stays_listed(browser: Browser, tmp_path: Path, value: str) -> None:
    _a_part(browser, tmp_path, value, step="open")
    first = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".json"}
    before = _recorded(tmp_path)
    _a_part(browser, tmp_path, value, step="save")
    assert {path: path.read_bytes() for path in first} == first
    after = _recorded(tmp_path)
    for told in ("videos", "chapters", "periods", "parts"):
        assert after[told][: len(before[told])] == before[told]
    assert [one["path"] for one in after["videos"]] == ["video/portal.mp4", "video/portal-2.mp4"]
    assert [one["title"] for one in after["chapters"]] == ["1. Open", "1. Save"]
    assert sorted(path.name for path in (tmp_path / "trace").iterdir()) == ["trace-1.zip", "trace-2.zip"]
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        "01-same-after-2.png",
        "01-same-after.png",
    ]
    assert all({"began", "ended"} == part.keys() for part in after["parts"])


@needs_ffmpeg
def test_the_frames_of_a_part_that_was_killed_become_its_video(browser: Browser, tmp_path: Path, value: str) -> None:
    _a_part(browser, tmp_path, value, step="open", close=False)
    frames = sorted((tmp_path / "video" / "portal.frames").glob("*.jpg"))
    assert frames
    for torn in (frames[0].with_suffix(".new"), tmp_path / "pictures" / "01-torn.new", tmp_path / "trace" / "t.zip"):
        torn.write_bytes(b"PK\x03\x04 cut short")
    assert [one["title"] for one in _recorded(tmp_path)["chapters"]] == ["1. Open"]
    _a_part(browser, tmp_path, value, step="save")
    told = _recorded(tmp_path)
    assert [one["path"] for one in told["videos"]] == ["video/portal.mp4", "video/portal-2.mp4"]
    assert not list(tmp_path.rglob("*.frames"))
    assert [one["part"] for one in told["not_recorded"]] == ["trace of a part that was cut short"]
    assert LeakGate([value.encode()]).search(tmp_path) == []
    ffprobe = ("ffprobe", "-v", "quiet", "-of", "json", "-show_chapters", "-show_format")
    film = subprocess.run([*ffprobe, str(tmp_path / "video" / "portal.mp4")], capture_output=True, check=True).stdout
    assert [one["tags"]["title"] for one in json.loads(film)["chapters"]] == ["1. Open"]
    assert float(json.loads(film)["format"]["duration"]) < 60


def test_where_no_ffmpeg_is_the_frames_of_a_part_that_was_killed_are_kept(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _a_part(browser, tmp_path, value, step="open", close=False)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    _a_part(browser, tmp_path, value, step="save")
    told = _recorded(tmp_path)
    assert [one["path"] for one in told["videos"]] == ["video/portal.frames", "video/portal-2.frames"]
    kept = {path: path.read_bytes() for path in (tmp_path / "video").rglob("*.jpg")}
    monkeypatch.undo()
    _a_part(browser, tmp_path, value, step="again")
    assert {path: path.read_bytes() for path in kept} == kept  # What was told, and may be sealed, is not touched.


def test_frames_that_were_encoded_before_the_kill_are_not_encoded_again(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    _a_part(browser, tmp_path, value, step="open", close=False)
    (tmp_path / "video" / "portal.mp4").write_bytes(b"whole")
    _a_part(browser, tmp_path, value, step="save")
    assert (tmp_path / "video" / "portal.mp4").read_bytes() == b"whole"
    assert _recorded(tmp_path)["videos"][0]["path"] == "video/portal.mp4"


def test_a_part_that_was_killed_in_the_dark_was_dark_until_the_next(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with stage(browser, tmp_path, value) as play:
        play.recorder.dark("Sign in")
    assert "to" not in _recorded(tmp_path)["periods"][0]
    with stage(browser, tmp_path, value) as play:
        play.recorder.close()
    told = _recorded(tmp_path)
    assert [(one["what"], "to" in one) for one in told["periods"]] == [("dark", True)]
    assert told["periods"][0]["to"] <= told["parts"][1]["began"]


def test_an_account_of_itself_that_cannot_be_read_is_told_and_nothing_else_is_lost(tmp_path: Path) -> None:
    (tmp_path / "recorded.json").write_text('{"parts": [')
    recorded = Recorded(tmp_path / "recorded.json")
    recorded.begin()
    assert recorded.not_recorded() == [
        {"part": "what an earlier part told of itself", "why": "its recorded.json cannot be read"}
    ]


_STYLE = "getComputedStyle(document.documentElement).webkitTextSecurity"


def _comes_back(play_folder: Path, disguise: str) -> Recorder:
    return Recorder(play_folder, banner=BANNER, video=False, disguise=disguise)


def test_a_recorder_that_comes_back_goes_on_with_the_disguise_in_the_pages(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with stage(browser, tmp_path, value, "text", "what-the-page-knows") as play:
        play.recorder.prove([play.tab])
        play.reveal()
        play.context.tracing.stop()  # As when the process that began it has died.
        again = _comes_back(tmp_path, play.recorder.disguise)
        again.attach(play.context)
        assert again.concealed
        assert play.tab.evaluate(_STYLE) == "disc"
        assert [("to" in one) for one in _recorded(tmp_path)["periods"]] == [False]
        assert again.prove([play.tab]) == 1
        again.picture(play.tab, "value", "after")
        play.tab.reload()
        assert play.tab.evaluate(_STYLE) == "disc"
        assert again.uncover()
        assert play.tab.evaluate(_STYLE) == "none"
        again.close()
    assert LeakGate([value.encode()]).search(tmp_path) == []
    assert [("to" in one) for one in _recorded(tmp_path)["periods"]] == [True]


def test_without_the_name_it_could_not_switch_it(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play:
        play.recorder.prove([play.tab])
        play.context.tracing.stop()
        again = _comes_back(tmp_path, "")
        again.attach(play.context)
        assert not again.concealed
        assert again.uncover()
        assert play.tab.evaluate(_STYLE) == "disc"


def test_what_a_proof_that_was_cut_short_left_on_the_page_is_taken_away(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with stage(browser, tmp_path, value) as play:
        play.tab.evaluate(f"window['{play.recorder.disguise}'].show([65, 66, 67])")
        assert play.tab.locator("[popover]").count() == 1
        play.context.tracing.stop()
        _comes_back(tmp_path, play.recorder.disguise).attach(play.context)
        assert play.tab.locator("[popover]").count() == 0


@pytest.mark.skipif(not sight.can_read(), reason="needs tesseract")
@needs_ffmpeg
def test_a_page_that_loaded_while_nobody_was_there_is_filmed_only_in_disguise(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with stage(browser, tmp_path, value) as play:
        bare = browser.new_context(viewport={"width": 700, "height": 260})
        tab = bare.new_page()
        tab.goto(f"{play.portal.top}/?show=text")
        tab.evaluate("reveal()")
        tab.get_by_text(value).wait_for()
        again = Recorder(tmp_path / "again", banner=BANNER)
        again.attach(bare)
        again.watch(tab, "portal")
        again.picture(tab, "value", "after")
        tab.wait_for_timeout(300)
        again.close()
        bare.close()
    assert LeakGate([value.encode()]).search(tmp_path / "again") == []
