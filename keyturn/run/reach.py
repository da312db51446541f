"""Reaching a step's page again: looked for first, and only where it is not on screen is the way back walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.errors import GuardRefused
from keyturn.events import WalkedAgain
from keyturn.interpolate import NotYetKnown
from keyturn.model import Gate
from keyturn.run.stages import Skip, carry_out
from keyturn.run.way_back import filled_before, portal, way_back
from pages.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyturn.model import Step
    from keyturn.run.engine import Engine

_SETTLING = 5.0  # seconds in which a page that was left in the middle of a change has come to rest


def reach(engine: Engine, step: Step, *, afresh: bool = False) -> None:
    """Bring the page of `step` on screen, as the steps before it had it. Raises whatever stops the way there.

    `afresh`: what is on screen now is not to be trusted, and the way is walked in any case. Where the page is there and
    what was filled in on it is not, because it was loaded again meanwhile, that alone is filled in again.

    What the pages say on the way counts for the way alone: what the run learnt before stays, because some of it, such
    as which group was selected before a reset, cannot be learnt twice.
    """
    engine.session.unsure.discard(portal(step))
    there = not afresh and _is_there(engine, step)
    learnt = dict(engine.state.outputs)
    try:
        for again in _emptied(engine, step) if there else way_back(engine.state.runbook, step):
            engine.recorder.uncover()  # What is disguised cannot be read either, such as who is signed in.
            _walk(engine, again, learnt)
    except BaseException:
        engine.session.unsure.add(portal(step))
        raise
    finally:
        engine.state.outputs |= learnt


def _emptied(engine: Engine, step: Step) -> tuple[Step, ...]:
    """Return what was filled in on the page right before `step`, from the first on that it does not show any more."""
    filled = filled_before(engine.state.runbook, step)
    for at, done in enumerate(filled):
        try:
            gone = engine.state.is_done(done.id) and not all(engine.session.answer(probe) for probe in done.expect)
        except (NotYetKnown, PageError):
            gone = True
        if gone:
            return filled[at:]
    return ()


def _walk(engine: Engine, step: Step, learnt: Mapping[str, str]) -> None:
    """Go through `step` once more. Raises `GuardRefused` when somebody else signed in than before."""
    with engine.under_way(step), engine.attendance.unasked():
        try:
            carry_out(engine, step)
        except Skip:
            return
    for name in step.outputs if step.gate is Gate.SIGN_IN else ():
        was, now = learnt.get(f"steps.{step.id}.{name}"), engine.state.outputs.get(f"steps.{step.id}.{name}")
        if was is not None and was != now:
            raise GuardRefused(
                f"the sign-in is now of another {name}, {now}; the run began with {was}",
                hint="sign out in the browser and in again as before, then `keyturn resume`",
            )
    engine.emit(WalkedAgain(step.id, step.title))


def _is_there(engine: Engine, step: Step) -> bool:
    """Return whether the step's page is on screen, given a moment to come to rest."""
    if not engine.session.is_open(portal(step)):
        return False
    if engine.action(step).anywhere:
        return True
    page = engine.session.page(step.page)
    return any(page.is_on_screen() for _ in engine.session.looks(step.page, _SETTLING))
