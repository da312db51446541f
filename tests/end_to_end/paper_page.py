"""A page on paper: what it shows and presses is the rehearsal's own state, without a browser.

As a real page object it says whether a button had been pressed when something goes wrong, and a fault of the replicas
does here what it does there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.errors import PageError, ScreenNotReached, SessionEnded

if TYPE_CHECKING:
    from tests.end_to_end.paper import Tab


class Paper:
    """A page in a tab. `shown` are the places in which it is on screen."""

    title = ""
    shown: tuple[str, ...] = ()
    session_ended = "session-ended"

    def __init__(self, tab: Tab, url: str) -> None:
        self.tab, self.url = tab, url
        self.world = tab.browser.world

    def is_on_screen(self) -> bool:
        return not self.tab.closed and self.tab.at in self.shown

    def arrive(self) -> None:
        self.tab.check()
        if not self.tab.closed and self.tab.at == "sign-in":
            raise self.failed(SessionEnded, "arrive")
        if not self.is_on_screen():
            raise self.failed(ScreenNotReached, "arrive")

    def seen(self) -> str:
        return f"the page “{self.tab.at or 'blank'}”"

    def failed(self, kind: type[PageError], verb: str, *, pressed: bool = False, seen: str = "") -> PageError:
        return kind(self.title, verb, expected="it to take effect", seen=seen or self.seen(), pressed=pressed)

    def open_at(self, at: str) -> None:
        """Go to another place of the portal; it may have ended the session."""
        self.tab.check()
        if self.world.faults.strikes(self.session_ended):
            self.tab.load("sign-in")
            raise self.failed(SessionEnded, "open")
        self.tab.load(at, self.url)


class PaperSignIn(Paper):
    """The sign-in page of any portal: whoever opens it is signed in."""

    shown = ("home", "sign-in")

    def open(self) -> None:
        self.tab.load("home", self.url)

    def is_signed_in(self) -> bool:
        return True

    def screen(self) -> str:
        return ""
