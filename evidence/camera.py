"""Pictures of a tab, as the browser hands them out: quick ones, and none that is waited for without end.

Playwright's own `screenshot` always asks for a cut-out of the page, for which the browser lays the page out twice, and
has it packed as small as can be: twice as slow (ADR 13). What is asked here is the same `Page.captureScreenshot` of
Chromium's protocol without that. Playwright's way to the protocol waits for an answer for ever; so the tab is attached
to once more, in the protocol's older way, where a question is only handed over and its answer comes as an event.
https://chromedevtools.github.io/devtools-protocol/tot/Target/#method-sendMessageToTarget
"""

from __future__ import annotations

import base64
import json
import time
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import TimeoutError as BrowserTimeout

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page as Tab

    Kind = Literal["png", "jpeg"]

PATIENCE = 10.0  # seconds for one picture; a page that hangs must not stop a run
QUALITY = 70  # of a JPEG
_LOOK = 0.003  # seconds between looks for an answer
_FRAMES = 0.025  # seconds; no picture comes before two frames of the screen
# Chromium's words where its compositor has no frame to hand out yet; nearly always the first picture after the start
# of a visible browser. Asked again a moment later, it takes the same picture (robotframework-browser, issue 5237).
_NO_FRAME_YET = "Unable to capture screenshot"
_MOMENT = 0.25  # seconds


class Camera:
    """Takes pictures of the tabs of a browser."""

    def __init__(self) -> None:
        self._eyes: dict[Tab, Callable[[Kind], bytes]] = {}

    def shot(self, tab: Tab, kind: Kind = "png") -> bytes:
        """Return what `tab` shows in its window.

        A browser that has no frame to hand out is asked once more. Raises `playwright.sync_api.Error`, its
        `TimeoutError` where the page does not come to a picture within `PATIENCE`.
        """
        if tab not in self._eyes:
            self._eyes[tab] = _eye(tab)
            tab.once("close", self._forget)
        try:
            return self._eyes[tab](kind)
        except BrowserError as refused:
            if _NO_FRAME_YET not in refused.message:
                raise
        time.sleep(_MOMENT)
        return self._eyes[tab](kind)

    def _forget(self, tab: Tab) -> None:
        self._eyes.pop(tab, None)


def _eye(tab: Tab) -> Callable[[Kind], bytes]:
    """Return what takes the pictures of `tab`; Playwright's own way where a browser has given the older one up."""
    try:
        return _Eye(tab).see
    except BrowserError:
        # A caret that is hidden for the picture and shown again would be painted twice more, and filmed.
        return lambda kind: tab.screenshot(type=kind, timeout=1000 * PATIENCE, caret="initial", **_quality(kind))


def _quality(kind: Kind) -> dict[str, Any]:
    return {"quality": QUALITY} if kind == "jpeg" else {}


class _Eye:
    """One tab, attached to for its pictures. Raises `playwright.sync_api.Error` where the browser refuses that."""

    def __init__(self, tab: Tab) -> None:
        self._numbers = count(1)
        self._answers: dict[int, dict[str, Any]] = {}
        self._crashed = False
        self._session = tab.context.new_cdp_session(tab)
        self._session.on("Target.receivedMessageFromTarget", self._hear)
        target = self._session.send("Target.getTargetInfo")["targetInfo"]["targetId"]
        attached = self._session.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        self._way = attached["sessionId"]

    def see(self, kind: Kind) -> bytes:
        """Return one picture. Raises `playwright.sync_api.Error`."""
        until = time.monotonic() + PATIENCE
        # Chromium itself ends when a page that has just crashed is asked for its picture (measured), so that the page
        # has to show first that it lives.
        self._ask(until, "Runtime.evaluate", expression="0")
        how = {"format": kind, "optimizeForSpeed": True, **_quality(kind)}
        answer = self._ask(until, "Page.captureScreenshot", wait=_FRAMES, **how)
        return base64.b64decode(answer["data"])

    def _ask(self, until: float, method: str, *, wait: float = 0, **parameters: Any) -> dict[str, Any]:
        """Return the tab's answer, which is not there before `wait` seconds. Raises at `until`, and when it crashed."""
        number = next(self._numbers)
        question = json.dumps({"id": number, "method": method, "params": parameters})
        self._session.send("Target.sendMessageToTarget", {"sessionId": self._way, "message": question})
        time.sleep(wait)
        self._listen()
        while number not in self._answers:
            if self._crashed:
                raise BrowserError("the page crashed")
            if time.monotonic() > until:
                raise BrowserTimeout("no picture came in time")
            time.sleep(_LOOK)
            self._listen()
        answer = self._answers.pop(number)
        if "error" in answer:
            raise BrowserError(str(answer["error"].get("message")))
        result: dict[str, Any] = answer["result"]
        return result

    def _listen(self) -> None:
        """Hear what the tab has said by now: the browser's own process answers this after it, even if a page hangs."""
        self._session.send("Target.getTargetInfo")

    def _hear(self, event: dict[str, Any]) -> None:
        heard = json.loads(event["message"])
        if "id" in heard:
            self._answers = {heard["id"]: heard}  # One that came too late for its question is nobody's.
        else:
            self._crashed |= heard["method"] == "Inspector.targetCrashed"
