"""The pictures of a run and the strip above each."""

from __future__ import annotations

import base64
import re
import secrets
import time
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from evidence import banner, pictures, png, sight
from evidence import camera as cameras
from evidence.banner import Banner
from evidence.camera import Camera
from evidence.chain import stamp, utc_now
from evidence.error import EvidenceError
from tests.evidence.stage import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

needs_tesseract = pytest.mark.skipif(not sight.can_read(), reason="needs tesseract")


@contextmanager
def _looked(browser: Browser, folder: Path, value: str) -> Iterator[tuple[Stage, list[Tab]]]:
    """Give a stage, and a list of the tabs that are looked at, each time."""
    looked: list[Tab] = []
    look = Camera.shot

    def noted(camera: Camera, tab: Tab, *how: Any) -> bytes:
        looked.append(tab)
        return look(camera, tab, *how)

    with stage(browser, folder, value) as play, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Camera, "shot", noted)
        yield play, looked


def test_a_picture_bears_its_banner_above_the_untouched_page(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play:
        play.recorder.step(3, 9, "add-secret", "Add")
        before = play.tab.content()
        path = play.recorder.picture(play.tab, "add-secret", "before")
        assert play.tab.content() == before
        plain = play.tab.screenshot()
    assert path == "pictures/03-add-secret-before.png"
    picture, page = png.read((tmp_path / path).read_bytes()), png.read(plain)
    assert (picture.width, picture.height) == (page.width, page.height + banner.HEIGHT)
    strip = zlib.decompress(picture.squeezed)[: banner.HEIGHT * (1 + picture.width * picture.colours)]
    assert 500 < strip.count(b"\xff") < len(strip) // 4  # words, white on black


def test_the_banner_leaves_every_pixel_of_the_page(browser: Browser, tmp_path: Path, value: str) -> None:
    pixels = """async (data) => {
      const image = new Image();
      image.src = 'data:image/png;base64,' + data;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, 260);
      canvas.getContext('2d').drawImage(image, 0, 260 - image.height);
      return Array.from(canvas.getContext('2d').getImageData(0, 0, image.width, 260).data).join();
    }"""
    with stage(browser, tmp_path, value) as play:
        picture = play.tab.screenshot()
        stamped = Banner().stamped(picture, play.tab, "words", "more")
    blank = browser.new_page()
    first, second = (blank.evaluate(pixels, base64.b64encode(one).decode()) for one in (picture, stamped))
    blank.close()
    assert first == second


@pytest.mark.parametrize("lengths", [(0, 0), (0, 1), (1, 0), (65_521, 65_522), (70_001, 1_000_003)])
def test_two_checksums_are_joined_as_if_all_had_been_read(lengths: tuple[int, int]) -> None:
    first, second = (secrets.token_bytes(length) for length in lengths)
    assert png._joined(zlib.adler32(first), zlib.adler32(second), len(second)) == zlib.adler32(first + second)


def test_pictures_that_differ_only_in_their_banner_are_known_to_be_alike(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with stage(browser, tmp_path, value) as play:
        picture, strip = play.tab.screenshot(), Banner()
        first, second = (strip.stamped(picture, play.tab, words, "run") for words in ("one", "two"))
        play.tab.evaluate("document.body.append('more')")
        other = strip.stamped(play.tab.screenshot(), play.tab, "one", "run")
    assert first != second
    assert banner.beneath(first) == banner.beneath(second) != banner.beneath(other)
    assert banner.beneath(picture) == picture


def test_before_a_step_what_the_last_one_ended_with_stands_under_a_banner_that_says_so(
    browser: Browser, tmp_path: Path, value: str
) -> None:
    with _looked(browser, tmp_path, value) as (play, looked):
        play.recorder.picture(play.tab, "first", "after")
        path = play.recorder.picture(play.tab, "second", "before", anew=False)
        assert looked == [play.tab]
    assert path == "pictures/00-second-before.png"
    first, second = (tmp_path / "pictures" / f"00-{one}.png" for one in ("first-after", "second-before"))
    assert first.read_bytes() != second.read_bytes()
    assert banner.beneath(first.read_bytes()) == banner.beneath(second.read_bytes())


@needs_tesseract
def test_its_banner_says_when_that_was_seen(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play:
        play.recorder.picture(play.tab, "first", "after")
        seen = stamp(utc_now())
        play.tab.wait_for_timeout(500)
        path = play.recorder.picture(play.tab, "second", "before", anew=False)
    assert path
    said = sight.read([tmp_path / path])[tmp_path / path]
    assert "as the step before it ended" in said
    (at,) = re.findall(r"\d\d:\d\d:\d\d\.\d\d\d", said)[:1]
    assert at <= seen[11:23]


def _dark(play: Stage) -> None:
    play.recorder.dark("Sign in")
    play.recorder.light()


DISTURBANCES: dict[str, Callable[[Stage], object]] = {
    "something is done": lambda play: play.recorder.disturbed(),
    "the page is left": lambda play: play.tab.goto("about:blank#elsewhere"),
    "a while goes by": lambda play: play.tab.wait_for_timeout(1100),
    "text is disguised": lambda play: play.recorder.conceal(),
    "it was dark": _dark,
    "another picture was taken": lambda play: play.recorder.picture(play.tab, "first", "before"),
}


@pytest.mark.parametrize("disturb", DISTURBANCES.values(), ids=DISTURBANCES)
def test_before_a_step_the_page_is_looked_at_anew_when(
    disturb: Callable[[Stage], object], browser: Browser, tmp_path: Path, value: str
) -> None:
    with _looked(browser, tmp_path, value) as (play, looked):
        play.recorder.picture(play.tab, "first", "after")
        disturb(play)
        looked.clear()
        play.recorder.picture(play.tab, "second", "before", anew=False)
        assert looked == [play.tab]


def test_a_page_that_hangs_has_no_picture_and_does_not_hold_the_run(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _looked(browser, tmp_path, value) as (play, looked):
        play.recorder.picture(play.tab, "first", "after")
        monkeypatch.setattr(cameras, "PATIENCE", 0.5)
        play.tab.evaluate("setTimeout(() => { while (true) {} })")
        looked.clear()
        assert play.recorder.picture(play.tab, "second", "before", anew=False) is None
        assert looked == []


def test_an_address_that_changed_while_nothing_was_asked_of_the_browser_is_looked_at_anew(
    browser: Browser, tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_STILL", 60.0)
    with _looked(browser, tmp_path, value) as (play, looked):
        play.tab.evaluate("setTimeout(() => history.pushState(0, '', '#elsewhere'), 1500)")
        play.recorder.picture(play.tab, "first", "after")
        assert "#" not in play.tab.url
        looked.clear()
        time.sleep(2)  # unlike `wait_for_timeout`, during which word of it would come
        assert "#" not in play.tab.url
        play.recorder.picture(play.tab, "second", "before", anew=False)
        assert looked == [play.tab]


def test_what_another_tab_showed_is_no_picture_of_this_one(browser: Browser, tmp_path: Path, value: str) -> None:
    with _looked(browser, tmp_path, value) as (play, looked):
        other = play.tab.context.new_page()
        other.goto(play.tab.url)
        play.recorder.picture(other, "first", "after")
        other.close()
        looked.clear()
        play.recorder.picture(play.tab, "second", "before", anew=False)
        assert looked == [play.tab]


def test_once_the_disguise_has_ended_the_page_is_looked_at_anew(browser: Browser, tmp_path: Path, value: str) -> None:
    with _looked(browser, tmp_path, value) as (play, looked):
        play.tab.evaluate("document.body.innerHTML = '<p>no value</p>'")
        play.recorder.conceal()
        play.recorder.picture(play.tab, "first", "after")
        assert play.recorder.uncover()
        looked.clear()
        play.recorder.picture(play.tab, "second", "before", anew=False)
        assert looked == [play.tab]


def test_a_step_of_a_sub_flow_has_its_pictures_beside_all_others(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play:
        play.recorder.step(1, 1, "sign-in/open", "Open")
        path = play.recorder.picture(play.tab, "sign-in/open", "after")
    assert path == "pictures/01-sign-in-open-after.png"
    assert (tmp_path / path).is_file()


def test_a_step_that_is_tried_again_keeps_its_first_picture(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play:
        play.recorder.step(1, 1, "s", "S")
        first, second = (play.recorder.picture(play.tab, "s", "after") for _ in range(2))
    assert (first, second) == ("pictures/01-s-after.png", "pictures/01-s-after-2.png")


def test_a_picture_of_another_kind_gets_no_banner(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play, pytest.raises(EvidenceError, match="not a PNG"):
        Banner().stamped(play.tab.screenshot(type="jpeg"), play.tab, "words", "more")
