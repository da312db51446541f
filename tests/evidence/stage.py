"""A made-up portal on loopback that shows a value in the ways of `variants`, and a recorder attached to a context.

A real server, because what a test answers through the browser library is an action, and stands in the trace.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from evidence import Recorder
from tests.evidence import variants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page


class Portal(ThreadingHTTPServer):
    """Serves on two sites: `localhost` and `127.0.0.1` are foreign to each other."""

    daemon_threads = True

    def __init__(self, value: str) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.value = value
        self.top = f"http://localhost:{self.server_port}"
        self.blade = f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    """One answer of the portal."""

    server: Portal

    def do_GET(self) -> None:
        """Answer from the table below."""
        url = urlsplit(self.path)
        words = {name: values[0] for name, values in parse_qs(url.query).items()}
        show, copy = variants.VARIANTS.get(words.get("show", ""), ""), variants.COPIES.get(words.get("copy", ""), "")
        body, kind = {
            "/": (variants.PAGE.replace("SHOW", url.query.replace("&", "&amp;")), "text/html"),
            "/app.js": (variants.script(show, copy), "text/javascript"),
            "/style.css": (variants.SHEET, "text/css"),
            "/frame": (variants.FRAME, "text/html"),
            "/frame.js": (variants.FRAME_SCRIPT, "text/javascript"),
            "/nested": (variants.NESTED, "text/html"),
            "/value": (self.server.value, "text/plain"),
        }.get(url.path, ("", "text/plain"))
        self.send_response(200)
        sites = f"{self.server.top} {self.server.blade}"
        self.send_header("Content-Security-Policy", f"default-src {sites}; img-src data:")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.replace("TOP", self.server.top).replace("BLADE", self.server.blade).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing: the address is no news."""


@dataclass
class Stage:
    """Where a test plays: the portal, a recorder, a first tab and the folder that is recorded into."""

    portal: Portal
    context: BrowserContext
    recorder: Recorder
    tab: Page
    folder: Path

    def open(self, show: str, copy: str = "") -> Page:
        """Open the portal in a watched tab of its own, with that way to show the value and to copy it."""
        tab = self.context.new_page()
        self.recorder.watch(tab, show or "portal")
        tab.goto(f"{self.portal.top}/?show={show}&copy={copy}")
        return tab

    def reveal(self) -> None:
        """Let the first tab show the value."""
        self.tab.evaluate("reveal()")
        self.tab.wait_for_timeout(100)


def await_shown(tab: Page, show: str) -> None:
    """Wait until `tab` shows the value in the way `show`, after it was told to: on a busy machine that takes a while."""
    until = time.monotonic() + 60
    if show in variants.IN_A_FRAME:  # The others showed it before `reveal` returned, or within the next frames.
        inner = [frame for frame in tab.frames if urlsplit(frame.url).path == "/frame"]
        while not any(frame.evaluate("!!document.getElementById('box').textContent") for frame in inner):
            assert time.monotonic() < until, f"{show}: the inner frame shows nothing"
            tab.wait_for_timeout(50)
            inner = [frame for frame in tab.frames if urlsplit(frame.url).path == "/frame"]
    tab.wait_for_timeout(100)  # painted later, or letter by letter


@contextmanager
def stage(  # noqa: PLR0913  # a test says only what it needs
    browser: Browser, folder: Path, value: str, show: str = "", copy: str = "", *, video: bool = False
) -> Iterator[Stage]:
    """Open the portal, recorded from before its first page."""
    portal = Portal(value)
    threading.Thread(target=portal.serve_forever, args=(0.05,), daemon=True).start()
    permissions = ["clipboard-read", "clipboard-write"]
    context = browser.new_context(viewport={"width": 700, "height": 260}, permissions=permissions)
    try:
        recorder = Recorder(folder, banner="run r-1 · me@example.test", video=video)
        recorder.attach(context)
        play = Stage(portal, context, recorder, None, folder)  # type: ignore[arg-type]
        play.tab = play.open(show, copy)
        yield play
    finally:
        context.close()
        portal.shutdown()
        portal.server_close()
