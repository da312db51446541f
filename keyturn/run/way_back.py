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
    before = runbook.steps[: runbook.steps.index(to)]
    there = [step for step in before if portal(step) == portal(to)]
    first = next((at for at, step in enumerate(there) if step.page == to.page), len(there))
    filled = len(there)
    while filled > first and there[filled - 1].page == to.page and there[filled - 1].effect is Effect.READ:
        filled -= 1
    return tuple(step for step in (*there[:first], *there[filled:]) if step.effect is Effect.READ)


def portal(step: Step) -> str:
    """Return the portal that `step` acts in."""
    return step.page.partition(".")[0]
