"""Opening entries. Each reading is a journal line, durable before the value is handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secrets_store import disk
from secrets_store.age import AgeError, HybridIdentity, NoMatch, X25519Identity, open_sealed
from secrets_store.entry import from_sealed_text
from secrets_store.errors import BadInput, CannotUnlock, NotVerified
from secrets_store.journal import digest
from secrets_store.ledger import READINGS
from secrets_store.secret import discreet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from secrets_store.age import Identity
    from secrets_store.books import Books
    from secrets_store.entry import Entry, Metadata
    from secrets_store.ledger import Line
    from secrets_store.recipients import Recipient
    from secrets_store.secret import Secret


@discreet
def unseal(books: Books, entry: Entry, identities: Sequence[Identity]) -> tuple[Metadata, Secret]:
    """Return what is sealed in `entry`, checked against the journal; writes nothing."""
    try:
        data = disk.read_from(books.folder / entry.file, 0, entry.size + 1)  # whatever was put there, no more
    except OSError:
        raise NotVerified(f"{entry.file} is missing or cannot be read") from None
    if digest(data) != entry.sha256:
        raise NotVerified(f"{entry.file} is not the file that was sealed", hint="run keyturn secrets verify")
    try:
        text = open_sealed(data, identities)
    except NoMatch:
        raise CannotUnlock(
            f"the key at hand does not open {entry.id}", hint="use the key of one of the recipients"
        ) from None
    except AgeError:
        raise NotVerified(f"{entry.file} is damaged") from None
    return from_sealed_text(entry, text)


def take(books: Books, entry: Entry, identities: Sequence[Identity], how: str) -> Secret:
    """Return the value of `entry` for one use, one of `READINGS`, which the journal keeps unless it is `unnoted`.

    An entry that was adopted after a crash has now been opened, and is noted as verified with its ID and date.
    """
    if how not in READINGS:
        raise BadInput(f"a value is taken to be one of {', '.join(READINGS)}")
    metadata, secret = unseal(books, entry, identities)
    if books.unnoted:
        return secret
    with books.writing("the reading could not be noted, so the value is not given"):
        if not entry.read_back:
            books.append("verified", _verified(entry, metadata))
        books.append(how, {"id": entry.id})
    return secret


def _verified(entry: Entry, metadata: Metadata) -> Line:
    expires = metadata.expires_on.isoformat() if metadata.expires_on else None
    return {"id": entry.id, "secret_id": metadata.secret_id, "expires_on": expires}


def drill(books: Books, identity: X25519Identity | HybridIdentity) -> tuple[Recipient, int]:
    """Prove that `identity` opens every entry; note it; return whose key it is and how many entries it opened.

    An entry that was adopted after a crash is now known by its secret ID and date too. Raises `CannotUnlock` when it
    is no recipient's key or an entry does not open with it.
    """
    holders = [
        one for one in books.recipients() if isinstance(identity, X25519Identity) and one.key == identity.recipient
    ]
    if not holders:
        raise CannotUnlock("this key belongs to none of the recipients", hint="keyturn secrets recipients lists them")
    entries = books.entries()
    known = [(entry, unseal(books, entry, [identity])[0]) for entry in entries]
    with books.writing("the drill could not be noted"):
        adopted = [_verified(entry, metadata) for entry, metadata in known if not entry.read_back]
        if adopted:
            books.append("verified", *adopted)
        books.append("drilled", {"recipient": str(holders[0].key), "entries": len(entries)})
    return holders[0], len(entries)
