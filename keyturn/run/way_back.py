"""The way back to where a step begins, when its page is not on screen any more: in a new tab, or after a sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.model import Effect

if TYPE_CHECKING:
    from keyturn.model import Runbook, Step


def way_back(runbook: Runbook, to: Step) -> tuple[Step, ...]:
    """Return the steps to walk again so that `to` finds its page as it left it. All of them only read.

    First those of its portal that lead to its page, up to the first step that acts on that page; then those that come
    right before `to` on the same page, because what they filled in is gone. A step that changed something is never
    among them, nor what led to it alone: its result stands.
    """
    there = _before(runbook, to)
    first = next((at for at, step in enumerate(there) if step.page == to.page), len(there))
    led = [step for step in there[:first] if step.effect is Effect.READ]
    return (*led, *filled_before(runbook, to))


def filled_before(runbook: Runbook, to: Step) -> tuple[Step, ...]:
    """Return the steps that come right before `to` on the same page and only fill something in there."""
    there = _before(runbook, to)
    filled = len(there)
    while filled and there[filled - 1].page == to.page and there[filled - 1].effect is Effect.READ:
        filled -= 1
    return tuple(there[filled:])


def _before(runbook: Runbook, to: Step) -> list[Step]:
    """Return the steps of the portal before `to`."""
    return [step for step in runbook.steps[: runbook.steps.index(to)] if portal(step) == portal(to)]


def portal(step: Step) -> str:
    """Return the portal that `step` acts in."""
    return step.page.partition(".")[0]
