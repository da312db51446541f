"""Creating and capturing a secret is one act: nothing comes between the portal's button and the sealed store.

Before: what exists is listed and journalled, an intent is durable, concealment is proven. Then the page adds, copies,
and the value is checked, sealed, read back and journalled. If it breaks after the button and before the seal, the
value is lost for good, and the error says which secret in the portal is the orphan.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext
from datetime import date
from typing import TYPE_CHECKING, Any

from evidence import EvidenceError
from keyturn import secret_format
from keyturn.clipboard import CLEARED, ClipboardFailed
from keyturn.errors import GuardRefused, KeyturnError
from keyturn.events import (
    ClipboardLeft,
    ConcealmentProven,
    Pasted,
    SecretCaptured,
    SecretSealed,
)
from keyturn.gates import Answer, Choice
from keyturn.run import made_by_hand
from keyturn.run.by_hand import do_by_hand, shown
from keyturn.run.intent import give_up, lose, open_intent, tell_intent
from keyturn.run.state import Held, Sealed
from pages.errors import PageError
from secrets_store import Metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.model import Scalar, SecretSpec, Step
    from keyturn.run.engine import Engine
    from pages.page import Page
    from secrets_store import Intent, Secret


class ValueRefused(KeyturnError):
    """What was copied cannot be the value; neither the store nor the vendor has seen it."""


def create_and_capture(
    engine: Engine, step: Step, page: Any, args: dict[str, Scalar], *, by_hand: bool = False
) -> tuple[Any, Answer]:
    """Carry out the step's copying action, or let the person do it; return what was made, and the answer that ended it.

    Raises on the first doubt, and what the person wants instead. A secret that exists by then is sealed first, and so
    it is when the run is interrupted: from keyturn's press of the button to the sealed store no signal is obeyed.
    """
    spec = engine.state.runbook.secrets[step.copies]
    label = str(engine.state.fill(spec.label))
    known = tuple(page.known_ids(**args))
    _none_appeared(engine, step, known)
    engine.emit(ConcealmentProven(step.id, engine.recorder.prove(engine.session.tabs().values())))
    with engine.whole():
        intent = engine.store.intend(_metadata(engine, step.copies, spec, label))
    interrupted = None
    with ExitStack() as stack:
        with _nothing_pressed(engine, step, intent):
            tell_intent(engine, step, known, intent)
            stack.enter_context(engine.clipboard.turn())
            stack.enter_context(nullcontext() if by_hand else engine.whole())
            engine.clipboard.await_copy()
            engine.recorder.conceal()
            engine.announce(step, args)
        try:
            if by_hand:
                made, answer, interrupted = made_by_hand.make(engine, step, page, known)
            else:
                made, answer = getattr(page, step.do)(**args), Answer(Choice.SEEN, "the page")
        except PageError as error:
            if not error.pressed:  # Nothing was made. Otherwise the intent stays open: something may have been.
                give_up(engine, step, intent, "the button was not pressed")
            raise
        if made is None:
            give_up(engine, step, intent, "the operator made no secret")
            return None, answer
        engine.state.note_created(step, made.secret_id, made.expires_on)
        take_and_seal(engine, step, page, intent, made)
    if interrupted:
        raise interrupted
    return made, answer


@contextmanager
def _nothing_pressed(engine: Engine, step: Step, intent: Intent) -> Iterator[None]:
    """Leave no intent open when journal, clipboard or disguise refuse before anything was pressed."""
    try:
        yield
    except (KeyturnError, EvidenceError, KeyboardInterrupt):
        give_up(engine, step, intent, "the button was not pressed")
        raise


def capture_made(engine: Engine, step: Step, page: Any) -> Any:
    """Capture a secret that the person made in this tab; None without one whose value can still be copied."""
    made = shown(engine, step, page, [held.secret_id for held in engine.state.held.values()])()
    if made is None:  # Or the list of secrets is not on screen at all.
        return None
    listed = listed_for(engine, step, page)
    intended = engine.state.unfinished.intended.get(step.id)
    intent = open_intent(engine, intended) if intended else None
    if intent is None:
        spec = engine.state.runbook.secrets[step.copies]
        known = tuple(one for one in listed if one != made.secret_id)
        metadata = _metadata(engine, step.copies, spec, str(engine.state.fill(spec.label)))
        with engine.whole():
            intent = engine.store.intend(metadata)
        tell_intent(engine, step, known, intent)
    copy_and_seal(engine, step, page, intent, made)
    return made


def listed_for(engine: Engine, step: Step, page: Any) -> tuple[str, ...]:
    """Return the IDs that `page` lists where `step` makes its secret. Raises where it lists those of another place."""
    return tuple(page.known_ids(**engine.state.bound(step.args, engine.action(step).parameters)))


def copy_and_seal(engine: Engine, step: Step, page: Any, intent: Intent, made: Any) -> None:
    """Copy the value of `made`, which its page still shows, and seal it for `intent`."""
    engine.state.unfinished.announced.add(step.id)
    with engine.clipboard.turn():
        engine.recorder.conceal()
        made_by_hand.copied_again(engine, step, page, made)
        take_and_seal(engine, step, page, intent, made)


def take_and_seal(engine: Engine, step: Step, page: Any, intent: Intent, made: Any) -> None:
    """Take the value of `made` from the clipboard, check it, and return when it is sealed, read back and journalled.

    Raises `ValueRefused`, or what the clipboard or the store says. A value of an unknown shape is sealed first, so that
    it is not lost, and then shown to the person as a question.
    """
    with engine.whole():
        remark = _taken(engine, step, page, intent, made)
    if remark:
        engine.confirm(step, f"The value is sealed, but {remark}. Go on with it?")


def _taken(engine: Engine, step: Step, page: Any, intent: Intent, made: Any) -> str:
    secret = _off_the_clipboard(engine, step)
    try:
        if _refusals(engine, step, secret):  # Whoever is at this desktop may have copied something else just now.
            secret = _copied_once_more(engine, step, page, made) or secret
        remark = _checked(engine, step, intent, secret, made.secret_id)
        engine.emit(SecretCaptured(step.id, step.copies, made.secret_id, remark))
        expires_on = date.fromisoformat(made.expires_on)
        entry = engine.store.seal(intent, secret, secret_id=made.secret_id, expires_on=expires_on)
        engine.state.held[step.copies] = Held(secret, entry, made.secret_id, made.expires_on)
        engine.state.changed.append(f"store: its value was sealed as {entry.id}")
        engine.emit(SecretSealed(step.id, step.copies, made.secret_id, made.expires_on, entry.id, entry.sha256))
        sealed = Sealed(step.copies, entry.id, made.secret_id, made.expires_on, remark)
        engine.state.unfinished.seal(step.id, sealed)
    finally:
        engine.emit(ClipboardLeft(engine.clipboard.clear()))
    return remark


def _off_the_clipboard(engine: Engine, step: Step) -> Secret:
    secret = engine.clipboard.take(str(engine.state.fill(engine.state.runbook.secrets[step.copies].label)))
    known = any(secret.matches(one) for one in engine.state.values)
    if not known and not secret_format.is_guid(secret.reveal()):  # A Secret ID is no secret, and is in the recording.
        engine.state.values.append(secret)
    return secret


def _copied_once_more(engine: Engine, step: Step, page: Any, made: Any) -> Secret | None:
    """Return what the page copies now; None when it does not show the value any more."""
    try:
        made_by_hand.copied_again(engine, step, page, made)
        return _off_the_clipboard(engine, step)
    except (PageError, ClipboardFailed):
        return None


def paste(
    engine: Engine, step: Step, page: Page, args: dict[str, Scalar], *, by_hand: bool = False
) -> tuple[Any, Answer]:
    """Carry out the pasting action, or let the person paste, with the value on the clipboard for just as long."""
    held = engine.state.held.get(step.pastes)
    if held is None:
        raise KeyturnError(f"this run does not hold {step.pastes}", hint="capture it in a step before this one")
    with engine.clipboard.turn():
        engine.recorder.conceal()
        with _on_the_clipboard(engine, held.secret, by_hand=by_hand):
            engine.announce(step, args)
            if by_hand:
                result, answer = do_by_hand(engine, step, page)
            else:
                result, answer = getattr(page, step.do)(**args), Answer(Choice.SEEN, "the page")
    if answer.choice is Choice.GIVE_BACK:
        return None, answer
    with engine.whole():
        engine.store.note(held.entry.id, "delivered")
    engine.emit(Pasted(step.id, step.pastes))
    return result, answer


@contextmanager
def _on_the_clipboard(engine: Engine, secret: Secret, *, by_hand: bool) -> Iterator[None]:
    """Hold the value there meanwhile.

    Raises `ClipboardFailed` when it did not stay there: nobody knows then what was pasted. Not where it is pasted
    `by_hand`: that person may copy something else once it is done.
    """
    broke: PageError | None = None
    engine.clipboard.put(secret)
    try:
        yield
    except PageError as error:
        broke = error
    finally:
        left = engine.clipboard.clear()
        engine.emit(ClipboardLeft(left))
    if left != CLEARED and not by_hand:
        raise ClipboardFailed(
            "another program changed the clipboard while the value was being pasted: the field may hold anything",
            hint="close that program, then resume: the value is pasted anew",
        )
    if broke:
        raise broke


def _none_appeared(engine: Engine, step: Step, known: tuple[str, ...]) -> None:
    """Raise `GuardRefused` when the list holds more than when it was searched for an orphan: that came late."""
    seen = engine.state.unfinished.seen.get(step.id)
    late = [one for one in known if seen is not None and one not in seen]
    if late:
        raise GuardRefused(
            f"a new secret is listed that was not a moment ago: {', '.join(late)}",
            hint="it may be of this run, its value lost: delete it in the portal if it is nobody's, then resume",
        )


def _metadata(engine: Engine, name: str, spec: SecretSpec, label: str) -> Metadata:
    return Metadata(
        name=name,
        application_id=str(engine.state.fill(spec.application)),
        directory_id=str(engine.state.fill(spec.directory)),
        description=label,
        run=engine.state.run,
    )


def _refusals(engine: Engine, step: Step, secret: Secret) -> list[str]:
    """Return why `secret` cannot be the value; nothing where it can."""
    if engine.state.runbook.secrets[step.copies].format == "any":
        return []
    return [fault.says for fault in secret_format.faults(secret.reveal()) if fault.certain]


def _checked(engine: Engine, step: Step, intent: Intent, secret: Secret, secret_id: str) -> str:
    """Return a remark about an unknown shape, empty for the known one. Raises `ValueRefused` for anything else."""
    if engine.state.runbook.secrets[step.copies].format == "any":
        return ""
    if refusals := _refusals(engine, step, secret):
        lose(engine, step, intent, secret_id, "the copied value was refused")
        raise ValueRefused(
            f"the copied value was refused: {'; '.join(refusals)}",
            hint=f"nobody has the value of the new secret, ID {secret_id}: delete it in the portal and start again",
        )
    return "; ".join(fault.says for fault in secret_format.faults(secret.reveal()))
