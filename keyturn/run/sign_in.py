"""The sign-in of a person, looked at while keyturn waits for it: each screen is told once, when it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from keyturn.events import SignInScreen

if TYPE_CHECKING:
    from keyturn.events import Listener
    from keyturn.model import Step


class _SignsIn(Protocol):
    """A page on which a person signs in."""

    def is_signed_in(self) -> bool: ...

    def screen(self) -> str: ...


class SignIn:
    """Looks at one sign-in after the other, and tells what it sees."""

    def __init__(self, tell: Listener) -> None:
        self._tell = tell
        self._screen = ""  # the one that was told last

    def is_over(self, step: Step, page: _SignsIn) -> bool:
        """Return whether somebody is signed in on `page` at this moment; tell its screen if that is another."""
        if (screen := page.screen()) != self._screen:
            self._screen = screen
            self._tell(SignInScreen(step.id, screen))
        return page.is_signed_in()
