"""One step done by the person: keyturn shows what is to be done, looks until it is seen, and records.

What is looked for is the runbook's `expect`; where a step returns something, what its page shows of that; where it
only leads on, the page that comes next. Only where nothing can be seen does the person's word count, and it is recorded
as theirs. What the page showed before they began is never what they did, unless it is the very thing that was asked
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError

from keyturn.events import HandedOver
from keyturn.gates import Choice
from keyturn.interpolate import NotYetKnown
from keyturn.model import Effect, Gate
from keyturn.run.entrusted import entrust
from pages.errors import PageError
from pages.waiting import looks

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.gates import Answer
    from keyturn.model import Step
    from keyturn.run.engine import Engine


def is_keyturns(engine: Engine, step: Step) -> bool:
    """Return whether keyturn does `step` in every mode: it opens an address, waits for a sign-in, or only reads."""
    return (
        engine.action(step).anywhere or step.gate is Gate.SIGN_IN or (step.effect is Effect.READ and bool(step.outputs))
    )


def do_by_hand(engine: Engine, step: Step, page: Any) -> tuple[Any, Answer]:
    """Wait until the person has done `step`. Returns what was made, as its action would, and the answer that ended it.

    The answer is `SEEN`, `GO_ON` (the person says so), or `GIVE_BACK` (keyturn is to do it). Nothing was made where
    only they say so, and the page shows what it did before. Raises what the person wants instead: `Stopped`,
    `TakeOver`, `Passed`.
    """
    look = shown(engine, step, page)
    first = look()
    made: Any = None

    def seen() -> bool:
        nonlocal made
        engine.breathe()
        made = look()
        return (made is not None and made != first) if step.outputs or step.pastes else is_seen(engine, step)

    answer = wait(engine, step, seen)
    if step.outputs and answer.choice is Choice.GO_ON and not seen() and not (step.args and made is not None):
        late = any(seen() for _ in looks(step.timeout, engine.breathe))  # The portal takes its time to show it.
        return (made if late else None), answer
    return made, answer


def wait(engine: Engine, step: Step, seen: Callable[[], bool]) -> Answer:
    """Hand `step` to the person until `seen`, or until they say something."""
    until = told(engine, step)
    entrust(engine, step)
    engine.emit(HandedOver(step.id, until))
    return engine.attendance.by_hand(step, until, seen)


def is_seen(engine: Engine, step: Step) -> bool:
    """Return whether the pages show at this moment that `step` is done; False where nothing could show it."""
    try:
        if step.expect:
            return all(engine.session.answer(probe) for probe in step.expect)
        leads_to = engine.action(step).leads_to
        return leads_to is not None and engine.session.page(step.page).other(leads_to).is_on_screen()
    except (NotYetKnown, PageError, BrowserError):
        return False


def told(engine: Engine, step: Step) -> str:
    """Say what is looked for while the person does `step`; empty where only their word can tell."""
    if step.outputs or step.expect:
        return f"“{step.title}” to be seen on the page"
    leads_to = engine.action(step).leads_to
    return f"the page “{leads_to.title}”" if leads_to else ""


def shown(engine: Engine, step: Step, page: Any, *known: Any) -> Callable[[], Any]:
    """Return a look at what the step's action would return, None while it is not to be seen.

    `known`: what existed before, where the action makes something; any other is looked for by its own arguments.
    """
    action = engine.action(step)
    method = getattr(page, action.shown_by) if action.shown_by else None

    def look() -> Any:
        try:
            asked = {} if step.copies else engine.state.bound(step.args, action.parameters)
            return method(*known, **asked) if method else None
        except (NotYetKnown, PageError, BrowserError):
            return None

    return look
