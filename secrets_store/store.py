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

import secrets
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from secrets_store import checkpoint, disk, place, sealing, verification
from secrets_store.age import X25519Identity
from secrets_store.books import Books
from secrets_store.errors import BadInput, NotVerified, OtherKey
from secrets_store.identity_file import NAME as IDENTITY
from secrets_store.identity_file import practice_key
from secrets_store.journal import Journal
from secrets_store.ledger import NOTES
from secrets_store.reading import take
from secrets_store.recipients import FILE, Recipient, check_recipients, pin, recipients_text
from secrets_store.recovery import recover

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from secrets_store.age import Identity
    from secrets_store.entry import Entry, Intent, Metadata
    from secrets_store.secret import Secret


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotVerified(f"the journal cannot be read: {disk.reason(error)}") from None


@contextmanager
def _makeable() -> Iterator[None]:
    try:
        yield
    except OSError as error:  # No value is at stake yet, and no page to be left open.
        hint = "name a folder that you can write to, on a disk that has room"
        raise BadInput(f"the store could not be made: {disk.reason(error)}", hint=hint) from None


class Store(Books):
    """An open store. Made by `create`, `open` or `throw_away`; several processes may use one store at once."""

    def __init__(self, folder: Path, journal: Journal, signing_key: Ed25519PrivateKey | None) -> None:
        super().__init__(folder, journal, signing_key)
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
        place.check_new(folder, allow_synced=allow_synced)
        text = recipients_text(recipients)
        fields = {"op": "created", "store": secrets.token_hex(8), "recipients": pin(text)}
        with _makeable(), disk.whole_folder(folder) as fresh:
            place.check_file(fresh)
            disk.make_folder(fresh / "v")
            if identity_file is not None:
                disk.create(fresh / IDENTITY, identity_file)
                fields["identity"] = pin(identity_file)
            disk.create(fresh / FILE, text)
            Journal.start(fresh / "journal.jsonl", signing_key, fields)
        return cls.open(folder, signing_key=signing_key, allow_synced=allow_synced)

    @staticmethod
    def check_new(folder: Path, *, allow_synced: bool = False) -> None:
        """Raise what `create` would refuse in `folder`, before a person is asked for anything."""
        place.check_new(folder, allow_synced=allow_synced)
        with _makeable(), disk.trial_folder(folder) as fresh:
            place.check_file(fresh)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        signing_key: Ed25519PrivateKey | None,
        allow_synced: bool = False,
        noted_head: str | None = None,
        unnoted: bool = False,
    ) -> Store:
        """Open the store in `folder`; without a signing key, for reading only.

        `unnoted`: values are given all the same, by whoever has no signing key to note that with and has to have them.

        `noted_head` is what `head` returned earlier, kept outside of the store: a folder that was rolled back does
        not contain it, and is refused.

        Refuses what is not safe or does not verify. To write, it also takes in what a crash left: an unfinished
        line is cut, a sealed file without its line is adopted, and space that nobody needs any more is freed.
        """
        place.check(folder, allow_synced=allow_synced)
        path = folder / "journal.jsonl"
        with _readable():
            key = Journal.own_key(path)
        if signing_key is not None and signing_key.public_key().public_bytes_raw() != key:
            raise OtherKey("the store was made with another signing key")
        store = cls(folder, Journal(path, key, noted=noted_head), signing_key)
        store.unnoted = unnoted and signing_key is None
        with _readable():
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

    def intend(self, metadata: Metadata) -> Intent:
        """Announce a secret that is about to be made, durably, with all the space it will need; return its handle.

        Call it before the portal is asked to make the secret. Raises `NotStored` when the disk is full: then nothing
        was made yet.
        """
        return sealing.announce(self, metadata)

    def seal(self, intent: Intent, secret: Secret, *, secret_id: str, expires_on: date) -> Entry:
        """Store `secret` and return its entry once it is durable and was read back; raise otherwise.

        Calling it again after a failure goes on where it stopped. Whatever is raised (`NotStored`, `Locked`,
        `NotVerified`), the value is not safe yet: leave the page that shows it open.
        """
        metadata = replace(intent.metadata, secret_id=secret_id, expires_on=expires_on)
        return sealing.put(self, self._own, intent, metadata, secret)

    def abandon(self, intent: Intent, reason: str) -> None:
        """Close an intent whose secret was never made."""
        sealing.close(self, intent, "abandoned", {"reason": reason})

    def lost(self, intent: Intent, reason: str, *, secret_id: str | None = None) -> None:
        """Close an intent whose secret was made and whose value nobody has: an orphan to delete in the portal."""
        sealing.close(self, intent, "lost", {"reason": reason, "secret_id": secret_id})

    def note(self, entry_id: str, op: str) -> None:
        """Write down what became of an entry: `delivered`, `tested`, `superseded` or `portal-deleted`."""
        if op not in NOTES:
            raise BadInput(f"an entry is noted as one of {', '.join(NOTES)}")
        with self.writing("the note could not be written"):
            self.append(op, {"id": self.entry(entry_id).id})

    def read(self, entry: Entry, identities: Sequence[Identity]) -> Secret:
        """Return the value of `entry` to a run that goes on after an interruption, opened with one of `identities`.

        It is noted as `resumed` before the value is given. Where an entry was adopted after a crash, `self.entry` of
        its ID now knows the secret ID and the date. Raises `CannotUnlock`, or `NotVerified` for a changed file.
        """
        return take(self, entry, identities, "resumed")

    def verify(self, *, head: str | None = None) -> list[verification.Fault]:
        """Return everything that is wrong with the files, as `secrets_store.verify` finds it."""
        return verification.verify(self.folder, key=self.journal.key, head=head)
