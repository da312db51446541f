"""Creating and capturing a secret is one act: nothing comes between the portal's button and the sealed store.

Before: what exists is listed and journalled, an intent is durable, concealment is proven. Then the page adds, copies,
and the value is checked, sealed, read back and journalled. If it breaks after the button and before the seal, the
value is lost for good, and the error says which secret in the portal is the orphan.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from keyturn import secret_format
from keyturn.errors import KeyturnError
from keyturn.events import ClipboardLeft, ConcealmentProven, Pasted, SecretCaptured, SecretIntended, SecretSealed
from keyturn.run.state import Held
from pages.base import PageError
from secrets_store import Metadata

if TYPE_CHECKING:
    from keyturn.model import Scalar, SecretSpec, Step
    from keyturn.run.engine import Engine
    from pages.base import Page
    from secrets_store import Intent, Secret


class ValueRefused(KeyturnError):
    """What was copied cannot be the value; neither the store nor the vendor has seen it."""


def create_and_capture(engine: Engine, step: Step, page: Any, args: dict[str, Scalar]) -> object:
    """Carry out the step's copying action and return what the action returned. Raises on the first doubt."""
    spec = engine.state.runbook.secrets[step.copies]
    label = str(engine.state.fill(spec.label))
    known = tuple(page.known_ids())
    engine.emit(ConcealmentProven(step.id, engine.recorder.prove(engine.session.tabs().values())))
    intent = engine.store.intend(_metadata(engine, step.copies, spec, label))
    engine.emit(SecretIntended(step.id, step.copies, known, intent.id))
    with engine.clipboard.turn():
        engine.clipboard.await_copy()
        engine.recorder.conceal()
        engine.announce(step, args)
        try:
            made = getattr(page, step.do)(**args)
        except PageError as error:
            if not error.pressed:  # Nothing was made. Otherwise the intent stays open: something may have been.
                engine.store.abandon(intent, "the button was not pressed")
            raise
        engine.state.changed.append(f"portal: a secret was created, ID {made.secret_id}, expires {made.expires_on}")
        secret = engine.clipboard.take(label)
        if not secret_format.is_guid(secret.reveal()):  # A Secret ID is no secret, and stands in the recording.
            engine.state.values.append(secret)
        try:
            remark = _checked(engine, intent, spec, secret, made.secret_id)
            engine.emit(SecretCaptured(step.id, step.copies, made.secret_id, remark))
            expires_on = date.fromisoformat(made.expires_on)
            entry = engine.store.seal(intent, secret, secret_id=made.secret_id, expires_on=expires_on)
            engine.state.held[step.copies] = Held(secret, entry, made.secret_id, made.expires_on)
            engine.state.changed.append(f"store: its value was sealed as {entry.id}")
            engine.emit(SecretSealed(step.id, step.copies, made.secret_id, made.expires_on, entry.id, entry.sha256))
        finally:
            engine.emit(ClipboardLeft(engine.clipboard.clear()))
    return made


def paste(engine: Engine, step: Step, page: Page, args: dict[str, Scalar]) -> object:
    """Carry out the step's pasting action with the value on the clipboard for just as long."""
    held = engine.state.held.get(step.pastes)
    if held is None:
        raise KeyturnError(f"this run does not hold {step.pastes}", hint="capture it in a step before this one")
    with engine.clipboard.turn():
        engine.recorder.conceal()
        engine.clipboard.put(held.secret)
        try:
            engine.announce(step, args)
            result: object = getattr(page, step.do)(**args)
        finally:
            engine.emit(ClipboardLeft(engine.clipboard.clear()))
    engine.store.note(held.entry.id, "delivered")
    engine.emit(Pasted(step.id, step.pastes))
    return result


def _metadata(engine: Engine, name: str, spec: SecretSpec, label: str) -> Metadata:
    return Metadata(
        name=name,
        application_id=str(engine.state.fill(spec.application)),
        directory_id=str(engine.state.fill(spec.directory)),
        description=label,
        run=engine.state.run,
    )


def _checked(engine: Engine, intent: Intent, spec: SecretSpec, secret: Secret, secret_id: str) -> str:
    """Return a remark about an unknown shape, empty for the known one. Raises `ValueRefused` for anything else."""
    if spec.format == "any":
        return ""
    found = secret_format.faults(secret.reveal())
    certain = [fault.says for fault in found if fault.certain]
    if certain:
        engine.store.lost(intent, "the copied value was refused", secret_id=secret_id)
        raise ValueRefused(
            f"the copied value was refused: {'; '.join(certain)}",
            hint=f"nobody has the value of the new secret, ID {secret_id}: delete it in the portal and start again",
        )
    return "; ".join(fault.says for fault in found)
