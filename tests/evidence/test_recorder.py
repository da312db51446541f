from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error as BrowserError

from evidence import LeakGate, reserve, sight
from tests.evidence.stage import stage

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs ffmpeg")
needs_tesseract = pytest.mark.skipif(not sight.can_read(), reason="needs tesseract")
SIGN_IN = "Hello Ann Example, approve number 47"


def _recorded(folder: Path) -> dict[str, list[dict[str, str]]]:
    facts: dict[str, list[dict[str, str]]] = json.loads((folder / "recorded.json").read_text())
    return facts


@needs_ffmpeg
@needs_tesseract
def test_nothing_of_the_dark_is_recorded_and_the_recording_says_so(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        play.recorder.step(1, 2, "sign-in", "Sign in")
        play.recorder.dark("Sign in")
        play.tab.evaluate(f"document.body.innerHTML = '<p>{SIGN_IN}</p>'")
        play.tab.wait_for_timeout(300)
        assert play.recorder.picture(play.tab, "sign-in", "before") is None
        play.tab.evaluate("document.body.innerHTML = '<p>Signed in as somebody</p>'")
        play.recorder.light()
        play.recorder.step(2, 2, "next", "Next")
        assert play.recorder.picture(play.tab, "next", "before")
        play.tab.wait_for_timeout(200)
        assert play.recorder.close() == []
    assert [finding.path for finding in LeakGate([SIGN_IN.encode()]).search(tmp_path / "video")] == []
    assert LeakGate([SIGN_IN.encode()]).search(tmp_path / "pictures") == []
    assert len(list((tmp_path / "trace").iterdir())) == 2
    assert [(one["what"], one["reason"]) for one in _recorded(tmp_path)["periods"]] == [("dark", "Sign in")]
    frames = tmp_path / "frames"
    frames.mkdir()
    said = " ".join(sight.read(sight.frames(tmp_path / "video" / "portal.mp4", frames)).values())
    assert "not recorded since" in said
    assert "Signed in as somebody" in said


@needs_tesseract
def test_where_it_is_dark_already_a_new_reason_begins_a_period_and_shows_nothing(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        play.recorder.dark("Open")
        (film,) = play.recorder._films
        before = set(film.frames.iterdir())
        play.tab.evaluate(f"document.body.innerHTML = '<p>{SIGN_IN}</p>'")
        play.recorder.dark("Sign in")
        play.tab.wait_for_timeout(300)
        (new,) = set(film.frames.iterdir()) - before
        said = sight.read([new])[new]
        assert "Sign in" in said
        assert "Ann Example" not in said
        play.recorder.light()
        play.recorder.close()
    first, second = _recorded(tmp_path)["periods"]
    assert (first["reason"], second["reason"]) == ("Open", "Sign in")
    assert first["from"] <= first["to"] <= second["from"] <= second["to"]


@needs_ffmpeg
@needs_tesseract
def test_without_dark_the_same_film_would_show_it(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        play.tab.evaluate(f"document.body.innerHTML = '<p>{SIGN_IN}</p>'")
        play.tab.wait_for_timeout(300)
        play.recorder.close()
    assert LeakGate([SIGN_IN.encode()]).search(tmp_path / "video")


@needs_ffmpeg
def test_the_film_has_a_chapter_for_each_step(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        for number, title in enumerate(("Open", "Add; and = #1", "Save"), start=1):
            play.recorder.step(number, 3, f"s{number}", title)
            play.tab.evaluate(f"document.body.append('{number}')")
            play.tab.wait_for_timeout(150)
        play.recorder.close()
    ffprobe = ("ffprobe", "-v", "quiet", "-of", "json", "-show_chapters", str(tmp_path / "video" / "portal.mp4"))
    told = json.loads(subprocess.run(ffprobe, capture_output=True, check=True).stdout)
    assert [one["tags"]["title"] for one in told["chapters"]] == ["1. Open", "2. Add; and = #1", "3. Save"]
    assert not (tmp_path / "video" / "portal.frames").exists()


def test_without_ffmpeg_the_frames_are_kept_and_that_is_said(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        play.tab.wait_for_timeout(200)
        monkeypatch.setattr(shutil, "which", lambda _name: None)
        (missing,) = play.recorder.close()
    assert missing["part"] == "video of portal"
    assert "no ffmpeg" in missing["why"]
    assert list((tmp_path / "video" / "portal.frames").glob("*.jpg"))
    assert _recorded(tmp_path)["not_recorded"] == [missing]


def test_a_tab_that_was_closed_keeps_its_film(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        other = play.open("text")
        other.wait_for_timeout(200)
        other.close()
        play.recorder.step(1, 1, "s", "S")
        assert play.recorder.close() == []
    assert (tmp_path / "video" / "text.mp4").is_file()


def test_a_picture_that_cannot_be_taken_is_told(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play:
        play.tab.close()
        assert play.recorder.picture(play.tab, "s", "after") is None
        assert [one["part"] for one in play.recorder.close()] == ["picture 00-s-after"]


def test_where_there_is_no_display_the_missing_window_is_told(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    with stage(browser, tmp_path, value) as play:
        play.recorder._window = True
        play.recorder.watch(play.tab, "again")
        assert play.recorder.close() == [{"part": "video of the window", "why": "there is no display"}]


def test_the_trace_holds_no_page_no_network_and_no_pictures(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, "text") as play:
        play.reveal()
        play.recorder.close()
    with zipfile.ZipFile(tmp_path / "trace" / "trace-1.zip") as archive:
        names = [name for name in archive.namelist() if archive.getinfo(name).file_size]
        assert not [name for name in names if "resources" in name or name.endswith((".jpeg", ".html"))]
        assert b"/value" not in b"".join(archive.read(name) for name in names if name.endswith(".network"))


def test_a_late_frame_from_the_dark_is_dropped_by_its_own_stamp(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        (one,) = play.recorder._films
        play.recorder.dark("Sign in")
        play.recorder.light()
        one._take({"timestamp": one._from - 5, "data": b"late"})
        one._take({"timestamp": one._last + 10_000, "data": b"new"})
        # The browser goes on giving frames of its own, so what is kept is told by its content, not counted.
        kept = [path.read_bytes() for path in one.frames.iterdir()]
        assert b"late" not in kept
        assert b"new" in kept


def test_the_last_of_a_burst_of_frames_is_kept(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        (one,) = play.recorder._films
        for at, data in ((1000, b"first"), (1010, b"between"), (1020, b"lasting"), (5000, b"next")):
            one._take({"timestamp": one._last + 10_000 + at if at == 1000 else one._last + at - 1000, "data": data})
        kept = [path.read_bytes() for path in sorted(one.frames.iterdir())]
    assert kept[-3:] == [b"first", b"lasting", b"next"]


def test_a_browser_that_died_still_leaves_a_recording(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        play.tab.wait_for_timeout(200)
        play.context.close()
        missing = {one["part"] for one in play.recorder.close()}
        assert "trace" in missing
        with pytest.raises(BrowserError):
            play.tab.title()
    assert (tmp_path / "recorded.json").is_file()


def test_the_room_that_is_kept_for_the_end_is_given_back_at_the_end(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with stage(browser, tmp_path, value) as play:
        assert (tmp_path / reserve.NAME).stat().st_size == reserve.SIZE
        play.recorder.close()
    assert not (tmp_path / reserve.NAME).exists()


def test_without_room_for_the_end_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(tmp_path), "open", full)
    with pytest.raises(reserve.NoRoom, match="a recording cannot be written: no space left on device") as caught:
        reserve.take(tmp_path)
    assert "free space" in caught.value.hint
    assert caught.value.__context__ is None


def full_disk(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let whatever is written into `folder` as a whole file find no room, and leave a part of it behind."""

    class Torn(io.FileIO):
        def write(self, data: Any) -> int:
            super().write(data[: len(data) // 2])
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(folder), "open", lambda path, mode: Torn(path, mode))  # noqa: PLW0108  # a class is bound to no path


def test_a_picture_for_which_there_is_no_room_stops_the_run_and_leaves_no_half(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage(browser, tmp_path, value) as play:
        full_disk(monkeypatch, tmp_path)
        with pytest.raises(reserve.NoRoom, match="a picture cannot be written: no space left"):
            play.recorder.picture(play.tab, "s", "after")
        with pytest.raises(reserve.NoRoom, match="the recording cannot be written: no space left"):
            play.recorder.step(1, 1, "s", "S")
        monkeypatch.undo()
    assert list((tmp_path / "pictures").iterdir()) == []


def test_a_frame_for_which_there_is_no_room_ends_the_film_and_is_told_at_the_end(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        (one,) = play.recorder._films
        full_disk(monkeypatch, tmp_path)
        one._take({"timestamp": one._last + 10_000, "data": b"new"})
        monkeypatch.undo()
        one._take({"timestamp": one._last + 20_000, "data": b"later"})
        missing = {one["part"]: one["why"] for one in play.recorder.close()}
    assert missing["video of portal, to its end"] == "its frames could not be kept: no space left on device"


def test_a_tab_that_was_closed_keeps_nothing_from_becoming_dark(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value, video=True) as play:
        play.open("text").close()
        play.recorder.dark("Sign in")
        assert play.recorder.picture(play.tab, "s", "after") is None
        play.recorder.light()


def test_a_browser_that_ends_in_the_dark_is_told(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play:
        play.recorder.dark("Sign in")
        play.context.close()
        play.recorder.light()
        assert {"part": "trace", "why": "the browser ended while it was dark"} in play.recorder.close()
