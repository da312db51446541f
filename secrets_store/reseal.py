"""Changing who can open the store: every entry is sealed anew to the new list, then the list is put in force.

Killed at any point, every entry opens with who could open it before or with who can now, and doing it again
completes it. Old sealings are removed, but what people could read they may have kept: rotate those secrets.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from secrets_store import disk
from secrets_store.age import seal
from secrets_store.entry import now, to_sealed_text
from secrets_store.errors import BadInput
from secrets_store.reading import unseal
from secrets_store.recipients import NEXT, check_recipients, pin, put_in_force, recipients_text
from secrets_store.secret import discreet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from secrets_store.age import Identity
    from secrets_store.entry import Entry
    from secrets_store.journal import Line
    from secrets_store.recipients import Recipient
    from secrets_store.store import Store

_BATCH = 500  # entries whose files are flushed together; one flush each would take three times as long


def change_recipients(
    store: Store,
    recipients: Sequence[Recipient],
    identities: Sequence[Identity],
    *,
    single_recipient_i_accept_loss: bool = False,
) -> None:
    """Seal every entry to `recipients` and pin the new list.

    `identities` must open every entry. Raises before anything is changed when one does not open, or when a secret is
    about to be made (an open intent): its run would still seal to the old list.
    """
    check_recipients(recipients, single=single_recipient_i_accept_loss)
    with store.writing("the recipients could not be changed"):
        before = store.recipients()
        if store.ledger.intents:
            raise BadInput(
                "a secret is about to be made", hint="end that run, or resume it, before recipients are changed"
            )
        entries = store.entries()
        for entry in entries:
            unseal(store, entry, identities)
        for start in range(0, len(entries), _BATCH):
            _reseal(store, entries[start : start + _BATCH], recipients, identities)
        text = recipients_text(recipients)
        disk.remove(store.folder / NEXT)  # what an interrupted change left
        disk.create(store.folder / NEXT, text)
        kept = {one.key for one in recipients}
        removed = [one.name for one in before if one.key not in kept]
        fields = {"recipients": pin(text), "names": [one.name for one in recipients], "removed": removed}
        store.append("recipients", fields)
        put_in_force(store.folder)


def still_known(store: Store) -> dict[str, list[Entry]]:
    """Return, for each former recipient by name, the entries that they could read and that are to be rotated still.

    Rotated is what was deleted in the portal, or has expired.
    """
    entries, today = store.entries(), now().date()
    return {
        name: [
            entry
            for entry in entries[:count]
            if "portal-deleted" not in entry.notes and (entry.metadata.expires_on or today) >= today
        ]
        for name, count in store.ledger.removed.items()
    }


@discreet
def _reseal(
    store: Store, entries: Sequence[Entry], recipients: Sequence[Recipient], identities: Sequence[Identity]
) -> None:
    keys = [one.key for one in recipients]
    files: dict[str, bytes] = {}
    lines: list[Line] = []
    for entry in entries:
        metadata, secret = unseal(store, entry, identities)
        data = seal(to_sealed_text(entry.id, metadata, secret), keys)
        secret.wipe()
        name = _next_generation(entry.file)
        files[name] = data
        lines.append({"id": entry.id, "file": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)})
    disk.create_all({store.folder / name: data for name, data in files.items()})
    store.append("reseal", *lines)
    disk.remove(*(store.folder / entry.file for entry in entries))


def _next_generation(file: str) -> str:
    """Return `v/<id>.g2.age` for `v/<id>.age`, `.g3` for that, and so on."""
    name, _, number = file.removeprefix("v/").removesuffix(".age").partition(".g")
    return f"v/{name}.g{int(number or 1) + 1}.age"
