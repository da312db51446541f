"""The clipboard as the browser sees it: its own when headless, the desktop's when a window is shown."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock, Timeout
from playwright.sync_api import Error as BrowserError

from keyturn import system
from keyturn.clipboard.sealed import Half
from keyturn.errors import KeyturnError
from secrets_store import Secret, discreet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext
    from playwright.sync_api import Page as Tab

# An address of its own, answered from memory: secure, so that the clipboard may be used, and apart from the portals,
# so that no portal is ever granted the right to read the clipboard. `.invalid` never resolves (RFC 2606).
DESK = "https://clipboard.keyturn.invalid"
_COPYING = 3.0  # seconds in which a page that was asked to copy has done so
_TURN = 120.0  # seconds to wait for another run on this desktop to give the clipboard back


CLEARED = "cleared"  # as opposed to `not ours`: how the clipboard was let go
_NOT_OURS = "not ours"
_COPY_OVER = "copy any other text over it now"


class ClipboardFailed(KeyturnError):
    """The clipboard could not be used, or did not come to hold what a page should have copied."""


class BrowserClipboard:
    """The clipboard, held through a tab of its own. Use as a context manager around a whole run."""

    def __init__(self, context: BrowserContext, lock: Path | None) -> None:
        """Take the context of the run; `lock` is the file by which runs on one desktop take turns, if shared."""
        self._context = context
        self._lock = FileLock(lock, timeout=_TURN) if lock else None
        self._tab: Tab | None = None
        self._sentinel = ""
        self._holding: Secret | None = None
        self._awaited = False  # a page may copy, or have copied, a value that nobody has taken
        self._told = False  # that the clipboard could not be cleared

    def __enter__(self) -> Self:
        for left in [tab for tab in self._context.pages if tab.url.startswith(DESK)]:
            left.close()  # by an earlier part of the run, which was killed; nobody answers for its address any more
        self._context.grant_permissions(["clipboard-read", "clipboard-write"], origin=DESK)
        tab = self._context.new_page()
        page = files("keyturn.clipboard").joinpath("desk.html").read_text(encoding="utf-8")
        tab.route(f"{DESK}/", lambda route: route.fulfill(body=page, content_type="text/html"))
        tab.goto(f"{DESK}/")
        self._tab = tab
        return self

    def __exit__(self, broke: object, *_: object) -> None:
        told = self._told
        try:
            self.clear()
        except ClipboardFailed:
            if not broke or not told:  # What broke before is not hidden by what was told already.
                raise
        finally:
            if self._tab:
                with suppress(BrowserError):  # The browser has gone.
                    self._tab.close()  # It may stay open for a person to look at, and this tab is none of theirs.

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the desktop's clipboard for the gestures inside. Raises `ClipboardFailed` when it is not given back."""
        if self._lock is None:
            yield
            return
        try:
            self._lock.acquire()
        except Timeout:
            waited = True
        else:
            waited = False
        if waited:
            raise ClipboardFailed(
                "another run has been using the clipboard for two minutes", hint="end it, then resume"
            )
        try:
            yield
        finally:
            self._lock.release()

    def await_copy(self) -> None:
        """Put a sentinel on the clipboard, so that what a page copies can be told from what was there."""
        self._sentinel = f"keyturn waits for a copy {secrets.token_hex(8)}"
        self._write(self._sentinel)
        if self._read() != self._sentinel:
            raise ClipboardFailed(
                "the clipboard does not keep what is put on it", hint="`keyturn doctor` tells who holds it"
            )
        self._awaited, self._holding = True, None

    @discreet
    def take(self, label: str) -> Secret:
        """Return what a page copied since `await_copy`. Raises `ClipboardFailed` when nothing was."""
        until = time.monotonic() + _COPYING
        text = self._read()
        while text == self._sentinel and time.monotonic() < until:  # A page copies a moment after its button's press.
            text = self._read()
        if text == self._sentinel:
            raise ClipboardFailed("the copy button was pressed but the clipboard did not change")
        if not text:
            raise ClipboardFailed("the copy button emptied the clipboard")
        self._awaited, self._holding = False, Secret(text, label)
        return self._holding

    @discreet
    def put(self, secret: Secret) -> None:
        """Put the value of `secret` on the clipboard and prove that it is there."""
        self._awaited, self._holding = False, secret
        self._write(secret.reveal())
        if not Secret(self._read(), secret.label).matches(secret):
            raise ClipboardFailed("another program changed the clipboard before the value could be pasted")

    @discreet
    def forget(self, secret: Secret) -> None:
        """Clear the clipboard if an earlier part of the run left the value of `secret` on it."""
        with self.turn():
            self._holding = secret
            self.clear()

    def clear(self) -> str:
        """Empty the clipboard if it still holds our value, and prove it. Returns `cleared` or `not ours`.

        From `await_copy` until a value is taken it is emptied whatever is on it: a page may copy later than it was
        waited for, and what it copied cannot be told from a text that the person copied meanwhile. That one goes too.
        Raises `ClipboardFailed` where it is not known to be empty of the value.
        """
        if self._holding is None and not self._awaited:
            return _NOT_OURS
        try:
            with self.turn():  # Another run that waits for a copy would lose what it waits for.
                left = self._emptied()
        except ClipboardFailed:
            pass  # Raised below: its text says only what was tried.
        else:
            return left
        self._told = True
        raise ClipboardFailed("the clipboard may still hold the value", hint=_COPY_OVER)

    def _emptied(self) -> str:
        found = Secret(self._read(), "what is on the clipboard")
        if self._holding and not found.matches(self._holding):
            # What was put there is in the primary selection too, which the other program may have left as it was. What
            # is found goes back to where it was: that takes both over.
            if not system.has_primary_selection():
                pass
            elif found.matches(Secret("", found.label)):  # Nothing, or no text: there is nothing to go back.
                self._run(lambda tab: tab.evaluate("desk.clear()"))
            else:
                self._write(found.reveal())
            self._holding = None
            return _NOT_OURS
        self._run(lambda tab: tab.evaluate("desk.clear()"))
        left = Secret(self._read(), found.label)
        if left.matches(found) and not left.matches(Secret("", found.label)):
            raise ClipboardFailed("the clipboard was emptied and holds the same as before")
        self._holding = None
        return CLEARED

    def _read(self) -> str:
        half = Half.fresh()
        theirs: str = self._run(lambda tab: tab.evaluate("desk.half()"))
        sealed: str = self._run(lambda tab: tab.evaluate("theirs => desk.read(theirs)", half.public))
        return half.open(theirs, sealed)

    def _write(self, text: str) -> None:
        half = Half.fresh()
        theirs: str = self._run(lambda tab: tab.evaluate("desk.half()"))
        sealed = half.seal(theirs, text)
        self._run(lambda tab: tab.evaluate("([theirs, sealed]) => desk.write(theirs, sealed)", [half.public, sealed]))

    def _run(self, gesture: Callable[[Tab], Any]) -> Any:
        if self._tab is None:
            raise ClipboardFailed("the clipboard is not in use")
        try:
            return gesture(self._tab)
        except BrowserError:
            pass  # Raised below: the original's text must not live on in __context__.
        raise ClipboardFailed(
            "the browser refused the clipboard", hint="allow clipboard access, or close what holds it"
        )
