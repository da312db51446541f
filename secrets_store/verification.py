"""Checking a store without any private key: every line, every signature, every file, named one by one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secrets_store import checkpoint, disk, place
from secrets_store.errors import NotThere, NotVerified, RecipientsChanged, StoreError
from secrets_store.identity_file import NAME as IDENTITY
from secrets_store.journal import FIRST_PREV, Journal, digest, follows, is_signed, load, split
from secrets_store.ledger import Ledger
from secrets_store.recipients import pin, pinned_text

if TYPE_CHECKING:
    from pathlib import Path

    from secrets_store.journal import Line


_NAME = 60  # characters of what a line says of itself, which may be anything
_LOOKS = 5  # at a store whose journal grows while it is looked at


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written: `where` names the line or file, `says` what is wrong."""

    where: str
    says: str


def verify(folder: Path, *, key: bytes | None = None, head: str | None = None) -> list[Fault]:
    """Return everything that is wrong with the store in `folder`; an empty list means nothing.

    `key` is the Ed25519 public key (32 bytes) that must have signed; without it, the journal's own is believed, and
    a store that was replaced as a whole is not noticed. `head` is a digest noted earlier outside of the store
    (hex, for example from a recording): lines cut from the end, or a folder rolled back, show only against it.
    Raises `NotThere` when there is no store. A writer that is at work meanwhile is no fault: then it looks again.
    """
    path = folder / "journal.jsonl"
    for _ in range(_LOOKS):
        before = disk.version(path)
        faults = _faults(folder, key, head)
        if not faults or disk.version(path) == before:
            break
    return faults


def _faults(folder: Path, key: bytes | None, head: str | None) -> list[Fault]:
    faults = []
    try:
        place.check(folder, allow_synced=True)
    except NotThere:
        raise
    except StoreError as error:
        faults.append(Fault(str(folder), error.message))
    ledger, found, heads = _check_journal(folder / "journal.jsonl", key)
    faults += found
    if head is not None and head not in heads:
        faults.append(Fault("journal.jsonl", f"does not contain the noted head {head}: lines were cut or rolled back"))
    faults += _check_checkpoint(folder)
    return faults + _check_recipients(folder, ledger) + _check_identity(folder, ledger) + _check_files(folder, ledger)


def _check_journal(path: Path, key: bytes | None) -> tuple[Ledger, list[Fault], set[str]]:
    ledger, faults, prev, heads = Ledger(), [], FIRST_PREV, {FIRST_PREV}
    try:
        raws, rest = split(disk.read(path))
    except OSError:
        return ledger, [Fault("journal.jsonl", "cannot be read")], heads
    if rest:
        faults.append(Fault("journal.jsonl", "ends in an unfinished line, which the next write cuts off"))
    if not raws:
        faults.append(Fault("journal.jsonl", "is empty"))
    own = _own_key(path)
    if key is not None and own is not None and own != key:
        faults.append(Fault("journal line 1", "the store was made with another signing key"))
    for number, raw in enumerate(raws):
        where = f"journal line {number + 1}"
        try:
            line = load(raw, number)
            where += _names(line)
            if not follows(line, number, prev):
                faults.append(Fault(where, "does not follow the line before it"))
            ledger.add(line)
        except NotVerified as error:
            faults.append(Fault(where, error.message))
        if own is None or not is_signed(raw, own):
            faults.append(Fault(where, "is not signed by the store's key"))
        prev = digest(raw)
        heads.add(prev)
    return ledger, faults, heads


def _own_key(path: Path) -> bytes | None:
    try:
        return Journal.own_key(path)
    except NotVerified:
        return None


def _names(line: Line) -> str:
    words = [str(line[name])[:_NAME] for name in ("op", "id") if name in line]
    return f" ({' '.join(words)})" if words else ""


def _check_checkpoint(folder: Path) -> list[Fault]:
    """Return what is wrong with a checkpoint: it must say exactly what the lines before it add up to, read again."""
    path = folder / "journal.jsonl"
    if not (folder / checkpoint.NAME).exists():
        return []
    try:
        found = checkpoint.read(folder, Journal.own_key(path))
        right = found is not None and found.fits(path) and found == checkpoint.of(split(disk.read(path))[0], found)
    except (NotVerified, OSError):
        right = False
    return [] if right else [Fault(checkpoint.NAME, "is not what the store's key signed for these journal lines")]


def _check_recipients(folder: Path, ledger: Ledger) -> list[Fault]:
    try:
        pinned_text(folder, ledger.recipients)
    except RecipientsChanged as error:
        return [Fault("recipients.txt", error.message)]
    return []


def _check_identity(folder: Path, ledger: Ledger) -> list[Fault]:
    """Return what is wrong with the sealed private key, without which the passphrase opens nothing."""
    try:
        found = pin(disk.read(folder / IDENTITY))
    except OSError:
        found = ""
    if found == ledger.identity:
        return []
    return [
        Fault(IDENTITY, "is not the file that was made with the store" if found else "is missing or cannot be read")
    ]


def _check_files(folder: Path, ledger: Ledger) -> list[Fault]:
    faults, named = [], ledger.files()
    for entry in ledger.entries.values():
        try:
            place.check_file(folder / entry.file)
            data = disk.read_from(folder / entry.file, 0, entry.size + 1)
        except StoreError as error:
            faults.append(Fault(entry.file, error.message))
        except OSError:
            faults.append(Fault(entry.file, f"is missing or cannot be read ({entry.metadata.name})"))
        else:
            if len(data) != entry.size or hashlib.sha256(data).hexdigest() != entry.sha256:
                faults.append(Fault(entry.file, f"is not the file that was sealed ({entry.metadata.name})"))
    # A file whose intent is open was sealed just before a crash; opening the store to write takes it in.
    expected = named | {f"v/{intent}.age" for intent in ledger.intents}
    surplus = [
        Fault(f"v/{path.name}", "is named by no journal line")
        for path in sorted((folder / "v").glob("*"))
        if not path.name.startswith(".slot-") and f"v/{path.name}" not in expected
    ]
    return faults + surplus
