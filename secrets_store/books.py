"""The books of a store: its journal, the ledger of what that adds up to, and the one way to write another line."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from secrets_store import disk, lock
from secrets_store.errors import BadInput, NotThere
from secrets_store.journal import without_collector
from secrets_store.ledger import Ledger
from secrets_store.recipients import Recipient, pinned_text, read_recipients

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from secrets_store.entry import Entry, Intent
    from secrets_store.journal import Journal
    from secrets_store.ledger import Line


class Books:
    """What is written in the folder of an open store. Without a signing key it is only read."""

    def __init__(self, folder: Path, journal: Journal, signing_key: Ed25519PrivateKey | None) -> None:
        self.folder = folder
        self.journal = journal
        self.ledger = Ledger()
        self._key = signing_key
        self.unnoted = False  # whether values may be read without a line that says so, since none can be written
        self._recipients: tuple[str, list[Recipient]] = ("", [])

    def refresh(self) -> None:
        """Take in what other processes have written since."""
        with without_collector():
            for line in self.journal.refresh():
                self.ledger.add(line)

    @contextmanager
    def writing(self, failure: str, *, value_at_stake: bool = False) -> Iterator[None]:
        """Hold the store for the block, with its state fresh; a disk's refusal becomes `NotStored` with `failure`.

        `value_at_stake`: a value is in hand that is stored nowhere, so that the lock is waited for longer.
        """
        if self._key is None:
            raise BadInput("the store was opened for reading only")
        held = lock.held(self.folder, wait=lock.WAIT)
        if value_at_stake:
            hint = "leave the page with the value open, end that process, then try again"
            held = lock.held(self.folder, wait=lock.WAIT_WITH_VALUE, hint=hint)
        with disk.refused(failure), held:
            self.refresh()
            yield

    def append(self, op: str, *lines: Line, reserve: int = 0) -> None:
        """Add journal lines with one flush and take them in; only inside `writing`. `reserve`: bytes of room after."""
        if self._key is None:
            raise BadInput("the store was opened for reading only")
        for line in self.journal.append(self._key, [{"op": op, **fields} for fields in lines], reserve=reserve):
            self.ledger.add(line)

    def recipients(self) -> list[Recipient]:
        """Return the public keys that the journal pins; raise `RecipientsChanged` when the file holds others.

        A list that was right once in this process stays usable while its pin holds: whoever changes the file in the
        middle of a rotation must not keep a value from being sealed.
        """
        pinned = self.ledger.recipients
        if self._recipients[0] != pinned:
            self._recipients = (pinned, read_recipients(pinned_text(self.folder, pinned)))
        return list(self._recipients[1])

    def slot(self, intent_id: str) -> Path:
        """Return where the space of an open intent is reserved."""
        return self.folder / "v" / f".slot-{intent_id}"

    def entry(self, entry_id: str) -> Entry:
        """Return the entry with this ID; raise `NotThere` when there is none."""
        try:
            return self.ledger.entries[entry_id]
        except KeyError:
            raise NotThere(f"there is no entry {entry_id}", hint="keyturn secrets list shows all") from None

    def entries(self, *, run: str | None = None, application_id: str | None = None) -> list[Entry]:
        """Return all entries in the order in which they were sealed, or those of one run, of one application."""
        entries = self.ledger.entries.values()
        return [entry for entry in entries if entry.metadata.belongs(run, application_id)]

    def open_intents(self, *, run: str | None = None, application_id: str | None = None) -> list[Intent]:
        """Return the intents that were neither sealed nor closed, oldest first: what a crash interrupted.

        All of them, or those of one run, of one application. Of a secret that was sealed just before the crash there
        is an entry and no intent any more: a store that is opened to write adopts it.
        """
        intents = [self.ledger.intent(intent_id) for intent_id in self.ledger.intents]
        return [intent for intent in intents if intent.metadata.belongs(run, application_id)]

    def head(self) -> str:
        """Return the digest (hex) of the last journal line. Noted elsewhere, it proves that nothing was cut since."""
        return self.journal.head
