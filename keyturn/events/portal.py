"""What the portal does by itself in the middle of a step."""

from __future__ import annotations

from dataclasses import dataclass

from keyturn.events.event import Event


@dataclass(frozen=True, slots=True)
class SignInScreen(Event):
    """The sign-in pages show another screen; `screen` names it, with what the person needs, such as a number."""

    step: str
    screen: str


@dataclass(frozen=True, slots=True)
class SessionLost(Event):
    """The portal asks to sign in again in the middle of the step."""

    step: str
    seen: str


@dataclass(frozen=True, slots=True)
class PageLost(Event):
    """The portal was loaded anew in the middle of the step, and its page is gone; the way back to it is walked."""

    step: str
    seen: str
