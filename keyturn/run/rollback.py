"""Taking back what a run did: the `undo` of its steps, last first, each asked for and then seen to be undone.

What can be taken back and what cannot is said before anything is asked. What is not known to be done is not taken
back: `keyturn resume` finds out first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError

from keyturn.errors import CannotStart, StepFailed
from keyturn.events import Acting, Changed, Failed, Result, RollbackBegan, Undone
from keyturn.model import Effect
from keyturn.run.always import ending
from keyturn.run.facts import holds
from keyturn.run.failure import told
from keyturn.run.resumable import ROLLED_BACK, check_known
from keyturn.run.resume import come_back, taken_up
from pages.errors import PageError

if TYPE_CHECKING:
    from keyturn.model import Probe, Step
    from keyturn.outcome import Summary
    from keyturn.run.browsing import Browsing
    from keyturn.run.conduct import Around, Prepared
    from keyturn.run.engine import Engine
    from keyturn.run.past import Past
    from keyturn.run.resume import Again
    from keyturn.run.state import RunState
    from pages.page import Page

_SETTLING = 5.0  # seconds in which a page that was just loaded shows what it holds
_AGAIN = "then roll back again"
_LOOK = f"look in the portal, {_AGAIN}"
_THEIR_ACT = {Result.DONE, Result.BY_OPERATOR, Result.OVERRIDDEN}


class NotUndone(StepFailed):
    """No page shows that the step is undone: it still shows it as done, or is not to be seen."""


@dataclass(frozen=True, slots=True)
class Way:
    """A step that changed something, whether it can be taken back, and how or why not."""

    step: Step
    can: bool
    say: str


def ways(past: Past, state: RunState) -> tuple[Way, ...]:
    """Return the steps that this run did and that changed something, last first.

    Raises `CannotStart` where it is not known whether a step was done, and where nothing can be taken back nor was.
    """
    unfinished, steps = past.unfinished, state.runbook.steps
    changing = [step for step in steps if step.effect is not Effect.READ]
    begun = {*(unfinished.announced & past.acted), *unfinished.intended}
    unknown = [step.id for step in changing if step.id in begun]
    if unknown:
        raise CannotStart(
            f"it is not known whether this was done: {', '.join(unknown)}",
            hint=f"`keyturn resume {past.run}` finds out; stop it at its next question, then roll back",
        )
    theirs = {one for one, result in past.results.items() if result in _THEIR_ACT} | past.found_done
    check_known(past, state.runbook, done=(theirs & past.changing) - set(past.undone))
    did = [step for step in changing if step.id in theirs]
    found = tuple(_way(step, state) for step in reversed(did) if step.id not in past.undone)
    if not any(way.can for way in found) and not past.undone:  # Else it was cut short when all was: it is to end.
        why = "; ".join(f"{way.step.id}: {way.say}" for way in found) or "it changed nothing"
        raise CannotStart(f"nothing of {past.run} can be taken back: {why}", hint="nothing was touched")
    return found


def _way(step: Step, state: RunState) -> Way:
    if step.undo is None:
        return Way(step, can=False, say="the runbook names no way back")
    refused = next((fact for fact in step.undo.guard if not holds(fact, state)), None)
    if refused is not None:
        unclear = [one for one in refused.of if one in state.doubtful]
        doubt = f"it is not known whether {unclear[0]} was done; if it was: " if unclear else ""
        return Way(step, can=False, say=f"{doubt}{refused.say}")
    return Way(step, can=bool(step.undo.do), say=step.undo.say)


def roll_back(prepared: Prepared, around: Around, again: Again) -> tuple[Summary, BaseException | None]:
    """Take back what can be, in the run's own recording. Returns as `conduct` does."""
    found: list[Way] = []

    def check(state: RunState) -> None:
        found.extend(ways(again.past, state))

    with taken_up(prepared, around, again, "rollback", check) as part:
        part.came_to = ROLLED_BACK

        def act(engine: Engine, browsing: Browsing) -> None:
            come_back(engine, browsing, part, again.past)
            can = tuple((way.step.id, way.say) for way in found if way.can)
            engine.emit(RollbackBegan(can, tuple((way.step.id, way.say) for way in found if not way.can)))
            with ending(engine):
                for way in found:
                    if way.can:
                        _taken_back(engine, way)

        return part.carry_out(act)


def _taken_back(engine: Engine, way: Way) -> None:
    """Take one step back. Raises what stops it, after telling it whole."""
    step = way.step
    broke = _broke(engine, way)
    if broke:
        if (doubt := _doubt(step)) in engine.state.changed:
            engine.emit(Changed(doubt))
        expected, seen, _ = told(step, broke)
        do_next = getattr(broke, "hint", "") or _next(broke)
        engine.emit(Failed(step.id, f"undo: {step.title}", expected, seen, tuple(engine.state.changed), do_next))
        raise broke
    what = f"portal: {step.title} – undone"
    engine.state.changed = [one for one in engine.state.changed if one != _doubt(step)]  # Also an earlier part's.
    engine.state.note_change(what)
    engine.emit(Changed(what))
    if step.copies and (held := engine.state.held.pop(step.copies, None)):
        with engine.whole():
            engine.store.note(held.entry.id, "portal-deleted")
    engine.emit(Undone(step.id, way.say))


def _broke(engine: Engine, way: Way) -> Exception | None:
    """Take the step back in the portal; return what went wrong, None when it is seen to be undone."""
    try:
        with engine.under_way(way.step):
            _undo(engine, way)
    except (PageError, StepFailed) as error:
        return error
    except BrowserError:
        pass  # Its text may hold page content.
    else:
        return None
    return NotUndone("the browser no longer answers", hint=_LOOK)


def _doubt(step: Step) -> str:
    """Return what is told to have changed from the press until it is seen to be undone, whatever comes between."""
    return f"portal: {step.title} – it was to be undone, and that was not seen"


def _next(error: Exception) -> str:
    """Return what is to be done next; a run that is being taken back is not resumed."""
    advice = getattr(error, "advice", "")
    return f"{advice}; {_AGAIN}" if advice else _LOOK


def _undo(engine: Engine, way: Way) -> None:
    step, undo = way.step, way.step.undo
    if undo is None:
        return
    where = undo.page or step.page
    page: Any = engine.bring(where)
    if not _shows(engine, step, _SETTLING, wanted=True, there=where):
        return  # Somebody, or an earlier rollback that was cut short, has taken it back already.
    if any(probe.page != where for probe in _probes(step)):
        page = engine.bring(where)  # It was left to look elsewhere.
    otherwise = f"`keyturn rollback {engine.state.run}` goes on from here"
    engine.confirm(
        step, f"Take back “{step.title}”: {undo.say}?", warning="This cannot be undone.", otherwise=otherwise
    )
    args = engine.state.fill_all(undo.args)
    engine.emit(Acting(step.id, where, undo.do, args))
    before = list(engine.state.changed)
    engine.state.note_change(_doubt(step))
    try:
        getattr(page, undo.do)(**args)
    except PageError as error:
        if not error.pressed:
            engine.state.changed = before
        raise
    if _shows(engine, step, step.timeout, wanted=False, there=where):
        raise NotUndone(f"the page still shows “{step.title}” as done", hint=_LOOK)


def _probes(step: Step) -> tuple[Probe, ...]:
    """Return what shows that the step was done."""
    return step.done_when or step.expect


def _shows(engine: Engine, step: Step, patience: float, *, wanted: bool, there: str) -> bool:
    """Return whether the pages show what the step is for; each has `patience` seconds to come to what is `wanted`.

    A page other than `there`, which is on screen, is brought. Raises `NotUndone` where one of them is not to be seen.
    """
    shown = True
    for where, probes in groupby(_probes(step), key=lambda probe: probe.page):
        page = engine.session.page(where) if where == there else engine.bring(where)
        there, asked = where, tuple(probes)
        for _ in engine.session.looks(where, patience):
            if (seen := _seen(engine, page, asked)) is wanted:
                break
        if seen is None:
            raise NotUndone(f"it cannot be seen whether “{step.title}” is undone", hint=_LOOK)
        shown = shown and seen
    return shown


def _seen(engine: Engine, page: Page, probes: tuple[Probe, ...]) -> bool | None:
    """Return whether `page` shows what all of `probes` ask for at this moment; None where it is not to be seen."""
    before = page.is_on_screen()
    if all(engine.session.answer(probe) for probe in probes):
        return True
    # A page that is not there answers no to everything; so does one that came, or went, while it was being asked.
    return False if before and page.is_on_screen() else None
