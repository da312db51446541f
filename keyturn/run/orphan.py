"""A secret that was caught between the portal's button and the sealed store: found, and dealt with.

An interruption caught it, or a failure in this part of the run, after which the step is taken up again.

In this order: it is in the store already; the page that shows its value is still open, and is asked for it again; else
the list says whether a secret is there that was not before. Whether that is the run's own, nothing in the list can
tell: only after a person's yes, which no approval gives beforehand, is it said to be lost and exactly that row deleted,
so that another can be made. Where there are more that could be ours, nothing is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.sync_api import Error as BrowserError

from keyturn.errors import GuardRefused
from keyturn.events import Acting, OrphanDeleted, OrphanFound, Result, SecretSealed
from keyturn.gates import About
from keyturn.run.capture import copy_and_seal, listed_for
from keyturn.run.copied_value import ask_about, remark_on
from keyturn.run.intent import give_up, lose, open_intent
from keyturn.run.made_by_hand import SETTLING
from keyturn.run.state import Intended, Sealed, outputs_of
from keyturn.run.way_back import portal
from pages.errors import PageError

if TYPE_CHECKING:
    from keyturn.model import Scalar, Step, Undo
    from keyturn.run.engine import Engine
    from secrets_store import Intent


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
        give_up(engine, step, intent, "its button had not been pressed")
        return None
    if intent and (made := _still_shown(engine, step, intended)):
        copy_and_seal(engine, step, engine.session.page(step.page), intent, made)
        return Recovered(Result.DONE, "its value was copied from the page that was still open", outputs_of(step, made))
    _settle(engine, step, intended, intent)
    return None


def not_passed_over(engine: Engine, step: Step, reason: str) -> None:
    """Raise `GuardRefused` where a secret that `step` was making may stand in the portal: it is not passed over.

    `reason`: why the step does not apply any longer. It did when it was begun, so an input is not what it was.
    """
    unfinished = engine.state.unfinished
    if step.id in unfinished.sealed or (step.id in unfinished.intended and step.id in unfinished.announced):
        raise GuardRefused(
            f"“{step.title}” may have made a secret before, and would be passed over now: {reason}",
            hint=f"`keyturn resume {engine.state.run}` with the inputs as they were, or take it back: "
            f"`keyturn rollback {engine.state.run}`",
        )


def _completed(engine: Engine, step: Step, sealed: Sealed, reason: str) -> Recovered:
    engine.state.note_created(step, sealed.secret_id, sealed.expires_on)
    engine.state.note_change(f"store: its value was sealed as {sealed.entry}")
    ask_about(engine, step, sealed.remark)
    del engine.state.unfinished.sealed[step.id]
    return Recovered(Result.DONE, reason, outputs_of(step, sealed))


def _journalled(engine: Engine, step: Step, intended: Intended) -> Sealed:
    """Journal what the store alone knew: the value was sealed, and keyturn was stopped before it could say so."""
    held = engine.state.held.get(intended.secret)
    if held is None:  # Only the next part opens what the store has.
        raise GuardRefused(
            "the value is sealed, and this part of the run cannot go on with it", hint="`keyturn resume` does"
        )
    remark = remark_on(engine, intended.secret, held.secret)  # It may have been stopped before anybody was asked.
    sealed = Sealed(intended.secret, held.entry.id, held.secret_id, held.expires_on, remark)
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
    args = engine.state.bound(step.args, engine.action(step).parameters)
    unreadable: PageError | None = None
    for _ in engine.session.looks(step.page, SETTLING):
        unreadable = None
        made: tuple[Any, ...] = ()
        try:
            made = page.copyable_beside((*intended.known_ids, *engine.state.spared), **args)
        except PageError as error:
            unreadable = error
        except BrowserError:
            pass  # The page is not the one that shows it.
        if len(made) > 1:
            raise _not_told_apart([one.secret_id for one in made], "their values can still be copied from the page")
        if made:
            return made[0]
    if unreadable:
        raise unreadable
    return None


def _settle(engine: Engine, step: Step, intended: Intended, intent: Intent | None) -> None:
    """Find out what became of the secret, and leave nothing of it behind."""
    state = engine.state
    engine.reload(step)
    page: Any = engine.session.page(step.page)
    listed = listed_for(engine, step, page)
    held = {entry.metadata.secret_id for entry in engine.store.entries()}  # Whoever made them: their values are safe.
    fresh = page.new_beside({*intended.known_ids, *state.spared, *held})
    if not fresh:
        give_up(engine, step, intent, "it is not in the portal's list")
        state.unfinished.seen[step.id] = frozenset(listed)
        return
    entered = _entered(engine, step)
    mine = [row for row in fresh if row.description in entered]
    if len(mine) != 1:
        raise _not_told_apart([row.secret_id for row in fresh], "one of them may be of this run")
    secret_id, expires_on = mine[0].secret_id, mine[0].expires_on.isoformat()
    state.note_change(f"portal: a secret may have been created, ID {secret_id}, expires {expires_on}, its value lost")
    beside = tuple(row.secret_id for row in fresh if row is not mine[0])
    engine.emit(OrphanFound(step.id, secret_id, expires_on, beside))
    undo, args = _way_to_delete(engine, step, secret_id, expires_on)
    _ask(engine, step, intent, secret_id)
    if not intended.lost:
        lose(engine, step, intent, secret_id, "it was made, its value was not taken, and its page is gone")
    _delete(engine, step, secret_id, undo, args)
    del state.unfinished.intended[step.id]
    engine.reload(step)


def _entered(engine: Engine, step: Step) -> set[str]:
    """Return what was entered on the page that makes the secret: one of it is the secret's description.

    What a later step enters there may not be known yet.
    """
    steps = [one for one in engine.state.runbook.steps if one.page == step.page]
    return {text for one in steps for _, text in engine.state.told(one)}


def _way_to_delete(engine: Engine, step: Step, secret_id: str, expires_on: str) -> tuple[Undo, dict[str, Scalar]]:
    """Return the step's own way back, and with what it is called to delete exactly the secret with this ID."""
    hint = "delete it in the portal if it is nobody's, then `keyturn resume`"
    if step.undo is None or not step.undo.do:
        raise GuardRefused(f"this run may have made the secret {secret_id}, and cannot delete it", hint=hint)
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
    return step.undo, args


def _ask(engine: Engine, step: Step, intent: Intent | None, secret_id: str) -> None:
    """Ask whether the secret is nobody's. Nothing but a person can know: who rotates by hand enters the same text."""
    since = f"{intent.at:%Y-%m-%d %H:%M} UTC" if intent else "this run set out to make one"
    spare = f"`keyturn resume {engine.state.run} --spare {secret_id}` leaves it alone"
    engine.confirm(
        step,
        f"The secret {secret_id} was made since {since}, and the store does not have its value. "
        "Delete it, and make another?",
        warning=f"If anybody made it by hand, stop: whatever uses it would fail, for good; {spare}. "
        "Nothing else is deleted.",
        about=About.ORPHAN,
        otherwise=f"{spare}; without --spare it is asked again",
    )


def _delete(engine: Engine, step: Step, secret_id: str, undo: Undo, args: dict[str, Scalar]) -> None:
    """Delete the secret by that way back."""
    where = undo.page or step.page
    page: Any = engine.bring(where)
    engine.emit(Acting(step.id, where, undo.do, args))
    getattr(page, undo.do)(**args)
    engine.emit(OrphanDeleted(step.id, secret_id))
    engine.state.unfinished.entrusted.deleted(secret_id)
    engine.state.note_change(f"portal: the secret {secret_id}, whose value nobody had, was deleted")


class _Made(NamedTuple):
    secret_id: str
    expires_on: str


def _not_told_apart(secret_ids: list[str], why: str) -> GuardRefused:
    return GuardRefused(
        f"new secrets stand in the portal and {why}: {', '.join(secret_ids)}",
        hint="find out whose they are; delete what is nobody's, and name what stays: `keyturn resume … --spare ID`",
    )
