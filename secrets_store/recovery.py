"""Putting a store in order after a crash, before anything else is written. Removes nothing that a line names."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from secrets_store import disk
from secrets_store.recipients import NEXT, pin, put_in_force

if TYPE_CHECKING:
    from pathlib import Path

    from secrets_store.books import Books
    from secrets_store.ledger import Line

_GENERATION = re.compile(r"(?P<id>[0-9TZ]+-[0-9a-f]{16})(\.g[0-9]+)?\.age")


def recover(books: Books) -> None:
    """Cut an unfinished line, adopt sealed files whose line is missing, free what nobody needs.

    The caller is inside `books.writing`. A file is adopted only when an open intent names it: it was renamed, which
    happens after its flush, so that it is whole; that it opens is proven by the first key that opens it.
    """
    books.journal.cut_torn()
    for intent in books.open_intents():
        path = books.folder / "v" / f"{intent.id}.age"
        if path.exists():
            books.append(
                "sealed",
                {
                    "id": intent.id,
                    "secret_id": None,
                    "expires_on": None,
                    **described(path, disk.read(path)),
                    "read_back": False,
                },
            )
    following = books.folder / NEXT
    if following.exists():
        if pin(disk.read(following)) == books.ledger.recipients:
            put_in_force(books.folder)
        disk.remove(following)
    _sweep(books)


def described(path: Path, data: bytes) -> Line:
    """Return what the journal says of a sealed file."""
    return {"file": f"v/{path.name}", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def _sweep(books: Books) -> None:
    needed = {books.slot(intent.id).name for intent in books.open_intents()}
    for path in (books.folder / "v").glob(".slot-*"):
        if path.name not in needed:
            disk.remove(path)
    for path in books.folder.glob(".new-*"):
        disk.remove(path)
    # Files that an interrupted change of recipients left: older or newer sealings of an entry that is whole.
    named = books.ledger.files()
    for path in (books.folder / "v").glob("*.age"):
        found = _GENERATION.fullmatch(path.name)
        entry = books.ledger.entries.get(found["id"]) if found else None
        if entry is None or f"v/{path.name}" in named:
            continue
        whole = books.folder / entry.file
        if whole.exists() and hashlib.sha256(disk.read(whole)).hexdigest() == entry.sha256:
            disk.remove(path)
