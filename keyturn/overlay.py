"""What a person sees in the page itself: a slim banner that says which step it is, and an outline around what is next.

No markup of ours goes into a page. The banner is drawn in the browser library's layer over the page, which lies above
dialogs too, lets every click through and comes back by itself on the next page; the outline by the browser's own, the
one that its developer tools highlight with, which leaves with the page. Both hold static text and lines only. Measured
with Playwright 1.65 and Chromium 156, with and without a window, over frames of other sites, dialogs and content
security policies; a page that demands Trusted Types refuses the library's layer, and gets its banner in another way.

Nothing here may stop a run: what the browser cannot draw is not drawn.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from playwright.sync_api import Error as BrowserError

from keyturn.banner import Box, Words, html_of, parts_of, place_in
from keyturn.plate import Plate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import BrowserContext, CDPSession, Locator
    from playwright.sync_api import Page as Tab

_GAP: Final = 4  # px, between the outline and what it is around, so that nothing of that is covered
_PATIENCE: Final = 1_000  # ms for an element to hold still
_AT_ONCE: Final = 100  # ms for one that is there to say where
_OUTLINE: Final = {"color": {"r": 0, "g": 0, "b": 0, "a": 0}, "outlineColor": {"r": 214, "g": 0, "b": 110, "a": 1}}


@dataclass(slots=True)
class _Drawn:
    """What is drawn in one tab."""

    cdp: CDPSession
    plate: Plate
    words: Words | None = None
    html: str = ""
    banner: AbstractContextManager[Any] | None = None
    target: Locator | None = None
    box: Box | None = None


class Overlay:
    """Banner and outline in the tabs of one context. `run` is the run's name, of which the banner has the time."""

    def __init__(self, context: BrowserContext, run: str) -> None:
        self._context = context
        self._run = f"run {run.partition('-')[0]}"
        self._tabs: WeakKeyDictionary[Tab, _Drawn] = WeakKeyDictionary()

    def show(self, tab: Tab, number: int, total: int, title: str) -> None:
        """Say in `tab` that this is step `number` of `total`, `title`; the outline of the step before goes."""
        with suppress(BrowserError):
            drawn = self._drawn(tab)
            drawn.words, drawn.target = Words(number, total, title), None
            self._outline(drawn, None)
            self._banner(tab, drawn)

    def point(self, tab: Tab, target: Locator | None) -> None:
        """Outline `target`, brought into view; the banner makes room. None, or what is not there once, has none."""
        with suppress(BrowserError):
            drawn = self._drawn(tab)
            drawn.target = target
            self._outline(drawn, _around(target) if target is not None and target.count() == 1 else None)
            self._banner(tab, drawn)

    def follow(self, tab: Tab) -> None:
        """Draw again what the page, its frames or the window moved, while a person has it; it costs milliseconds.

        What is out of sight is not brought into view: it was the person who moved it.
        """
        drawn = self._tabs.get(tab)
        if drawn is None:
            return
        with suppress(BrowserError):
            box = _now_around(drawn.target) if drawn.target is not None else None
            if box and not box.meets(_window(drawn)):
                box = None
            if box != drawn.box:
                self._outline(drawn, box)
            self._banner(tab, drawn)

    def clear(self, tab: Tab) -> None:
        """Take everything away from `tab`."""
        with suppress(BrowserError):
            drawn = self._drawn(tab)
            drawn.words = drawn.target = None
            self._outline(drawn, None)
            self._banner(tab, drawn)

    @contextmanager
    def hidden(self, tab: Tab) -> Iterator[None]:
        """Draw nothing in `tab` inside, as for a picture of the page alone."""
        drawn = self._tabs.get(tab)
        before = (drawn.words, drawn.target, drawn.box) if drawn else (None, None, None)
        if drawn:
            self.clear(tab)
        try:
            yield
        finally:
            if drawn:
                drawn.words, drawn.target, box = before
                with suppress(BrowserError):
                    self._outline(drawn, box)
                    self._banner(tab, drawn)

    def _drawn(self, tab: Tab) -> _Drawn:
        if tab not in self._tabs:
            cdp = self._context.new_cdp_session(tab)
            cdp.send("DOM.enable")  # The next depends on it.
            cdp.send("Overlay.enable")
            drawn = self._tabs[tab] = _Drawn(cdp, Plate(cdp))
            tab.on("framenavigated", lambda frame: _left(drawn) if frame.parent_frame is None else None)
        return self._tabs[tab]

    def _outline(self, drawn: _Drawn, box: Box | None) -> None:
        drawn.box = box
        if box is None:
            drawn.cdp.send("Overlay.hideHighlight")
        else:
            drawn.cdp.send("Overlay.highlightRect", {name: round(at) for name, at in box._asdict().items()} | _OUTLINE)

    def _banner(self, tab: Tab, drawn: _Drawn) -> None:
        """Bring the banner to what it should be; the old one goes when the new one is there, so that none flickers."""
        html, place = "", None
        if drawn.words:
            window = _window(drawn)
            place = place_in(window.width, window.height, drawn.box)
        if drawn.words and place:
            html = html_of(drawn.words, self._run, place)
            drawn.plate.draw(parts_of(drawn.words, self._run, place), place)
        else:
            drawn.plate.draw((), None)
        if html == drawn.html:
            return
        old, drawn.banner, drawn.html = drawn.banner, None, html
        if html:
            drawn.banner = tab.screencast.show_overlay(html)
        if old:
            old.__exit__(None, None, None)


def _left(drawn: _Drawn) -> None:
    """Note that the page was left, and the outline with it."""
    drawn.box = None
    drawn.plate.left()


def _window(drawn: _Drawn) -> Box:
    window = drawn.cdp.send("Page.getLayoutMetrics")["cssLayoutViewport"]
    return Box(0, 0, window["clientWidth"], window["clientHeight"])


def _around(target: Locator) -> Box | None:
    """Return the place of the outline around `target`; None when it is not on screen."""
    with suppress(BrowserError):  # What cannot be scrolled to may be in view nevertheless.
        target.scroll_into_view_if_needed(timeout=_PATIENCE)
    return _bounds(target, _PATIENCE)


def _now_around(target: Locator) -> Box | None:
    """Return the place of the outline around `target` as it is now; None when it is not there once."""
    with suppress(BrowserError):  # It may go while it is being asked.
        return _bounds(target, _AT_ONCE) if target.count() == 1 else None
    return None


def _bounds(target: Locator, patience: float) -> Box | None:
    found = target.bounding_box(timeout=patience)
    if found is None:
        return None
    wide = 2 * _GAP
    return Box(found["x"] - _GAP, found["y"] - _GAP, found["width"] + wide, found["height"] + wide)
