"""Pictures of a tab, as the browser hands them out: quick ones, and none that is waited for without end.

Playwright's own `screenshot` always asks for a cut-out of the page, for which the browser lays the page out twice, and
has it packed as small as can be: twice as slow (ADR 13). What is asked here is the same `Page.captureScreenshot` of
Chromium's protocol without that.
https://chromedevtools.github.io/devtools-protocol/tot/Page/#method-captureScreenshot
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import Error as BrowserError

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

    Kind = Literal["png", "jpeg"]

PATIENCE = 10.0  # seconds for one picture; a page that hangs must not stop a run
QUALITY = 70  # of a JPEG
# Chromium's words where its compositor has no frame to hand out yet; nearly always the first picture after the start
# of a visible browser. Asked again a moment later, it takes the same picture (robotframework-browser, issue 5237).
_NO_FRAME_YET = "Unable to capture screenshot"
_MOMENT = 0.25  # seconds


class Camera:
    """Takes pictures of the tabs of a browser."""

    def __init__(self) -> None:
        self._eyes: dict[Tab, _Eye] = {}

    def shot(self, tab: Tab, kind: Kind = "png") -> bytes:
        """Return what `tab` shows in its window.

        A browser that has no frame to hand out is asked once more. Raises `playwright.sync_api.Error`, its
        `TimeoutError` where the page does not come to a picture within `PATIENCE`.
        """
        eye = self._on(tab)
        try:
            return eye.see(kind)
        except BrowserError as refused:
            if _NO_FRAME_YET not in refused.message:
                raise
        time.sleep(_MOMENT)
        return eye.see(kind)

    def await_life(self, tab: Tab) -> None:
        """Wait until the page in `tab` answers. Raises as `shot` does."""
        self._on(tab).await_life(time.monotonic() + PATIENCE)

    def _on(self, tab: Tab) -> _Eye:
        if tab not in self._eyes:
            self._eyes[tab] = _Eye(tab)
            tab.once("close", self._forget)
        return self._eyes[tab]

    def _forget(self, tab: Tab) -> None:
        self._eyes.pop(tab, None)


class _Eye:
    """One tab, attached to for its pictures."""

    def __init__(self, tab: Tab) -> None:
        self._crashed = False
        self._session = tab.context.new_cdp_session(tab)
        tab.once("crash", self._crash)

    def see(self, kind: Kind) -> bytes:
        """Return one picture. Raises `playwright.sync_api.Error`."""
        until = time.monotonic() + PATIENCE
        # Chromium itself ends when a page that has just crashed is asked for its picture (measured), so that the page
        # has to show first that it lives.
        self.await_life(until)
        how: dict[str, Any] = {"format": kind, "optimizeForSpeed": True}
        if kind == "jpeg":
            how["quality"] = QUALITY
        return base64.b64decode(self._ask(until, "Page.captureScreenshot", **how)["data"])

    def await_life(self, until: float) -> None:
        """Wait for an answer until then, as `time.monotonic` counts. Raises `playwright.sync_api.Error`."""
        self._ask(until, "Runtime.evaluate", expression="0")

    def _ask(self, until: float, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the tab's answer. Raises at `until`, and when it has crashed."""
        if self._crashed:
            raise BrowserError("the page crashed")
        left = max(1.0, 1000 * (until - time.monotonic()))  # ms; none at all would be taken for no end
        return self._session.send(method, parameters, timeout=left)

    def _crash(self, _: object) -> None:
        self._crashed = True
