"""The value that was just copied: taken off the clipboard, checked, sealed, read back and journalled, whole or not."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from keyturn import secret_format
from keyturn.clipboard import ClipboardFailed
from keyturn.errors import KeyturnError
from keyturn.events import ClipboardLeft, SecretCaptured, SecretSealed
from keyturn.run import made_by_hand
from keyturn.run.intent import lose
from keyturn.run.state import Held, Sealed
from pages.errors import PageError

if TYPE_CHECKING:
    from keyturn.model import Step
    from keyturn.run.engine import Engine
    from secrets_store import Intent, Secret


class ValueRefused(KeyturnError):
    """What was copied cannot be the value; neither the store nor the vendor has seen it."""


def take_and_seal(engine: Engine, step: Step, page: Any, intent: Intent, made: Any) -> str:
    """Take the value of `made` from the clipboard, check it, and return when it is sealed, read back and journalled.

    Returns a remark about a value of an unknown shape, which is sealed all the same so that it is not lost: whoever
    calls this asks the person about it (`ask_about`) when nothing of the secret's path is held any more. Raises
    `ValueRefused`, or what the clipboard or the store says.
    """
    with engine.whole():
        return _taken(engine, step, page, intent, made)


def ask_about(engine: Engine, step: Step, remark: str) -> None:
    """Ask the person whether to go on with a sealed value of an unknown shape; nothing without a remark."""
    if remark:
        engine.confirm(step, f"The value is sealed, but {remark}. Go on with it?")


def remark_on(engine: Engine, name: str, secret: Secret) -> str:
    """Return a remark about an unknown shape of the value of the secret `name`, empty for a known one."""
    if engine.state.runbook.secrets[name].format == "any":
        return ""
    return "; ".join(fault.says for fault in secret_format.faults(secret.reveal()))


def _taken(engine: Engine, step: Step, page: Any, intent: Intent, made: Any) -> str:
    secret = _off_the_clipboard(engine, step)
    try:
        if _refusals(engine, step, secret):  # Whoever is at this desktop may have copied something else just now.
            secret = _copied_once_more(engine, step, page, made) or secret
        remark = _checked(engine, step, intent, secret, made.secret_id)
        expires_on = date.fromisoformat(made.expires_on)
        entry = engine.store.seal(intent, secret, secret_id=made.secret_id, expires_on=expires_on)
        engine.state.held[step.copies] = Held(secret, entry, made.secret_id, made.expires_on)
        engine.state.changed.append(f"store: its value was sealed as {entry.id}")
        # Told only now: a journal that cannot be written, as on a full disk, must not cost the value.
        engine.emit(SecretCaptured(step.id, step.copies, made.secret_id, remark))
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


def _refusals(engine: Engine, step: Step, secret: Secret) -> list[str]:
    """Return why `secret` cannot be the value; nothing where it can."""
    if engine.state.runbook.secrets[step.copies].format == "any":
        return []
    return [fault.says for fault in secret_format.faults(secret.reveal()) if fault.certain]


def _checked(engine: Engine, step: Step, intent: Intent, secret: Secret, secret_id: str) -> str:
    """Return a remark about an unknown shape, empty for the known one. Raises `ValueRefused` for anything else."""
    if refusals := _refusals(engine, step, secret):
        lose(engine, step, intent, secret_id, "the copied value was refused")
        raise ValueRefused(
            f"the copied value was refused: {'; '.join(refusals)}",
            hint=f"nobody has the value of the new secret, ID {secret_id}: delete it in the portal and start again",
        )
    return remark_on(engine, step.copies, secret)
