"""The store: a folder of age files, one for each secret version, and the journal that vouches for them.

```
journal.jsonl     what happened, chained and signed, readable without a key
recipients.txt    the public keys that everything is sealed to
v/<id>.age        a sealed secret, written once
v/.slot-<id>      space reserved for a secret that is about to be made
lock, holder      who writes now
```

Sealing needs no private key. A value counts as stored when `seal` has returned, and not before.
"""

from __future__ import annotations

import hmac
import secrets
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from secrets_store import checkpoint, disk, lock, place, verification
from secrets_store.age import AgeError, X25519Identity, open_sealed, seal
from secrets_store.entry import Entry, Intent, Metadata, check_text, new_id, now, to_sealed_text
from secrets_store.errors import BadInput, NotStored, NotThere, NotVerified
from secrets_store.identity_file import NAME as IDENTITY
from secrets_store.identity_file import practice_key
from secrets_store.journal import Journal, without_collector
from secrets_store.ledger import NOTES, Ledger
from secrets_store.reading import take
from secrets_store.recipients import (
    FILE,
    Recipient,
    check_recipients,
    pin,
    pinned_text,
    read_recipients,
    recipients_text,
)
from secrets_store.recovery import described, recover
from secrets_store.secret import discreet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from secrets_store.age import Identity
    from secrets_store.journal import Line
    from secrets_store.secret import Secret

SLOT = 16 * 1024  # bytes reserved for one sealed secret; one of common size takes 2 KiB
_JOURNAL_SHARE = 4 * 1024  # bytes of the journal reserved for each open intent


class Store:
    """An open store. Made by `create`, `open` or `throw_away`; several processes may use one store at once."""

    def __init__(self, folder: Path, journal: Journal, signing_key: Ed25519PrivateKey | None) -> None:
        self.folder = folder
        self.journal = journal
        self.ledger = Ledger()
        self._key = signing_key
        self._recipients: tuple[str, list[Recipient]] = ("", [])
        # Opens what this process seals, so that it can be read back; never written anywhere, gone with the process.
        self._own = X25519Identity.generate()

    @classmethod
    def create(  # noqa: PLR0913  # all but the first by name
        cls,
        folder: Path,
        *,
        recipients: Sequence[Recipient],
        signing_key: Ed25519PrivateKey,
        single_recipient_i_accept_loss: bool = False,
        allow_synced: bool = False,
        identity_file: bytes | None = None,
    ) -> Store:
        """Make a new store in `folder`, which must not exist yet, and open it.

        `identity_file` is the operator's sealed private key, which is durable before anything can be sealed to it.
        At least two recipients, because one lost key would lose every secret; one only with the named flag.
        """
        check_recipients(recipients, single=single_recipient_i_accept_loss)
        place.check_session()
        if folder.is_symlink() or folder.exists():
            raise BadInput(f"something is already in {folder}", hint="name a folder that does not exist yet")
        if not allow_synced:
            place.check_local(folder)
        text = recipients_text(recipients)
        fields = {"op": "created", "store": secrets.token_hex(8), "recipients": pin(text)}
        with disk.refused("the store could not be made"), disk.whole_folder(folder) as fresh:
            disk.make_folder(fresh / "v")
            if identity_file is not None:
                disk.create(fresh / IDENTITY, identity_file)
                fields["identity"] = pin(identity_file)
            disk.create(fresh / FILE, text)
            Journal.start(fresh / "journal.jsonl", signing_key, fields)
        return cls.open(folder, signing_key=signing_key, allow_synced=allow_synced)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        signing_key: Ed25519PrivateKey | None,
        allow_synced: bool = False,
        noted_head: str | None = None,
    ) -> Store:
        """Open the store in `folder`; without a signing key, for reading only.

        `noted_head` is what `head` returned earlier, kept outside of the store: a folder that was rolled back does
        not contain it, and is refused.

        Refuses what is not safe or does not verify. To write, it also takes in what a crash left: an unfinished
        line is cut, a sealed file without its line is adopted, and space that nobody needs any more is freed.
        """
        place.check(folder, allow_synced=allow_synced)
        path = folder / "journal.jsonl"
        key = Journal.own_key(path)
        if signing_key is not None and signing_key.public_key().public_bytes_raw() != key:
            raise NotVerified(
                "the store was made with another signing key", hint="open it with that key, or only to read"
            )
        store = cls(folder, Journal(path, key, noted=noted_head), signing_key)
        checkpoint.catch_up(store)
        if store.journal.noted is not None:
            raise NotVerified(
                f"the journal does not contain the noted head {noted_head}",
                hint="the folder was rolled back, cut or replaced: bring the right one back from a backup",
            )
        store.recipients()
        if signing_key is not None:
            with store.writing("the store could not be put in order"):
                recover(store)
                checkpoint.keep(store, signing_key)
        return store

    @classmethod
    def throw_away(cls, folder: Path, signing_key: Ed25519PrivateKey) -> tuple[Store, str]:
        """Make a store for practice, with two fresh key pairs; return it and the operator's private key as text.

        The private keys stand beside it, as `<folder>-operator.key` and `<folder>-break-glass.key` (mode 0600),
        ready for `age -d -i`; `unlock.identities` finds the operator's there. Never for real secrets: whoever has the
        parent folder has them all.
        """
        identities = {name: X25519Identity.generate() for name in ("operator", "break-glass")}
        store = cls.create(
            folder,
            recipients=[Recipient(name, identity.recipient) for name, identity in identities.items()],
            signing_key=signing_key,
            allow_synced=True,
        )
        for name, identity in identities.items():
            disk.create(practice_key(folder, name), f"{identity.text()}\n".encode("ascii"))
        return store, identities["operator"].text()

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

    def intend(self, metadata: Metadata) -> Intent:
        """Announce a secret that is about to be made, durably, with all the space it will need; return its handle.

        Call it before the portal is asked to make the secret. Raises `NotStored` when the disk is full: then nothing
        was made yet.
        """
        if metadata.secret_id is not None or metadata.expires_on is not None:
            raise BadInput("the secret ID and the date are not known before the secret is made")
        metadata.check()
        intent_id = new_id(now())
        with self.writing("no space could be reserved, so no secret may be made"):
            pinned_text(self.folder, self.ledger.recipients)
            slot = self.slot(intent_id)
            disk.create(slot, bytes(SLOT))
            share = _JOURNAL_SHARE * (len(self.ledger.intents) + 1)
            try:
                self.append("intent", {"id": intent_id, "meta": metadata.to_json()}, reserve=share)
            except OSError:
                disk.remove(slot)
                raise
        return self.ledger.intent(intent_id)

    @discreet
    def seal(self, intent: Intent, secret: Secret, *, secret_id: str, expires_on: date) -> Entry:
        """Store `secret` and return its entry once it is durable and was read back; raise otherwise.

        Calling it again after a failure goes on where it stopped. Whatever is raised (`NotStored`, `Locked`,
        `NotVerified`), the value is not safe yet: leave the page that shows it open.
        """
        metadata = replace(intent.metadata, secret_id=secret_id, expires_on=expires_on)
        metadata.check()
        text = to_sealed_text(intent.id, metadata, secret)
        with self.writing("the value could not be written", value_at_stake=True):
            known = self.ledger.entries.get(intent.id)
            if known is None and intent.id not in self.ledger.intents:
                raise NotThere(f"there is no open intent {intent.id}")
            target = self.folder / (known.file if known else f"v/{intent.id}.age")
            if not target.exists():
                keys = [one.key for one in self.recipients()]
                sealed = seal(text, [*keys, self._own.recipient])
                slot = self.slot(intent.id)
                if not slot.exists():
                    disk.create(slot, b"")
                disk.fill_slot(slot, sealed, target)
            data = self._read_back(target, text)
            fields = {"id": intent.id, "secret_id": secret_id, "expires_on": expires_on.isoformat()}
            if known is None:
                self.append("sealed", {**fields, **described(target, data), "read_back": True})
            elif not known.read_back:  # another process has adopted it since the failure
                self.append("verified", fields)
        return self.ledger.entries[intent.id]

    def _read_back(self, target: Path, text: bytes) -> bytes:
        data = disk.read(target)
        try:
            same = hmac.compare_digest(open_sealed(data, [self._own]), text)
        except AgeError:
            same = False
        if not same:
            raise NotStored(
                "the value did not read back as it was written",
                hint="leave the page with the value open, and check the disk",
            )
        return data

    def slot(self, intent_id: str) -> Path:
        """Return where the space of an open intent is reserved."""
        return self.folder / "v" / f".slot-{intent_id}"

    def abandon(self, intent: Intent, reason: str) -> None:
        """Close an intent whose secret was never made."""
        self._close(intent, "abandoned", {"reason": reason})

    def lost(self, intent: Intent, reason: str, *, secret_id: str | None = None) -> None:
        """Close an intent whose secret was made and whose value nobody has: an orphan to delete in the portal."""
        self._close(intent, "lost", {"reason": reason, "secret_id": secret_id})

    def _close(self, intent: Intent, op: str, fields: Line) -> None:
        check_text("reason", fields["reason"])
        with self.writing("the intent could not be closed"):
            if intent.id not in self.ledger.intents:
                raise NotThere(f"there is no open intent {intent.id}")
            self.append(op, {"id": intent.id, **fields})
            disk.remove(self.slot(intent.id))

    def note(self, entry_id: str, op: str) -> None:
        """Write down what became of an entry: `delivered`, `tested`, `superseded` or `portal-deleted`."""
        if op not in NOTES:
            raise BadInput(f"an entry is noted as one of {', '.join(NOTES)}")
        with self.writing("the note could not be written"):
            self.append(op, {"id": self.entry(entry_id).id})

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

    def read(self, entry: Entry, identities: Sequence[Identity]) -> Secret:
        """Return the value of `entry` to a run that goes on after an interruption, opened with one of `identities`.

        It is noted as `resumed` before the value is given. Where an entry was adopted after a crash, `self.entry` of
        its ID now knows the secret ID and the date. Raises `CannotUnlock`, or `NotVerified` for a changed file.
        """
        return take(self, entry, identities, "resumed")

    def verify(self, *, head: str | None = None) -> list[verification.Fault]:
        """Return everything that is wrong with the files, as `secrets_store.verify` finds it."""
        return verification.verify(self.folder, key=self.journal.key, head=head)

    def head(self) -> str:
        """Return the digest (hex) of the last journal line. Noted elsewhere, it proves that nothing was cut since."""
        return self.journal.head
