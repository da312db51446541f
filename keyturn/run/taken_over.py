"""The person has the browser for any number of steps; when it is given back, what they did is looked for, not assumed.

A step that changes something counts as theirs when the pages show that it is done, and did not before. A step that only
led there counts with it. A step whose proof is not to be seen any more is passed over, and the recording says so.

What looks done while a change before it in its portal is still to come may be of the time before the run, such as an
integration that a reset is about to clear. It is not theirs then: its turn comes after that change, and it is looked at
anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.sync_api import Error as BrowserError

from keyturn.errors import GuardRefused
from keyturn.events import GivenBack, Result, TakenOver
from keyturn.gates import About, Choice, Question
from keyturn.model import Effect, Gate
from keyturn.run.by_hand import is_seen, shown
from keyturn.run.capture import capture_made
from keyturn.run.entrusted import entrust
from keyturn.run.facts import fails_for_good, holds
from keyturn.run.stages import check_guard, is_already
from keyturn.run.state import outputs_of
from keyturn.run.way_back import portal
from pages.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from keyturn.model import Step
    from keyturn.run.beyond import Beyond
    from keyturn.run.engine import Engine

_OFFERS = (Choice.GIVE_BACK, Choice.CHANGE_MODE, Choice.STOP)
_ACT = "The browser is yours. keyturn does nothing until you give it back; then it looks at what is done."


@dataclass(frozen=True, slots=True)
class Found:
    """A step that the person did, or passed, and what its page shows of it."""

    step: Step
    result: Result
    reason: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)


def taken_over(engine: Engine, step: Step, by: str) -> list[Found]:
    """Let the person do what they want from `step` on; return what is seen to be done, in the runbook's order.

    Raises `Stopped`, and `GuardRefused` for a deletion that was not to be done.
    """
    entrust(engine, step, everywhere=True)
    engine.emit(TakenOver(step.id, by))
    before = _so_before(engine, step)
    question = Question(step.id, step.title, Gate.MANUAL, _ACT, About.TAKEN_OVER, _OFFERS)
    while (answer := engine.attendance.ask(question, engine.no_answer)).choice is not Choice.GIVE_BACK:
        engine.attendance.obey(step, answer)
    engine.take_over()
    found = _reconciled(engine, step, by, before)
    engine.emit(GivenBack(step.id, tuple(one.step.id for one in found), tuple(engine.session.tabs())))
    return found


def passed(engine: Engine, step: Step, beyond: Beyond) -> list[Found]:
    """Return how `step`, what comes after it, and the steps between them end, where a person did them all."""
    steps = engine.state.runbook.steps
    ahead = [one for one in _ahead(engine, step) if steps.index(one) <= steps.index(beyond.then)]
    done = {step.id: Found(step, Result.OVERRIDDEN, f"{beyond.reason} ({beyond.by})")}
    if found := _seen(engine, beyond.then, beyond.by):
        done[beyond.then.id] = found
    led = [found for at, one in enumerate(ahead) if (found := _led(engine, one, ahead[at + 1 :], done))]
    return sorted([*done.values(), *led], key=lambda one: steps.index(one.step))


def _reconciled(engine: Engine, first: Step, by: str, before: Collection[str]) -> list[Found]:
    steps = engine.state.runbook.steps
    ahead = _ahead(engine, first)
    done: dict[str, Found] = {}
    for at, one in enumerate(ahead):
        theirs = _changes(one) and one.id not in before and not _too_early(engine, one, ahead[:at], done)
        if theirs and (found := _seen(engine, one, by)):
            done[one.id] = found
    led = [found for at, one in enumerate(ahead) if (found := _led(engine, one, ahead[at + 1 :], done))]
    return sorted([*done.values(), *led], key=lambda one: steps.index(one.step))


def _ahead(engine: Engine, first: Step) -> list[Step]:
    steps = engine.state.runbook.steps
    return [one for one in steps[steps.index(first) :] if one.id not in engine.state.results]


def _so_before(engine: Engine, first: Step) -> frozenset[str]:
    """Return the changing steps that the pages show to be done already: what is so now is not of the person's doing.

    A secret that was made is none of them: its value is captured from whoever made it.
    """
    try:
        so = [one.id for one in _ahead(engine, first) if _changes(one) and not one.copies and _is_so(engine, one)]
        if engine.session.is_open(portal(first)):
            engine.session.tab(portal(first))  # In front again, as the person had it.
    except BrowserError:
        return frozenset()  # It is gone, and whatever will be seen is in another.
    return frozenset(so)


def _changes(step: Step) -> bool:
    return step.effect is not Effect.READ


def _too_early(engine: Engine, step: Step, earlier: list[Step], done: Mapping[str, Found]) -> bool:
    """Return whether a change before `step` in its portal is still to come, or may be, by what is known of it.

    What was made or deleted is told by its own ID, so that nothing from before the run looks like it.
    """
    return step.effect is Effect.CHANGE and any(
        _changes(one)
        and one.id not in done
        and portal(one) == portal(step)
        and not any(fails_for_good(fact, engine.state) for fact in one.when)
        for one in earlier
    )


def _seen(engine: Engine, step: Step, by: str) -> Found | None:
    """Return `step` as the person's, if the pages show that it is done."""
    if not engine.session.is_open(portal(step)) or not all(holds(fact, engine.state) for fact in step.when):
        return None
    outputs: dict[str, str] = {}
    try:
        page = engine.session.page(step.page)
        if step.copies:
            made = capture_made(engine, step, page)
        else:
            made = shown(engine, step, page)() if step.outputs and page.is_on_screen() else None
        if made is not None:
            outputs = outputs_of(step, made)
        if not step.copies and not _is_so(engine, step):
            return None
    except BrowserError:
        return None
    if step.copies and made is None:
        return None
    engine.state.give(step, outputs)
    try:
        check_guard(engine, step, done=True)
    except GuardRefused as refused:
        if step.effect is Effect.DELETE:
            raise
        return Found(step, Result.OVERRIDDEN, f"{refused.message} ({by})", outputs)
    if step.gate is Gate.SECOND_PERSON and step.id not in engine.attendance.approved:
        return Found(step, Result.OVERRIDDEN, f"done by hand without a second person's approval ({by})", outputs)
    return Found(step, Result.BY_OPERATOR, "", outputs)


def _is_so(engine: Engine, step: Step) -> bool:
    """Return whether what the step is for is so, and everything that is expected after it."""
    if step.outputs and any(
        "steps." + step.id in str(value) for probe in step.done_when for value in probe.args.values()
    ):
        return False  # What it would be told by is its own result: what was there before looks the same.
    try:
        return is_already(engine, step)
    except PageError:
        return False


def _led(engine: Engine, step: Step, after: list[Step], done: Mapping[str, Found]) -> Found | None:
    """Return a step that only reads as passed, when it stands before one of its portal that the person did."""
    reached = next((one for one in after if one.id in done and portal(one) == portal(step)), None)
    if step.effect is not Effect.READ or step.gate is Gate.SIGN_IN or step.outputs or reached is None:
        return None
    if not step.expect or is_seen(engine, step):
        return Found(step, Result.BY_OPERATOR, f"on the way to “{reached.title}”")
    return Found(step, Result.SKIPPED, f"done by hand or not, it could not be seen after “{reached.title}”")
