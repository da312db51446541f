"""The stages of one step: when, gate, guard, already so?, picture, act, expect, outputs, picture."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from keyturn.errors import GuardRefused, NobodyThere, StepFailed, Stopped
from keyturn.events import GateAnswered, GateAsked, GuardHeld, Result, Retrying
from keyturn.events import GuardRefused as GuardRefusedEvent
from keyturn.gates import Question
from keyturn.interpolate import NotYetKnown
from keyturn.model import Effect, Gate
from keyturn.run.capture import create_and_capture, paste
from keyturn.run.facts import holds, worded
from pages.base import PageError

if TYPE_CHECKING:
    from keyturn.model import Probe, Scalar, Step
    from keyturn.run.engine import Engine

_ASK_AGAIN = 50  # ms between two looks at the page while something is expected


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


def carry_out(engine: Engine, step: Step) -> tuple[Result, dict[str, str]]:
    """Carry out one step and return its result and outputs. Raises `Skip`, or whatever stops the run."""
    for fact in step.when:
        if not holds(fact, engine.state):
            raise Skip(fact.say)
    if name := engine.state.not_given(step):  # Now, and not when the button has been pressed.
        raise StepFailed(f"nothing has given {name}", hint="see in the runbook why the step that gives it was skipped")
    engine.reach(step)
    _gate(engine, step)
    _guard(engine, step)
    if _already(engine, step):
        engine.picture(step, "after")
        return Result.ALREADY, {}
    engine.picture(step, "before")
    made = _act(engine, step)
    outputs = {name: str(getattr(made, field)) for name, field in step.outputs.items()}
    engine.state.outputs.update({f"steps.{step.id}.{name}": text for name, text in outputs.items()})
    for probe in step.expect:
        _expect(engine, step, probe)
    engine.picture(step, "after")
    return Result.DONE, outputs


def _gate(engine: Engine, step: Step) -> None:
    gate = step.gate
    if gate is Gate.NONE and engine.guided and step.effect is not Effect.READ:
        gate = Gate.CONFIRM
    if gate is Gate.NONE:
        return
    engine.emit(GateAsked(step.id, gate.value))
    if gate is Gate.SECOND_PERSON:  # Nobody here can answer for another person: what one says alone is not enough.
        raise NobodyThere(f"step {step.id} waits for a second person's signature", hint="nothing of this step was done")
    answer = engine.gatekeeper.ask(Question(step.id, step.title, gate, step.note))
    engine.emit(GateAnswered(step.id, "yes" if answer.yes else "no", answer.by))
    if not answer.yes:
        raise Stopped(f"stopped at the gate of step {step.id}", hint="nothing of this step was done")


def _guard(engine: Engine, step: Step) -> None:
    for fact in step.guard:
        if not holds(fact, engine.state):
            engine.emit(GuardRefusedEvent(step.id, worded(fact), fact.say))
            raise GuardRefused(fact.say, hint="nothing of this step was done; see to it, then start again")
        engine.emit(GuardHeld(step.id, worded(fact)))


def _already(engine: Engine, step: Step) -> bool:
    """Return whether the step's purpose is already so. What depends on its own outputs, not known yet, is not."""
    try:
        return bool(step.done_when) and all(engine.session.answer(probe) for probe in step.done_when)
    except NotYetKnown:
        return False


def _act(engine: Engine, step: Step) -> Any:
    page = engine.session.page(step.page)
    action = engine.action(step)
    args = engine.state.bound(step.args, action.parameters)
    if not action.anywhere:
        page.arrive()
    if step.copies:
        return create_and_capture(engine, step, page, args)
    if step.pastes:
        return paste(engine, step, page, args)
    engine.announce(step, args)
    return _call(engine, step, page, args)


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
            engine.emit(Retrying(step.id, error.seen, round(left, 1)))
        page.tab.wait_for_timeout(min(step.retry.every, left) * 1000)


def _expect(engine: Engine, step: Step, probe: Probe) -> None:
    """Look until `probe` is so, for as long as the step may take."""
    until = time.monotonic() + step.timeout
    while not engine.session.answer(probe):
        if time.monotonic() > until:
            page = engine.session.page(probe.page)
            raise ExpectationMissed(f"“{page.title}” to answer {probe.ask.replace('_', ' ')}", page.seen())
        engine.session.tab(probe.page.partition(".")[0]).wait_for_timeout(_ASK_AGAIN)
