"""A secret that was caught between the portal's button and the sealed store: found, and dealt with.

An interruption caught it, or a failure in this part of the run, after which the step is taken up again.

In this order: it is in the store already; the page that shows its value is still open, and is asked for it again; else
the list says whether a secret is there that was not before. Such an orphan is said to be lost, and only after a yes is
exactly that row deleted, so that another can be made. Where it cannot be told which row is ours, nothing is touched.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.sync_api import Error as BrowserError

from keyturn.errors import GuardRefused
from keyturn.events import Acting, OrphanDeleted, OrphanFound, Result, SecretNotMade, SecretSealed, ValueLost
from keyturn.run.capture import copy_and_seal, open_intent
from keyturn.run.made_by_hand import SETTLING
from keyturn.run.state import Intended, Sealed
from keyturn.run.way_back import portal
from pages.errors import PageError

if TYPE_CHECKING:
    from keyturn.model import Step
    from keyturn.run.engine import Engine
    from secrets_store import Intent

_SETTLING = SETTLING
_LOOK_AGAIN = 100  # ms


class Recovered(NamedTuple):
    """How the step of a secret that was made before ends."""

    result: Result
    reason: str
    outputs: dict[str, str]


def recover(engine: Engine, step: Step) -> Recovered | None:
    """Return the end of `step` if the secret that it was making is safe; None when it is to be made (again).

    Raises `GuardRefused` where it cannot be told whose a new secret is, `Stopped` and `NobodyThere` when nobody says
    that an orphan may be deleted.
    """
    unfinished = engine.state.unfinished
    if sealed := unfinished.sealed.get(step.id):
        return _completed(engine, step, sealed, "its value had been sealed before")
    intended = unfinished.intended.get(step.id)
    if intended is None:
        return None
    if intended.intent in engine.store.ledger.entries:
        return _completed(engine, step, _journalled(engine, step, intended), "its value was in the store already")
    intent = open_intent(engine, intended)
    if step.id not in unfinished.announced:
        _was_not_made(engine, step, intended, intent, "its button had not been pressed")
        return None
    if intent and (made := _still_shown(engine, step, intended)):
        copy_and_seal(engine, step, engine.session.page(step.page), intent, made)
        return Recovered(Result.DONE, "its value was copied from the page that was still open", _outputs(step, made))
    _settle(engine, step, intended, intent)
    return None


def _completed(engine: Engine, step: Step, sealed: Sealed, reason: str) -> Recovered:
    engine.state.note_change(f"portal: a secret was created, ID {sealed.secret_id}, expires {sealed.expires_on}")
    engine.state.note_change(f"store: its value was sealed as {sealed.entry}")
    if sealed.remark:
        engine.confirm(step, f"The value is sealed, but {sealed.remark}. Go on with it?")
    del engine.state.unfinished.sealed[step.id]
    return Recovered(Result.DONE, reason, _outputs(step, sealed))


def _journalled(engine: Engine, step: Step, intended: Intended) -> Sealed:
    """Journal what the store alone knew: the value was sealed, and keyturn was stopped before it could say so."""
    held = engine.state.held.get(intended.secret)
    if held is None:  # Only the next part opens what the store has.
        raise GuardRefused(
            "the value is sealed, and this part of the run cannot go on with it", hint="`keyturn resume` does"
        )
    sealed = Sealed(intended.secret, held.entry.id, held.secret_id, held.expires_on)
    engine.emit(
        SecretSealed(step.id, sealed.secret, sealed.secret_id, sealed.expires_on, sealed.entry, held.entry.sha256)
    )
    engine.state.unfinished.seal(step.id, sealed)
    return sealed


def _still_shown(engine: Engine, step: Step, intended: Intended) -> Any:
    """Return the new secret whose value the step's tab can still copy; None without one.

    The button may have been pressed just before the kill, so that the portal is given time to answer. Raises, and so
    leaves the page as it is, where there is more than one, or rows that cannot be read.
    """
    if not engine.session.is_open(portal(step)):
        return None
    page: Any = engine.session.page(step.page)
    until = time.monotonic() + _SETTLING
    while True:
        unreadable: PageError | None = None
        made: tuple[Any, ...] = ()
        try:
            made = page.copyable_beside(intended.known_ids)
        except PageError as error:
            unreadable = error
        except BrowserError:
            pass  # The page is not the one that shows it.
        if len(made) > 1:
            raise _not_told_apart([one.secret_id for one in made], "their values can still be copied from the page")
        if made or time.monotonic() > until:
            if unreadable:
                raise unreadable
            return made[0] if made else None
        engine.session.tab(portal(step)).wait_for_timeout(_LOOK_AGAIN)


def _settle(engine: Engine, step: Step, intended: Intended, intent: Intent | None) -> None:
    """Find out what became of the secret, and leave nothing of it behind."""
    state = engine.state
    engine.reload(step)
    page: Any = engine.session.page(step.page)
    listed = page.known_ids()
    held = {entry.metadata.secret_id for entry in engine.store.entries()}  # Whoever made them: their values are safe.
    fresh = page.new_beside({*intended.known_ids, *state.spared, *held})
    if not fresh:
        _was_not_made(engine, step, intended, intent, "it is not in the portal's list")
        state.unfinished.seen[step.id] = frozenset(listed)
        return
    entered = _entered(engine, step)
    mine = [row for row in fresh if row.description in entered]
    if len(mine) != 1:
        raise _not_told_apart([row.secret_id for row in fresh], "one of them may be of this run")
    orphan = mine[0]
    if not intended.lost:
        _is_lost(engine, step, intended, intent, orphan.secret_id)
    expires_on = orphan.expires_on.isoformat()
    state.note_change(f"portal: a secret was created, ID {orphan.secret_id}, expires {expires_on}; its value is lost")
    beside = tuple(row.secret_id for row in fresh if row is not orphan)
    engine.emit(OrphanFound(step.id, orphan.secret_id, expires_on, beside))
    _delete(engine, step, orphan.secret_id, expires_on)
    del state.unfinished.intended[step.id]
    engine.reload(step)


def _was_not_made(engine: Engine, step: Step, intended: Intended, intent: Intent | None, why: str) -> None:
    if intent:
        engine.store.abandon(intent, why)
    engine.emit(SecretNotMade(step.id, intended.secret, intended.intent, why))
    engine.state.not_made(step)


def _is_lost(engine: Engine, step: Step, intended: Intended, intent: Intent | None, secret_id: str) -> None:
    why = "it was made, its value was not taken, and its page is gone"
    if intent:
        engine.store.lost(intent, why, secret_id=secret_id)
    engine.emit(ValueLost(step.id, intended.secret, intended.intent, secret_id, why))
    engine.state.unfinished.lose(step.id)


def _entered(engine: Engine, step: Step) -> set[str]:
    """Return what was entered on the page that makes the secret: one of it is the secret's description."""
    steps = [one for one in engine.state.runbook.steps if one.page == step.page]
    texts = [value for one in steps for value in engine.state.fill_all(one.args).values()]
    return {str(text) for text in texts} - {""}


def _delete(engine: Engine, step: Step, secret_id: str, expires_on: str) -> None:
    """Ask, and delete exactly the secret with this ID, by the step's own way back."""
    hint = "delete it in the portal, then `keyturn resume`"
    if step.undo is None or not step.undo.do:
        raise GuardRefused(
            f"nobody has the value of the secret {secret_id}, and the runbook cannot delete it", hint=hint
        )
    engine.confirm(
        step,
        f"Nobody has the value of the secret {secret_id}. Delete it, and make another?",
        warning="This cannot be undone. Nothing else is deleted.",
    )
    where = step.undo.page or step.page
    made = _Made(secret_id, expires_on)
    names = {f"steps.{step.id}.{name}": str(getattr(made, part, "")) for name, part in step.outputs.items()}
    engine.state.outputs |= names
    try:
        args = engine.state.fill_all(step.undo.args)
    finally:
        for name in names:
            del engine.state.outputs[name]
    if secret_id not in args.values():
        raise GuardRefused(f"the runbook's way to delete {secret_id} does not name it", hint=hint)
    page: Any = engine.bring(where)
    engine.emit(Acting(step.id, where, step.undo.do, args))
    getattr(page, step.undo.do)(**args)
    engine.emit(OrphanDeleted(step.id, secret_id))
    engine.state.note_change(f"portal: the secret {secret_id}, whose value nobody had, was deleted")


class _Made(NamedTuple):
    secret_id: str
    expires_on: str


def _outputs(step: Step, made: Any) -> dict[str, str]:
    return {name: str(getattr(made, part)) for name, part in step.outputs.items()}


def _not_told_apart(secret_ids: list[str], why: str) -> GuardRefused:
    return GuardRefused(
        f"new secrets stand in the portal and {why}: {', '.join(secret_ids)}",
        hint="find out whose they are; delete what is nobody's, and name what stays: `keyturn resume … --spare ID`",
    )
