"""The intent to make a secret, in store and journal alike: told before the button, and how it ended without a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.events import SecretIntended, SecretNotMade, ValueLost
from keyturn.run.state import Intended

if TYPE_CHECKING:
    from keyturn.model import Step
    from keyturn.run.engine import Engine
    from secrets_store import Intent


def tell_intent(engine: Engine, step: Step, known: tuple[str, ...], intent: Intent) -> None:
    """Journal that `step` is about to make a secret; `known`: the IDs that there are already."""
    engine.emit(SecretIntended(step.id, step.copies, known, intent.id))
    engine.state.unfinished.intend(step.id, Intended(step.copies, intent.id, known))


def open_intent(engine: Engine, intended: Intended) -> Intent | None:
    """Return the intent that the run announced before, None when the store has closed it."""
    return next((one for one in engine.store.open_intents() if one.id == intended.intent), None)


def give_up_untold(engine: Engine) -> None:
    """Close what the store knows this run to intend and its journal does not: it was stopped before any button."""
    told = {one.intent for one in engine.state.unfinished.intended.values()}
    for intent in engine.store.open_intents(run=engine.state.run):
        if intent.id not in told:
            with engine.whole():
                engine.store.abandon(intent, "the button was not pressed")


def give_up(engine: Engine, step: Step, intent: Intent | None, why: str) -> None:
    """Note that no secret was made; `intent` is None when the store has closed it."""
    with engine.whole():
        if intent:
            engine.store.abandon(intent, why)
        engine.emit(SecretNotMade(step.id, step.copies, _name(engine, step, intent), why))
        engine.state.not_made(step)


def lose(engine: Engine, step: Step, intent: Intent | None, secret_id: str, why: str) -> None:
    """Note that the secret was made, and that nobody has its value; `intent` is None when the store has closed it."""
    with engine.whole():
        if intent:
            engine.store.lost(intent, why, secret_id=secret_id)
        engine.emit(ValueLost(step.id, step.copies, _name(engine, step, intent), secret_id, why))
        engine.state.unfinished.lose(step.id)


def _name(engine: Engine, step: Step, intent: Intent | None) -> str:
    return intent.id if intent else engine.state.unfinished.intended[step.id].intent
