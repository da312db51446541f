"""A signed shortcut over the journal's older lines, so that a store of a hundred thousand entries opens in a moment.

`checkpoint.json` says what the first so many bytes of the journal add up to. It is believed only when the store's key
signed it and those bytes still have the SHA-256 that it names, which takes a twentieth of the time of parsing them.
Anything else about it, and every line is read instead; `verify` always reads every line, and names a checkpoint that
says something else. Stores of ordinary size never get one.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from secrets_store import disk
from secrets_store.entry import Entry, Metadata, from_stamp, stamp
from secrets_store.journal import Journal, digest, is_signed, load, signed, without_collector
from secrets_store.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from secrets_store.books import Books

NAME = "checkpoint.json"
EVERY = 5_000  # journal lines between two checkpoints; so many are read in a twentieth of a second
_FORMAT = 1
_PREFIX = b"keyturn store checkpoint 1\n"  # keeps these signatures from being taken for a journal line's
_PLAIN = ("store", "key", "recipients", "identity", "drilled", "closed", "removed")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was signed: `count` lines end at byte `end` with the digest `head`, and add up to `state`.

    `sha256` belongs to all those bytes of the journal.
    """

    count: int
    head: str
    end: int
    sha256: str
    state: bytes

    def fits(self, journal: Path) -> bool:
        """Return whether the journal still begins with the bytes that were signed."""
        return disk.sha256_of(journal, self.end) == self.sha256


def read(folder: Path, key: bytes) -> Checkpoint | None:
    """Return the checkpoint in `folder`, or None when there is none that `key` (Ed25519, 32 bytes) signed."""
    try:
        line, _, state = disk.read(folder / NAME).partition(b"\n")
    except OSError:
        return None
    if not is_signed(line, key, _PREFIX):
        return None
    fields = json.loads(line)
    if fields["v"] != _FORMAT or fields["state"] != digest(state):
        return None
    return Checkpoint(fields["count"], fields["head"], fields["end"], fields["sha256"], state)


def catch_up(books: Books) -> None:
    """Bring a store that was just opened up to date: by its checkpoint if that is right, else by every line."""
    journal = books.journal
    found = read(books.folder, journal.key)
    if found is None or not found.fits(journal.path):
        books.refresh()
        return
    noted = journal.noted
    journal.pass_over(found.count, found.head, found.end)
    with without_collector():
        books.ledger = to_ledger(found.state)
    books.refresh()
    if journal.noted is not None:  # it may be the digest of a line that was passed over
        books.journal, books.ledger = Journal(journal.path, journal.key, noted=noted), Ledger()
        books.refresh()


def keep(books: Books, key: Ed25519PrivateKey) -> None:
    """Write a checkpoint when the last is old; the caller is inside `books.writing`, with the store up to date.

    A disk that refuses it is no reason to stop: it only saves time.
    """
    journal = books.journal
    last = read(books.folder, journal.key)
    if journal.count < (last.count if last and last.end <= journal.end else 0) + EVERY:
        return
    state = to_state(books.ledger)
    sha256 = disk.sha256_of(journal.path, journal.end)
    fields = {"v": _FORMAT, "count": journal.count, "head": journal.head, "end": journal.end, "sha256": sha256}
    line = signed({**fields, "state": digest(state)}, key, _PREFIX)
    with suppress(OSError):
        disk.replace(books.folder / NAME, line + b"\n" + state)


def of(raws: list[bytes], like: Checkpoint) -> Checkpoint:
    """Return what a checkpoint after as many of the journal lines `raws` as `like` has must be."""
    ledger, lines = Ledger(), raws[: like.count]
    for number, raw in enumerate(lines):
        ledger.add(load(raw, number))
    whole = b"".join(raw + b"\n" for raw in lines)
    return Checkpoint(len(lines), digest(lines[-1]), len(whole), digest(whole), to_state(ledger))


def to_state(ledger: Ledger) -> bytes:
    """Return all that the ledger holds, as one JSON object without line feeds."""
    state: dict[str, Any] = {name: getattr(ledger, name) for name in _PLAIN}
    state["intents"] = {
        one: {name: line[name] for name in ("id", "meta", "at")} for one, line in ledger.intents.items()
    }
    shared: dict[tuple[str, ...], int] = {}  # entries of one secret differ in little: what they share is told once
    rows = []
    for entry in ledger.entries.values():
        known = entry.metadata
        texts = (known.name, known.application_id, known.directory_id, known.description, known.run)
        number = shared.setdefault(texts, len(shared))
        expires = known.expires_on.isoformat() if known.expires_on else None
        about = (entry.file, entry.sha256, entry.size, entry.read_back, entry.notes)
        rows.append((entry.id, number, known.secret_id, expires, stamp(entry.sealed_at), *about))
    state |= {"shared": list(shared), "entries": rows}
    return json.dumps(state, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def to_ledger(state: bytes) -> Ledger:
    """Return the ledger that `to_state` wrote."""
    fields = json.loads(state)
    shared, entries = fields["shared"], {}
    for one, number, secret_id, expires, at, file, sha256, size, read_back, notes in fields["entries"]:
        name, app, directory, text, run = shared[number]
        last = date.fromisoformat(expires) if expires else None
        known = Metadata(name, app, directory, text, run, secret_id, last)
        entries[one] = Entry(one, known, from_stamp(at), file, sha256, size, read_back, tuple(notes))
    return Ledger(**{name: fields[name] for name in _PLAIN}, intents=fields["intents"], entries=entries)
