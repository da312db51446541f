"""Which runs can go on: those with something left to do, in a recording that is still what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence import package, sshsig, verify
from keyturn.errors import CannotStart, NotVerified

if TYPE_CHECKING:
    from collections.abc import Collection

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from keyturn.model import Runbook
    from keyturn.run.past import Past

DONE: Final = package.WENT_WELL
ROLLED_BACK: Final = package.TAKEN_BACK


def check_whole(past: Past, key: Ed25519PrivateKey) -> None:
    """Raise `NotVerified` unless a sealed recording is what was sealed, with the operator's own `key`."""
    if not past.is_sealed:
        return  # Its journal's chain held when it was read; there is nothing more to check.
    found = verify.verify(past.folder)
    if not found.holds:
        raise NotVerified(
            f"the recording does not verify: {'; '.join(found.faults[:3])}",
            hint=f'`keyturn evidence verify "{past.folder}"` tells all; nothing was touched',
        )
    message = (past.folder / package.TAG_MANIFEST).read_bytes()
    armoured = (past.folder / package.SIGNATURE).read_text(encoding="ascii")
    if sshsig.verify(armoured, message, package.NAMESPACE) != sshsig.raw_public(key):
        raise NotVerified(
            "the recording was sealed with another key than yours", hint="whoever made it can go on with it"
        )


def check_resumable(past: Past) -> None:
    """Raise `CannotStart` for a run that cannot go on.

    One that came to its end can where a step was passed over whose secret may exist: it is still to be found out.
    """
    _check_real(past)
    if past.status == DONE and past.is_sealed and not past.unfinished.intended:
        raise CannotStart(f"{past.run} came to its end: there is nothing left to do", hint="start another run")
    if past.status == ROLLED_BACK or past.being_taken_back:
        raise CannotStart(f"{past.run} is being rolled back", hint=f"`keyturn rollback {past.run}` goes on with that")


def check_undoable(past: Past) -> None:
    """Raise `CannotStart` for a run that cannot be taken back."""
    _check_real(past)
    if is_taken_back(past):
        raise CannotStart(f"{past.run} was rolled back already", hint="nothing was touched")


def check_known(past: Past, runbook: Runbook, done: Collection[str] = ()) -> None:
    """Raise `CannotStart` where a step is unsettled, or among `done`, that the runbook does not have any more.

    Nobody would look for what it changed, such as for a secret that it may have made.
    """
    if gone := sorted({*past.unsettled, *done} - {step.id for step in runbook.steps}):
        raise CannotStart(
            f"the runbook does not have this step any more, which may have changed something: {', '.join(gone)}",
            hint="put it back under its name, then give the command again; nothing was touched",
        )


def is_taken_back(past: Past) -> bool:
    """Return whether everything that could be taken back was, and the recording says so."""
    return past.status == ROLLED_BACK and past.is_sealed


def _check_real(past: Past) -> None:
    if past.folder.parent.name == "quarantine":
        raise CannotStart(f"a secret was found in the recording of {past.run}", hint="rotate again, with a new run")
    if past.kind not in {"run", "rehearsal"}:  # As it is packaged where a kill left nothing that says so.
        raise CannotStart(
            f"whether {past.run} was a run or a rehearsal is not known: its recording does not say",
            hint="its journal tells how far it came: look in the portals what it may have done",
        )
    if past.kind != "run":
        raise CannotStart(
            f"{past.run} was a rehearsal, whose portals ended with it",
            hint="to practise this, use `keyturn serve` and `keyturn run`",
        )
