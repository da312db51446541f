"""Getting at private keys, in this order: a file descriptor, the system's keychain, the terminal. Never arguments."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from secrets_store import disk, keychain, place, terminal
from secrets_store.errors import CannotUnlock, WrongPassphrase
from secrets_store.identity_file import NAME, practice_key, read_identity, read_keys
from secrets_store.secret import discreet

if TYPE_CHECKING:
    from secrets_store.age import HybridIdentity, X25519Identity
    from secrets_store.store import Store

_LONGEST = 64 * 1024  # bytes read from a descriptor
_TRIES = 3


@discreet
def identities(
    store: Store, *, identity_fd: int | None = None, passphrase_fd: int | None = None
) -> list[X25519Identity | HybridIdentity]:
    """Return private keys for `store`, from the first source that has any; raise `CannotUnlock` when none has.

    `identity_fd` gives an age key file in the clear, `passphrase_fd` one line with the passphrase of `identity.age`.
    A store made for practice has no `identity.age`; its key file stands beside it.
    """
    if identity_fd is not None:
        return read_keys(_read_fd(identity_fd))
    practice = practice_key(store.folder)
    if not (store.folder / NAME).exists():
        if not practice.exists():
            raise CannotUnlock(f"this store has no {NAME}", hint="give a key file with --identity-fd")
        place.check_file(practice)
        return read_keys(disk.read(practice))
    if passphrase_fd is not None:
        return [read_identity(store.folder, read_line(passphrase_fd))]
    kept = keychain.recall(store.ledger.store)
    if kept is not None:
        with suppress(WrongPassphrase):  # an old one; the person knows better
            return [read_identity(store.folder, kept)]
    for _ in range(_TRIES - 1):
        try:
            return [_asked(store)]
        except WrongPassphrase as error:
            terminal.say(error.message)
    return [_asked(store)]


def _asked(store: Store) -> X25519Identity:
    return read_identity(store.folder, terminal.ask("Passphrase of the store: ", hidden=True))


def read_line(descriptor: int) -> str:
    """Return the first line of what stands in a file descriptor; raise `CannotUnlock` when nothing can be read."""
    return _read_fd(descriptor).decode("utf-8", "replace").partition("\n")[0].rstrip("\r")


def _read_fd(descriptor: int) -> bytes:
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(_LONGEST)
    except OSError:
        raise CannotUnlock(f"nothing can be read from file descriptor {descriptor}") from None
