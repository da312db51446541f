"""Why a portal was not reached: by the browser's own error page, by the server's status, or by requests that failed.

Codes are the browser's (`net_error_list.h` of Chromium, whose error page shows them); the words are ours.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from playwright.sync_api import FrameLocator, Request, Response
    from playwright.sync_api import Page as Tab

ADVICE: Final = "see to the network between this computer and the portal, or wait until its server is well again"
# The beginning of the code, without ERR_ -> what it means to an operator. The first that fits counts.
_WORDS: Final = {
    "NAME_NOT_RESOLVED": "the name of the server is not known",
    "NAME_RESOLUTION": "the name of the server is not known",
    "CONNECTION_REFUSED": "nobody answers at the server's address",
    "CONNECTION_TIMED_OUT": "the server did not answer in time",
    "TIMED_OUT": "the server did not answer in time",
    "PROXY": "the proxy could not be reached",
    "TUNNEL": "the proxy could not be reached",
    "CERT": "the server's certificate is not trusted",
    "SSL": "the server does not speak TLS as it should",
    "BAD_SSL": "the server does not speak TLS as it should",
    "INTERNET_DISCONNECTED": "this computer has no connection to a network",
    "NETWORK": "the network of this computer changed",
    "ADDRESS": "there is no way to the server's address",
    "CONNECTION": "the connection broke off",
    "EMPTY_RESPONSE": "the connection broke off",
    "CONTENT_LENGTH": "the connection broke off",
    "INCOMPLETE": "the connection broke off",
    "INVALID_CHUNKED": "the connection broke off",
    "HTTP2": "the connection broke off",
    "QUIC": "the connection broke off",
}
_OWN_PAGE: Final = "the browser's own error page"
_CUT: Final = ("CONTENT_LENGTH", "INCOMPLETE", "INVALID_CHUNKED")  # when a part of the document has come
_STATUS: Final = {
    403: "what was asked for is forbidden",
    404: "there is nothing at this address",
    408: "the server did not answer in time",
    429: "it was asked too often and wants to be left alone for a while",
}
_SERVER_ERROR: Final = 500
_CLIENT_ERROR: Final = 400
# What a page gives up by itself, and what a policy of the browser or the page keeps from being sent, is no network's.
_OURS: Final = ("ABORTED", "BLOCKED", "CACHE")
_MATTERS: Final = {"document", "script", "xhr", "fetch"}
_LOOK: Final = 1_000  # ms in which a document that is there has answered
_CODE: Final = re.compile(r"\bERR_([A-Z0-9_]+)")
_STATUS_CODE: Final = re.compile(r"\b([45]\d\d)\b")
# CSS, 2026-11: the error page of Chromium and its kin shows its code in an element of this class.
_FACTS: Final = """
(_, ago) => {
  const fails = status => status === 429 || status >= 500;
  const asked = performance.getEntriesByType('resource').filter(one =>
    ['fetch', 'xmlhttprequest'].includes(one.initiatorType) && fails(one.responseStatus) &&
    one.responseEnd > performance.now() - (ago || 0) && new URL(one.name).origin === location.origin);
  return {
    broken: location.protocol === 'chrome-error:',
    code: document.querySelector('.error-code')?.textContent || '',
    status: performance.getEntriesByType('navigation')[0]?.responseStatus || 0,
    asked: asked.at(-1)?.responseStatus || 0,
  };
}
"""


@dataclass(frozen=True, slots=True)
class _Failed:
    """A request of a tab that failed, and when, by the clock that is never set. `whole`: it was for a document."""

    at: float
    host: str
    code: str
    whole: bool


_failed: WeakKeyDictionary[Tab, list[_Failed]] = WeakKeyDictionary()
_began: WeakKeyDictionary[Tab, float] = WeakKeyDictionary()  # when the last action in a tab began, by the same clock


def watch(tab: Tab) -> None:
    """Remember from now on which requests of `tab` fail, and why; nothing else about them is kept."""
    if tab in _failed:
        return
    found: list[_Failed] = []
    _failed[tab] = found

    def note(request: Request) -> None:
        code = _CODE.search(request.failure or "")
        if code and request.resource_type in _MATTERS and not code[1].startswith(_OURS):
            first = request
            while first.redirected_from:
                first = first.redirected_from
            whole = request.resource_type == "document"
            found[:] = [*found[-9:], _Failed(time.monotonic(), urlsplit(first.url).netloc, code[1], whole)]

    tab.on("requestfailed", note)


def begin(tab: Tab) -> None:
    """Note that an action begins in `tab`: what failed before it does not explain what it meets."""
    _began[tab] = time.monotonic()


def forget(tab: Tab) -> None:
    """Forget what failed so far: a page that was loaded since is not as it is for that reason."""
    _failed[tab].clear()


def failed_request(tab: Tab, addresses: Iterable[str], *, whole: bool) -> str:
    """Return why the last request of an action in `tab` to one of `addresses` failed; empty if none did.

    `whole`: one for a document, not for a part of it. What goes to other servers, such as those that count visits, is
    often blocked on purpose and tells nothing.
    """
    own = {urlsplit(address).netloc for address in addresses}
    since = _began.get(tab, 0.0)
    codes = [one.code for one in _failed.get(tab, []) if one.at >= since and one.host in own and one.whole is whole]
    if not codes:
        return ""
    what = "a request of the page failed"
    if whole:
        what = "a page that broke off while it loaded" if codes[-1].startswith(_CUT) else _OWN_PAGE
    return f"{what}: {worded(codes[-1])}"


def error_page(document: Tab | FrameLocator) -> str:
    """Return what the browser's own error page says, where it stands in place of a document; else an empty text."""
    found = document.locator(":root").evaluate(_FACTS, timeout=_LOOK)
    if not found["broken"]:
        return ""
    if status := _STATUS_CODE.search(found["code"]):
        return _by_status(int(status[1]))
    code = _CODE.search(found["code"])
    return f"{_OWN_PAGE}: {worded(code[1] if code else '')}"


def refused(document: Tab | FrameLocator, tab: Tab) -> str:
    """Return with which status the server refused a document of `tab`, or what it asked for; else an empty text.

    Only what the document's own server answers is known: the browser does not tell a page more of others. Of requests
    only those count that were put off or failed: a page may ask for what is not there as a matter of course.
    """
    found = document.locator(":root").evaluate(_FACTS, 1000 * (time.monotonic() - _began.get(tab, 0.0)), timeout=_LOOK)
    if words := _by_status(int(found["status"])):
        return words
    return _by_status(int(found["asked"]), "the server's answer to a request of the page")


def _by_status(number: int, what: str = "the server's own error page") -> str:
    if number < _CLIENT_ERROR:
        return ""
    words = _STATUS.get(number, "it failed by itself" if number >= _SERVER_ERROR else "what was asked for was refused")
    return f"{what}: {words} ({number})"


def worded(code: str) -> str:
    """Return the words for a code of the browser, such as `NAME_NOT_RESOLVED`, with the code itself."""
    if not code:
        return "the portal could not be reached"
    words = next((words for begin, words in _WORDS.items() if code.startswith(begin)), "the portal was not reached")
    return f"{words} (ERR_{code})"


def clock_difference(response: Response | None, now: float) -> timedelta | None:
    """Return how far the server's clock is from `now`, seconds since 1970; None where its answer does not tell.

    An answer out of a cache tells when it was made, which may be long ago.
    """
    if response is None or response.from_service_worker or response.headers.get("age", "0") != "0":
        return None
    try:
        theirs = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return theirs - theirs.fromtimestamp(now, theirs.tzinfo)
