"""The way of a secret into the store: announced with its space reserved, then sealed and read back, or given up."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from secrets_store import disk
from secrets_store.age import AgeError, X25519Identity, open_sealed, seal
from secrets_store.entry import Entry, Intent, Metadata, check_text, new_id, now, to_sealed_text
from secrets_store.errors import BadInput, NotStored, NotThere
from secrets_store.recipients import pinned_text
from secrets_store.recovery import described
from secrets_store.secret import Secret, discreet

if TYPE_CHECKING:
    from pathlib import Path

    from secrets_store.books import Books
    from secrets_store.ledger import Line

SLOT = 16 * 1024  # bytes reserved for one sealed secret; one of common size takes 2 KiB
_JOURNAL_SHARE = 4 * 1024  # bytes of the journal reserved for each open intent


def announce(books: Books, metadata: Metadata) -> Intent:
    """Write down what is about to be made, and reserve its space; return its handle. See `Store.intend`."""
    if metadata.secret_id is not None or metadata.expires_on is not None:
        raise BadInput("the secret ID and the date are not known before the secret is made")
    metadata.check()
    intent_id = new_id(now())
    with books.writing("no space could be reserved, so no secret may be made"):
        pinned_text(books.folder, books.ledger.recipients)
        slot = books.slot(intent_id)
        disk.create(slot, bytes(SLOT))
        share = _JOURNAL_SHARE * (len(books.ledger.intents) + 1)
        try:
            books.append("intent", {"id": intent_id, "meta": metadata.to_json()}, reserve=share)
        except OSError:
            disk.remove(slot)
            raise
    return books.ledger.intent(intent_id)


@discreet
def put(books: Books, own: X25519Identity, intent: Intent, metadata: Metadata, secret: Secret) -> Entry:
    """Seal `secret`, read it back with `own`, which opens what this process seals, and note it. See `Store.seal`."""
    metadata.check()
    text = to_sealed_text(intent.id, metadata, secret)
    with books.writing("the value could not be written", value_at_stake=True):
        known = books.ledger.entries.get(intent.id)
        if known is None and intent.id not in books.ledger.intents:
            raise NotThere(f"there is no open intent {intent.id}")
        target = books.folder / (known.file if known else f"v/{intent.id}.age")
        if not target.exists():
            keys = [one.key for one in books.recipients()]
            sealed = seal(text, [*keys, own.recipient])
            slot = books.slot(intent.id)
            if not slot.exists():
                disk.create(slot, b"")
            disk.fill_slot(slot, sealed, target)
        data = _read_back(target, text, own)
        told = metadata.to_json()
        fields = {"id": intent.id, "secret_id": told["secret_id"], "expires_on": told["expires_on"]}
        if known is None:
            books.append("sealed", {**fields, **described(target, data), "read_back": True})
        elif not known.read_back:  # another process has adopted it since the failure
            books.append("verified", fields)
    return books.ledger.entries[intent.id]


def _read_back(target: Path, text: bytes, own: X25519Identity) -> bytes:
    data = disk.read(target)
    try:
        same = hmac.compare_digest(open_sealed(data, [own]), text)
    except AgeError:
        same = False
    if not same:
        raise NotStored(
            "the value did not read back as it was written",
            hint="leave the page with the value open, and check the disk",
        )
    return data


def close(books: Books, intent: Intent, op: str, fields: Line) -> None:
    """Close an intent for which nothing will be sealed, as `abandoned` or `lost`, and free its space."""
    check_text("reason", fields["reason"])
    with books.writing("the intent could not be closed"):
        if intent.id not in books.ledger.intents:
            raise NotThere(f"there is no open intent {intent.id}")
        books.append(op, {"id": intent.id, **fields})
        disk.remove(books.slot(intent.id))
