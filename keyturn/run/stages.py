"""The stages of one step: when, gate, guard, already so?, picture, act or hand over, expect, outputs, picture."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from keyturn.errors import GuardRefused, StepFailed
from keyturn.events import GuardHeld, Result, Retrying
from keyturn.events import GuardRefused as GuardRefusedEvent
from keyturn.gates import Choice
from keyturn.interpolate import NotYetKnown
from keyturn.model import Effect, Gate
from keyturn.run import by_hand
from keyturn.run.beyond import look_beyond
from keyturn.run.capture import create_and_capture
from keyturn.run.facts import holds, worded
from keyturn.run.orphan import not_passed_over, recover
from keyturn.run.pasting import paste
from keyturn.run.showing import show, take_outline_away
from keyturn.run.state import FOUND_DONE, outputs_of
from keyturn.run.unclear import is_shown, was_done
from pages.errors import PageError

if TYPE_CHECKING:
    from keyturn.gates import Answer
    from keyturn.model import Probe, Scalar, Step
    from keyturn.run.engine import Engine


class Skip(Exception):  # not an error: a step whose `when` does not hold
    """The step does not apply; `reason` says why in the runbook's words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class ExpectationMissed(StepFailed):
    """The action returned, but the page does not show what the runbook expects."""

    def __init__(self, expected: str, seen: str) -> None:
        self.expected = expected
        self.seen = seen
        self.pressed = True  # The action had its effect as far as the page could tell.
        super().__init__(f"expected {expected}; saw {seen}")


class DoneTooEarly(GuardRefused):
    """A person did by hand what the guard would have refused."""


def carry_out(engine: Engine, step: Step) -> tuple[Result, str, dict[str, str]]:
    """Carry out one step and return its result, a reason where there is one, and its outputs.

    Raises `Skip`, what the person wants instead, or whatever stops the run.
    """
    for fact in step.when:
        if not holds(fact, engine.state):
            not_passed_over(engine, step, fact.say)
            raise Skip(fact.say)
    if name := engine.state.not_given(step):  # Now, and not when the button has been pressed.
        raise StepFailed(f"nothing has given {name}", hint="see in the runbook why the step that gives it was skipped")
    if step.copies and (found := recover(engine, step)):
        engine.state.give(step, found.outputs)
        engine.picture(step, "after")
        return found
    if was_done(engine, step):
        engine.picture(step, "after")
        engine.state.note_change(f"portal: {step.title} – begun before, and found done")
        return Result.ALREADY, FOUND_DONE, {}
    engine.reach(step)
    show(engine, step)
    look_beyond(engine, step)
    theirs = _asked(engine, step)
    check_guard(engine, step)
    if is_already(engine, step):
        engine.picture(step, "after")
        return (Result.BY_OPERATOR if engine.was_taken_over(step) else Result.ALREADY), "", {}
    engine.picture(step, "before")
    made, result, reason = _done_by_hand(engine, step) if theirs else (None, Result.DONE, "")
    if result is Result.DONE:
        made = _act(engine, step)
    outputs = outputs_of(step, made)
    engine.state.give(step, outputs)
    for probe in step.expect:
        _expect(engine, step, probe)
    engine.picture(step, "after")
    return result, reason, outputs


def check_guard(engine: Engine, step: Step, *, done: bool = False) -> None:
    """Raise `GuardRefused` when a fact of the guard does not hold; `done`: the person has done the step already."""
    for fact in step.guard:
        if not holds(fact, engine.state):
            engine.emit(GuardRefusedEvent(step.id, worded(fact, engine.state), fact.say))
            if done:
                hint = "it was done by hand all the same: look at once whether it must be put right"
                raise DoneTooEarly(f"“{step.title}” was not to be done yet: {fact.say}", hint=hint)
            raise GuardRefused(fact.say, hint="nothing of this step was done; see to it, then start again")
        engine.emit(GuardHeld(step.id, worded(fact, engine.state)))


def is_already(engine: Engine, step: Step) -> bool:
    """Return whether the step's purpose is already so. What depends on its own outputs, not known yet, is not."""
    try:
        return bool(step.done_when) and is_shown(engine, step)
    except NotYetKnown:
        return False


def _asked(engine: Engine, step: Step) -> bool:
    """Ask the person whatever is to be asked before `step`; return whether they do it themselves."""
    if step.gate is Gate.SIGN_IN:
        page: Any = engine.session.page(step.page)
        engine.attendance.before(step, lambda: _signed_in(engine, step, page))
        return False
    wants = engine.attendance.before(step, engine.no_answer)
    return (wants or step.gate is Gate.MANUAL) and not by_hand.is_keyturns(engine, step)


def _signed_in(engine: Engine, step: Step, page: Any) -> bool:
    engine.breathe()
    return engine.sign_in.is_over(step, page)


def _done_by_hand(engine: Engine, step: Step) -> tuple[Any, Result, str]:
    """Let the person do `step`. The result is `DONE`, with nothing made, when keyturn is to do it after all."""
    if by_hand.is_seen(engine, step) and not step.outputs and not step.pastes:  # What is in a field may be anything.
        return None, Result.ALREADY, ""
    page = engine.session.page(step.page)
    args = engine.state.bound(step.args, engine.action(step).parameters)
    if step.copies or step.pastes:
        secret_path = create_and_capture if step.copies else paste
        made, answer = secret_path(engine, step, page, args, by_hand=True)
    else:
        engine.announce(step, args)
        made, answer = by_hand.do_by_hand(engine, step, page)
    if answer.choice is Choice.GIVE_BACK:
        return None, Result.DONE, ""
    if step.outputs and made is None:
        raise ExpectationMissed(by_hand.told(engine, step), page.seen())
    return made, Result.BY_OPERATOR, _on_whose_word(answer)


def _on_whose_word(answer: Answer) -> str:
    return "" if answer.choice is Choice.SEEN else f"{answer.by} says so"


def _act(engine: Engine, step: Step) -> Any:
    page = engine.session.page(step.page)
    action = engine.action(step)
    args = engine.state.bound(step.args, action.parameters)
    if not action.anywhere:
        page.arrive()
    if step.copies or step.pastes:
        take_outline_away(engine, step)  # Before: nothing comes between the button and the sealed store.
        secret_path = create_and_capture if step.copies else paste
        return secret_path(engine, step, page, args)[0]
    engine.announce(step, args)
    made = _call(engine, step, page, args)
    take_outline_away(engine, step)
    return made


def _call(engine: Engine, step: Step, page: Any, args: dict[str, Scalar]) -> Any:
    """Call the action; where the runbook allows, ask again while the portal says that it is not ready yet."""
    until = time.monotonic() + (step.retry.within if step.retry else 0.0)
    while True:
        try:
            return getattr(page, step.do)(**args)
        except PageError as error:
            left = until - time.monotonic()
            if step.retry is None or not error.passing or left <= 0:
                raise
            engine.emit(Retrying(step.id, error.seen, round(left, 1), step.note))
        page.tab.wait_for_timeout(min(step.retry.every, left) * 1000)


def _expect(engine: Engine, step: Step, probe: Probe) -> None:
    """Look until `probe` is so, for as long as the step may take. What goes wrong meanwhile came after the press."""
    try:
        if not any(engine.session.answer(probe) for _ in engine.session.looks(probe.page, step.timeout)):
            page = engine.session.page(probe.page)
            raise ExpectationMissed(f"“{page.title}” to answer {probe.ask.replace('_', ' ')}", page.seen())
    except PageError as error:
        error.pressed = error.pressed or step.effect is not Effect.READ
        raise
