"""Showing a person, in the page itself, what is about to be done: which step, where, and long enough to see it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from keyturn.errors import KeyturnError
from keyturn.interpolate import NotYetKnown
from keyturn.run.way_back import portal

if TYPE_CHECKING:
    from keyturn.model import Step
    from keyturn.run.engine import Engine

_LOOK = 100  # ms from one drawing of the outline to the next


def show(engine: Engine, step: Step) -> None:
    """Show the person in the page which step it is and where it will be done, for as long as the pace says."""
    if engine.overlay and engine.session.is_open(portal(step)):
        tab = engine.session.tab(portal(step))
        engine.overlay.show(tab, engine.number, len(engine.state.runbook.steps), step.title)
        try:
            args = engine.state.bound(step.args, engine.action(step).parameters)
            engine.overlay.point(tab, engine.session.page(step.page).target(step.do, args))
        except (NotYetKnown, KeyturnError):
            pass  # Without its arguments, the place is not known; the act itself says what is wrong with them.
    until = time.monotonic() + engine.pace
    while (left := until - time.monotonic()) > 0:
        engine.breathe(min(_LOOK, left * 1000))


def take_outline_away(engine: Engine, step: Step) -> None:
    """Take the outline away: what it was around may be gone by now."""
    if engine.overlay and engine.session.is_open(portal(step)):
        engine.overlay.point(engine.session.tab(portal(step)), None)
