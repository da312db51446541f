"""A change that may lie behind already: what comes after it is seen to be done, and a press now would undo that.

Whoever has the browser may do two changes at once, such as to reset an integration and to save a new one. The pages
then show the second, which looks as it did before the first. As long as everything that was read there tells what it
told before a person had the browser, it is from before. Else only a person can say, and no approval says it
beforehand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.errors import Stopped
from keyturn.gates import About, Choice, Question
from keyturn.model import Effect, Gate
from keyturn.run.unclear import is_shown
from keyturn.run.way_back import portal
from pages.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.model import Step
    from keyturn.run.engine import Engine

_OFFERS = (Choice.GO_ON, Choice.OVERRIDE, Choice.STOP)


class Beyond(Exception):  # not an error: a person says that this change lies behind, and the one after it too
    """The step was done by hand, and so was `then`, which is seen; `by` and `reason` are the person's."""

    def __init__(self, then: Step, by: str, reason: str) -> None:
        self.then, self.by, self.reason = then, by, reason
        super().__init__(reason)


def look_beyond(engine: Engine, step: Step) -> None:
    """Ask before `step` presses anything, where the change after it is seen and may be of a person's doing.

    Raises `Beyond` when they did both, `Stopped` when they want that, `NobodyThere` where nobody can say.
    """
    if step.effect is not Effect.CHANGE or portal(step) not in engine.state.unfinished.touched or _is_so(engine, step):
        return
    then = _next(engine, step)
    if then is None or not _is_so(engine, then) or _is_as_before(engine, step):
        return
    question = Question(
        step.id, step.title, Gate.CONFIRM, f"“{then.title}” is seen to be done already", About.BEYOND, _OFFERS,
        f"If that was done by hand, this undoes it. If it is from before, “{step.title}” is still to be done.",
    )  # fmt: skip
    answer = engine.attendance.ask(question, engine.no_answer)
    if answer.choice is Choice.OVERRIDE:
        raise Beyond(then, answer.by, answer.reason)
    if not answer.yes:
        raise Stopped(f"stopped at step {step.id}", hint="`keyturn resume` asks again; nothing of this step was done")


def _next(engine: Engine, step: Step) -> Step | None:
    """Return the next change in the same portal that has no end yet."""
    steps = engine.state.runbook.steps
    later = (one for one in steps[steps.index(step) + 1 :] if one.effect is not Effect.READ)
    found = next((one for one in later if portal(one) == portal(step)), None)
    return found if found and found.effect is Effect.CHANGE and found.id not in engine.state.results else None


def _is_so(engine: Engine, step: Step) -> bool:
    """Return whether the pages show that `step` is done; not where only its own result could tell."""
    own = f"steps.{step.id}."
    if not step.done_when or any(own in str(text) for probe in step.done_when for text in probe.args.values()):
        return False
    try:
        return is_shown(engine, step)
    except PageError:
        return False


def _is_as_before(engine: Engine, step: Step) -> bool:
    """Return whether what was read before `step` says the same as before of each thing; no word proves nothing."""
    readings = list(_readings(engine, step))
    return bool(readings) and all(was and was == now for was, now in readings)


def _readings(engine: Engine, step: Step) -> Iterator[tuple[str, str]]:
    """Yield what each reading on the pages that are on screen told before, and tells now."""
    state = engine.state
    for one in state.runbook.steps[: state.runbook.steps.index(step)]:
        if one.effect is not Effect.READ or not one.outputs or one.gate is Gate.SIGN_IN or portal(one) != portal(step):
            continue
        page = engine.session.page(one.page)
        if not page.is_on_screen():
            continue
        try:
            told = getattr(page, one.do)(**state.bound(one.args, engine.action(one).parameters))
        except PageError:
            told = None
        for name, part in one.outputs.items():
            key = f"steps.{one.id}.{name}"
            was = state.outputs.get(key, "") if key in state.unfinished.touched[portal(step)] else ""
            yield was, str(getattr(told, part, ""))
