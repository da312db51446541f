"""A picture is what the screen shows, comes quickly or not at all, and is never that of an earlier question."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Any, cast

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as BrowserTimeout

from evidence import camera as module
from evidence.camera import Camera
from tests.evidence.stage import await_shown, stage

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as Tab

LONG = "<style>body {font: 20px serif; caret-color: transparent}</style>" + "<p>words of <b>all</b> kinds" * 200
NO_FRAME = "Unable to capture screenshot"


def looks(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGB")


def alike(one: bytes, other: bytes) -> bool:
    return looks(one).size == looks(other).size and not ImageChops.difference(looks(one), looks(other)).getbbox()


def coloured(picture: bytes) -> tuple[int, ...]:
    return cast("tuple[int, ...]", looks(picture).getpixel((5, 5)))


def show(tab: Tab, colour: str) -> None:
    tab.evaluate("colour => { document.documentElement.style.background = colour }", colour)


def test_it_shows_pixel_for_pixel_what_playwright_shows_wherever_the_page_is_scrolled_to(page: Tab) -> None:
    camera = Camera()
    page.set_content(LONG)
    for down in (0, 333):
        page.evaluate("down => scrollTo(0, down)", down)
        assert alike(camera.shot(page), page.screenshot())
    assert looks(camera.shot(page)).size == (1280, 800)


def test_what_was_changed_a_moment_before_is_in_it(page: Tab) -> None:
    camera = Camera()
    for number in range(30):
        show(page, f"rgb(0, {number}, 200)")
        assert coloured(camera.shot(page)) == (0, number, 200)


def test_frames_of_another_site_are_in_it(browser: Browser, tmp_path: Path, value: str) -> None:
    with stage(browser, tmp_path, value) as play:
        tab = play.open("cross-origin-frame")
        tab.evaluate("reveal()")
        await_shown(tab, "cross-origin-frame")
        first = Camera().shot(tab)
        assert alike(first, tab.screenshot())
        tab.evaluate("document.querySelectorAll('iframe').forEach(frame => frame.style.visibility = 'hidden')")
        assert not alike(first, Camera().shot(tab))


def test_a_tab_that_went_to_another_site_is_still_seen(browser: Browser, tmp_path: Path, value: str) -> None:
    camera = Camera()
    with stage(browser, tmp_path, value) as play:
        camera.shot(play.tab)
        play.tab.goto(f"{play.portal.blade}/value")
        show(play.tab, "rgb(0, 0, 200)")
        assert coloured(camera.shot(play.tab)) == (0, 0, 200)


def test_a_jpeg_is_one(page: Tab) -> None:
    picture = Image.open(io.BytesIO(Camera().shot(page, "jpeg")))
    assert (picture.format, picture.size) == ("JPEG", (1280, 800))


@pytest.mark.headed
def test_in_a_visible_browser_the_tab_behind_another_is_seen_as_well(headed_context: BrowserContext) -> None:
    camera = Camera()
    behind, front = headed_context.new_page(), headed_context.new_page()
    for tab, colour in ((behind, "rgb(0, 0, 200)"), (front, "rgb(0, 200, 0)")):
        show(tab, colour)
    front.bring_to_front()
    assert [coloured(camera.shot(tab)) for tab in (behind, front)] == [(0, 0, 200), (0, 200, 0)]


def test_a_page_that_hangs_is_not_waited_for_and_its_late_picture_is_nobodys(
    page: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = Camera()
    show(page, "rgb(200, 0, 0)")
    camera.shot(page)
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    page.evaluate("setTimeout(() => { const end = Date.now() + 1500; while (Date.now() < end) {} })")
    began = time.monotonic()
    with pytest.raises(BrowserTimeout):
        camera.shot(page)
    assert time.monotonic() - began < 1
    monkeypatch.setattr(module, "PATIENCE", 10)
    show(page, "rgb(0, 0, 200)")  # Comes when it does not hang any more; the late picture was asked for before.
    assert coloured(camera.shot(page)) == (0, 0, 200)


def crash(page: Tab) -> None:
    with pytest.raises(BrowserError):
        page.goto("chrome://crash")


def sees_another(camera: Camera, context: BrowserContext) -> bool:
    other = context.new_page()
    show(other, "rgb(0, 0, 200)")
    return coloured(camera.shot(other)) == (0, 0, 200)


def test_a_page_that_crashed_is_told_at_once_and_the_browser_lives_on(page: Tab, context: BrowserContext) -> None:
    camera = Camera()
    camera.shot(page)
    with page.expect_event("crash"):
        crash(page)
    began = time.monotonic()
    with pytest.raises(BrowserError, match="crashed"):
        camera.shot(page)
    assert time.monotonic() - began < module.PATIENCE / 2
    assert sees_another(camera, context)


def test_a_page_that_crashed_just_now_does_not_take_the_browser_along(
    page: Tab, context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = Camera()
    camera.shot(page)
    monkeypatch.setattr(module, "PATIENCE", 1)
    crash(page)  # The word of it comes later.
    with pytest.raises(BrowserError):
        camera.shot(page)
    monkeypatch.setattr(module, "PATIENCE", 10)
    assert sees_another(camera, context)


def test_a_tab_that_was_closed_has_no_picture(page: Tab) -> None:
    camera = Camera()
    camera.shot(page)
    page.close()
    with pytest.raises(BrowserError):
        camera.shot(page)


class Refusing:
    """A tab, its context and the way to it, whose browser refuses with each of `refusals` before it takes a picture."""

    def __init__(self, *refusals: str) -> None:
        self.refusals = list(refusals)
        self.asked = 0
        self.context = self

    def new_cdp_session(self, _: object) -> Refusing:
        return self

    def once(self, *_: object) -> None:
        pass

    def send(self, method: str, _: object, *, timeout: float) -> dict[str, Any]:
        assert 0 < timeout <= 1000 * module.PATIENCE
        if method == "Page.captureScreenshot":
            self.asked += 1
            if self.refusals:
                raise BrowserError(f"Protocol error ({method}): {self.refusals.pop(0)}")
        return {"data": "cGljdHVyZQ=="}


def test_a_browser_that_has_no_frame_yet_is_asked_once_more() -> None:
    tab = Refusing(NO_FRAME)
    assert Camera().shot(cast("Tab", tab)) == b"picture"
    assert tab.asked == 2


@pytest.mark.parametrize(("refusals", "asked"), [((NO_FRAME, NO_FRAME), 2), (("Not attached",), 1)])
def test_what_it_refuses_again_or_for_another_reason_is_an_error(refusals: tuple[str, ...], asked: int) -> None:
    tab = Refusing(*refusals)
    with pytest.raises(BrowserError, match=refusals[0]):
        Camera().shot(cast("Tab", tab))
    assert tab.asked == asked
