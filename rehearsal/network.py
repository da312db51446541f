"""A network that fails, between the browser and any replica, by name: `net-…`, `ma-net-…`, `sophos-net-…`.

What a server can do, it does here: answer slowly, break off, refuse. What goes wrong before a server is reached cannot
be played by one, so the browser is sent where it really happens: to a name that does not resolve, to a port where
nobody listens, to one that speaks no TLS, to one whose certificate nobody trusts.
"""

from __future__ import annotations

import socket
import time
from contextlib import closing, suppress
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from rehearsal.nowhere import Nowhere
    from rehearsal.state import World

    App = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

_KINDS = {
    "net-slow": "answers come in two halves, a second before each",
    "net-cut": "the connection breaks off in the middle of one answer; what was asked has been done",
    "net-500": "one request is answered with an error page of the server (500); what was asked has not been done",
    "net-429": "requests are refused as too many (429), with Retry-After, for two seconds",
    "net-refused": "nobody listens at the server's port",
    "net-dns": "the server's name does not resolve",
    "net-tls": "the server speaks no TLS where it should",
    "net-certificate": "the server's certificate is one that nobody trusts",
}
_PREFIXES = {"": "the admin center", "ma-": "the MA Portal", "sophos-": "Sophos Central"}
NETWORK_FAULTS: dict[str, tuple[str, str | None]] = {
    f"{prefix}{kind}": (f"{portal}: {what}", None)
    for prefix, portal in _PREFIXES.items()
    for kind, what in _KINDS.items()
}
ONCE = frozenset(f"{prefix}{kind}" for prefix in _PREFIXES for kind in ("net-cut", "net-500"))
_ELSEWHERE = ("net-refused", "net-dns", "net-tls", "net-certificate")
_BEHIND = {"entra": "", "sandbox": "", "sign_in": "", "ma_portal": "ma-", "sophos": "sophos-"}  # server -> prefix
# What pages ask by themselves again and again, and what belongs to the rehearsal alone.
_POLLS = ("/api/heartbeat", "/api/strike/", "/attempt/", "/u/login/stage", "/login/stage")
_STILL = ("/static/", "/assets/")  # what never changes
_HALF = 1.0  # seconds before each half of a slow answer
RETRY_AFTER = 2  # seconds
_PAGE = b"<!doctype html><title>%d</title><h1>%d</h1><p>The service is unavailable. Please try again later.</p>"


class Line:
    """The line to one server, as the application that the server runs. `server` is its name in `World.urls`."""

    def __init__(self, app: App, world: World, server: str, nowhere: Nowhere) -> None:
        self._app, self._world, self._server, self._nowhere = app, world, server, nowhere
        self._prefix = _BEHIND[server]
        self._fails = any(name.startswith(f"{self._prefix}net-") for name in world.faults.chosen)
        self._busy_since = 0.0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or fail as the faults want it."""
        path = environ["PATH_INFO"]
        counts = not path.startswith((*_POLLS, *_STILL))
        if counts:
            self._world.note_request(self._server)
        if not self._fails:
            return self._app(environ, start_response)
        for kind in _ELSEWHERE:
            if self._strikes(kind, natural=True):
                return _sent(start_response, 307, {"Location": self._nowhere.address(kind, quote(path))})
        if counts and self._is_busy():
            return _sent(start_response, 429, {"Retry-After": str(RETRY_AFTER)})
        if counts and self._strikes("net-500", natural=self._server != "sign_in"):
            return _sent(start_response, 500, {})
        answer = _Answer(self._app, environ)
        answer.send_head(start_response)
        if counts and answer.is_page and self._strikes("net-cut", natural=self._server != "sign_in"):
            return answer.cut()
        if counts and self._strikes("net-slow", natural=True):
            return answer.slowly()
        return [answer.body]

    def _strikes(self, kind: str, *, natural: bool) -> bool:
        return self._world.faults.strikes(self._prefix + kind, natural=natural)

    def _is_busy(self) -> bool:
        """Whether too much was asked of this server; from the first refusal on it is so for the time it tells."""
        if self._busy_since and time.monotonic() > self._busy_since + RETRY_AFTER:
            return False
        if not self._strikes("net-429", natural=self._server != "sign_in"):
            return False
        self._busy_since = self._busy_since or time.monotonic()
        return True

    def time(self) -> str:
        """Return the portal's own time, as every answer tells it."""
        return format_datetime(self._world.clock(), usegmt=True)


class _Answer:
    """What the application answers, whole, before any of it is sent."""

    def __init__(self, app: App, environ: WSGIEnvironment) -> None:
        self._environ = environ
        self._head: tuple[str, list[tuple[str, str]]] = "", []
        with closing(ClosingIterator(app(environ, self._start))) as parts:  # type: ignore[arg-type]  # nobody writes by it
            self.body = b"".join(parts)

    def _start(self, status: str, headers: list[tuple[str, str]], *_: object) -> None:
        # Let scripts be sent to where the network fails: else the page's own policy would be what stops them.
        opened = {"Content-Security-Policy": "; connect-src http: https:"}
        self._head = status, [(name, value + opened.get(name, "")) for name, value in headers]

    @property
    def is_page(self) -> bool:
        """Whether it has content that matters, as a redirection has not."""
        return bool(self.body) and not self._head[0].startswith("3")

    def send_head(self, start_response: StartResponse) -> None:
        """Send status and headers."""
        start_response(*self._head)

    def cut(self) -> Iterator[bytes]:
        """Send a half, and end the connection."""
        yield self.body[: len(self.body) // 2]
        with suppress(OSError):
            self._environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)

    def slowly(self) -> Iterator[bytes]:
        """Send it in two halves."""
        for half in (self.body[: len(self.body) // 2], self.body[len(self.body) // 2 :]):
            time.sleep(_HALF)
            yield half


def _sent(start_response: StartResponse, status: int, headers: dict[str, str]) -> Iterable[bytes]:
    body = b"" if status < 400 else _PAGE % (status, status)  # noqa: PLR2004  # where errors begin
    # A script that is sent to another origin fails for the network's reason only where that origin may be asked.
    shared = {"Content-Type": "text/html", "Content-Length": str(len(body)), "Access-Control-Allow-Origin": "*"}
    start_response(f"{status} By a fault", [*(shared | headers).items()])
    return [body]
