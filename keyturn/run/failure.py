"""Telling a failure: what was expected, what was seen, and the one thing to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.model import Effect

if TYPE_CHECKING:
    from keyturn.model import Step


def told(step: Step, error: Exception) -> tuple[str, str, str]:
    """Return expected, seen and next, each in our own words, for what stopped `step`."""
    expected = getattr(error, "expected", "") or step.title
    seen = getattr(error, "seen", "") or str(error)
    hint = getattr(error, "hint", "")
    return expected, seen, hint or _next(step, pressed=bool(getattr(error, "pressed", False)))


def _next(step: Step, *, pressed: bool) -> str:
    if pressed and step.effect is Effect.CREATE:
        return "look in the portal for a secret made just now whose value nobody has, delete it, and start again"
    if pressed:
        return "look in the portal whether it happened, before anything is pressed again"
    return "put right what was seen; what is done already is found so when you start again"
