"""Reaching a step's page again: looked for first, and only where it is not on screen is the way back walked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from keyturn.events import WalkedAgain
from keyturn.run.stages import Skip, carry_out
from keyturn.run.way_back import portal, way_back

if TYPE_CHECKING:
    from keyturn.model import Step
    from keyturn.run.engine import Engine

_SETTLING = 5.0  # seconds in which a page that was left in the middle of a change has come to rest
_LOOK_AGAIN = 100  # ms


def reach(engine: Engine, step: Step) -> None:
    """Bring the page of `step` on screen, as the steps before it had it. Raises whatever stops the way there.

    What the pages say on the way counts for the way alone: what the run learnt before stays, because some of it, such
    as which group was selected before a reset, cannot be learnt twice.
    """
    engine.session.unsure.discard(portal(step))
    if _is_there(engine, step):
        return
    learnt = dict(engine.state.outputs)
    for again in way_back(engine.state.runbook, step):
        with engine.under_way(again):
            try:
                carry_out(engine, again)
            except Skip:
                continue
        engine.emit(WalkedAgain(again.id, again.title))
    engine.state.outputs |= learnt


def _is_there(engine: Engine, step: Step) -> bool:
    """Return whether the step's page is on screen, given a moment to come to rest."""
    if not engine.session.is_open(portal(step)):
        return False
    if engine.action(step).anywhere:
        return True
    page = engine.session.page(step.page)
    until = time.monotonic() + _SETTLING
    while not page.is_on_screen():
        if time.monotonic() > until:
            return False
        page.tab.wait_for_timeout(_LOOK_AGAIN)
    return True
