"""How a page fails, in our words; the browser library's own errors, whose text may hold page content, never get out."""

from __future__ import annotations

from typing import ClassVar


class PageError(Exception):
    """A page did not do or show what was asked of it, in our words.

    `screen` and `verb` say where; `expected` and `seen` say what. `pressed` is True when the irreversible button of
    the action had already been pressed, so that the portal may have changed. `passing` is True when the portal is
    known to settle by itself (replication), so that asking again later is safe. `advice` is what a person can do about
    it, where that is known; else empty.
    """

    passing: ClassVar[bool] = False

    def __init__(  # noqa: PLR0913  # keywords, each with a place of its own in what a person is told
        self, screen: str, verb: str, *, expected: str, seen: str, pressed: bool = False, advice: str = ""
    ) -> None:
        self.screen = screen
        self.verb = verb
        self.expected = expected
        self.seen = seen
        self.pressed = pressed
        self.advice = advice
        super().__init__(f"{screen}: {verb}: expected {expected}; saw {seen}")


class ScreenNotReached(PageError):
    """The page is not on screen: its proof did not appear in time."""


class NoEffect(PageError):
    """The gesture was made, or could not be made, and its visible consequence did not appear."""


class PortalRefused(PageError):
    """The portal answered with an error of its own; `seen` holds its words."""


class NotYet(PageError):
    """The portal refused for now, as it does until a change has replicated (reported: seconds, up to two minutes)."""

    passing = True


class NotOne(PageError):
    """Nothing, or more than one thing, answers the description; a choice would be a guess."""


class SessionEnded(PageError):
    """The portal shows its sign-in screen in place of the page."""


class Unreachable(PageError):
    """The portal's server was not reached, or answered with an error page; `seen` says which and why."""


class ClockWrong(PageError):
    """The clock of this computer is not the portal's, and dates decide what has expired."""
