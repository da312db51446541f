"""Telling a failure: what was expected, what was seen, the one thing to do next, and what may be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import EvidenceError
from keyturn.errors import LeakFound, NobodyThere, Stopped
from keyturn.gates import Choice
from keyturn.model import Effect
from keyturn.run.entrusted import DeletedBeside
from keyturn.run.stages import DoneTooEarly, ExpectationMissed
from pages.errors import PageError, PortalRefused

if TYPE_CHECKING:
    from keyturn.model import Step

LAST_WORD = (
    Stopped,
    NobodyThere,
    DoneTooEarly,
    DeletedBeside,
    LeakFound,
    EvidenceError,
)  # ends after which nobody is asked


def told(step: Step, error: Exception) -> tuple[str, str, str]:
    """Return expected, seen and next, each in our own words, for what stopped `step`."""
    expected = getattr(error, "expected", "") or step.title
    seen = getattr(error, "seen", "") or str(error)
    hint = getattr(error, "hint", "")
    return expected, seen, hint or _advised(error) or _next(step, pressed=bool(getattr(error, "pressed", False)))


def offers(step: Step, error: Exception) -> tuple[Choice, ...]:
    """Return what a person may choose after `error`. What may have happened is never offered a second time."""
    pressed = bool(getattr(error, "pressed", False))
    made = step.copies and not (isinstance(error, PageError) and not pressed)  # A secret may exist.
    safe = not made and (step.effect is Effect.READ or not pressed)
    choices = [Choice.AGAIN, Choice.BY_HAND] if safe else []
    if isinstance(error, ExpectationMissed):
        choices.append(Choice.OVERRIDE)
    return (*choices, Choice.TAKE_OVER, Choice.SKIP, Choice.STOP)


def _advised(error: Exception) -> str:
    """Return what the page advises. After a press only the portal's own no says that nothing of it happened."""
    if not isinstance(error, PageError) or not error.advice:
        return ""
    if error.pressed and not isinstance(error, PortalRefused):
        return ""
    return f"{error.advice}; `keyturn resume` then goes on"


def _next(step: Step, *, pressed: bool) -> str:
    if pressed and step.effect is Effect.CREATE:
        return "`keyturn resume` finds the secret that was made and whose value nobody has"
    if pressed:
        return "look in the portal whether it happened, before anything is pressed again"
    return "put right what was seen; `keyturn resume` finds what is done already, and goes on"
