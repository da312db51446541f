"""The end of a step: kept for the steps after it, and told with everything that has changed by then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from keyturn.events import Changed, Result, StepEnded
from keyturn.gates import Mode
from keyturn.model import Effect
from keyturn.run.became import note_what_became

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyturn.model import Step
    from keyturn.run.engine import Engine
    from keyturn.run.taken_over import Found

_OURS = {Result.DONE, Result.ALREADY}  # ends that the last picture shows, with nobody else at the browser


class Ending(NamedTuple):
    """How a step ended."""

    result: Result
    reason: str = ""
    outputs: Mapping[str, str] = {}
    applies: bool = True  # false where the runbook's own `when` skips it


def end(engine: Engine, step: Step, ending: Ending, began: float) -> None:
    """Keep how `step` ended and tell it, with what has changed since it was told last."""
    engine.state.results[step.id] = ending.result
    if ending.result in {Result.DONE, Result.BY_OPERATOR} and step.effect in {Effect.CHANGE, Effect.DELETE}:
        who = "done by the operator" if ending.result is Result.BY_OPERATOR else "done"
        engine.state.changed.append(f"portal: {step.title} – {who}")
    engine.recorder.uncover()
    if engine.attendance.mode is Mode.MANUAL or (ending.applies and ending.result not in _OURS):
        engine.recorder.disturbed()
    if engine.state.is_done(step.id):
        engine.state.doubtful.discard(step.id)
        engine.state.unfinished.end(step.id)
        note_what_became(engine, step)
    for what in engine.state.changed[engine.told :]:  # Only now: nothing comes between a button and its proof.
        engine.emit(Changed(what))
    engine.told = len(engine.state.changed)
    seconds = round(time.monotonic() - began, 3)
    outputs = dict(ending.outputs)
    engine.emit(StepEnded(step.id, ending.result.value, ending.reason, outputs, seconds, ending.applies))


def as_found(engine: Engine, step: Step, all_found: list[Found]) -> Ending | None:
    """End each step as it was found; return that of `step` itself, for it to end with, None without one.

    Then it goes on, and what is recorded is of it again.
    """
    own = None
    steps = engine.state.runbook.steps
    for found in all_found:
        ending = Ending(found.result, found.reason, found.outputs)
        if found.step is step:
            own = ending
            continue
        began = time.monotonic()
        engine.begin(found.step, steps.index(found.step) + 1)
        engine.picture(found.step, "after")
        end(engine, found.step, ending, began)
    if all_found and own is None:
        engine.turn_to(step, steps.index(step) + 1)
    return own
