"""What the run announced before and never confirmed: whether the pages show that it is done.

Looked for where the browser stands, for as long as a page takes to come to rest; and where that page is gone, on the
page that would show it. Nothing is pressed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.events import NotDone
from keyturn.interpolate import NotYetKnown
from keyturn.model import Effect
from keyturn.run.way_back import portal

if TYPE_CHECKING:
    from keyturn.model import Step
    from keyturn.run.engine import Engine

_SETTLING = 5.0  # seconds in which a page that was left in the middle of a change has come to rest


def was_done(engine: Engine, step: Step) -> bool:
    """Return whether `step` was begun before, nobody could say how it ended, and it is seen to be done.

    Afterwards the tab may stand anywhere. Raises whatever stops the way to the page that would show it.
    """
    if step.effect is Effect.READ or step.id not in engine.state.unfinished.announced or not _can_be_seen(engine, step):
        return False
    if engine.session.is_open(portal(step)):
        if _is_so(engine, step):
            return True
        if engine.session.page(step.page).is_on_screen():
            return _not_done(engine, step)
    engine.bring(step.done_when[0].page)
    done = _is_so(engine, step)
    engine.session.unsure.add(portal(step))
    return done or _not_done(engine, step)


def is_shown(engine: Engine, step: Step) -> bool:
    """Return whether the pages show at this moment what `step` is for, and everything that is expected after it.

    A registration without the old secret may be another one: `done_when` alone proves nothing. Raises `NotYetKnown`.
    """
    return all(engine.session.answer(probe) for probe in (*step.done_when, *step.expect))


def _not_done(engine: Engine, step: Step) -> bool:
    """Tell that the step was looked for and is not so; return that."""
    engine.state.doubtful.discard(step.id)
    engine.emit(NotDone(step.id, "its page was asked, and does not show it"))
    return False


def _can_be_seen(engine: Engine, step: Step) -> bool:
    """Return whether there is anything to look for: not what only the step's own result could tell."""
    try:
        for probe in (*step.done_when, *step.expect):
            engine.state.fill_all(probe.args)
    except NotYetKnown:
        return False
    return bool(step.done_when)


def _is_so(engine: Engine, step: Step) -> bool:
    return any(is_shown(engine, step) for _ in engine.session.looks(step.page, _SETTLING))
