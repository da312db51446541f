"""What the store refuses, each with an exit code of its own.

`message` says what is wrong, `hint` the one thing to do next; lower case, no full stop, never a value.
"""

from __future__ import annotations

from typing import ClassVar


class StoreError(Exception):
    """Something about the store that an operator can act on."""

    exit_code: ClassVar[int]
    usual_hint: ClassVar[str] = ""

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = message
        self.hint = hint or self.usual_hint
        super().__init__(message)


class NotThere(StoreError):
    """There is no store, no entry of that name, or nothing to do it to. Nothing was touched."""

    exit_code = 2


class BadInput(StoreError):
    """A name, a recipient or a date that the store cannot take. Nothing was touched."""

    exit_code = 3


class NotHandedOut(StoreError):
    """A value was noted as handed out, and could not be written where it was to go."""

    exit_code = 9
    usual_hint = "make room there, or name another file, and ask again"


class CannotUnlock(StoreError):
    """No key at hand opens the entry: wrong passphrase, no identity, or no terminal to ask on."""

    exit_code = 10


class NoTerminal(CannotUnlock):
    """There is nobody to ask."""

    usual_hint = "give a key with --identity-fd or a passphrase with --passphrase-fd"


class WrongPassphrase(CannotUnlock):
    """The passphrase does not open the identity; another try may."""


class ModesTooOpen(StoreError):
    """Others may read or write the store's files."""

    exit_code = 11


class WrongOwner(StoreError):
    """The store's files belong to somebody else."""

    exit_code = 12


class SymbolicLink(StoreError):
    """A symbolic link stands where a file or folder of the store must be."""

    exit_code = 13


class SharedFolder(StoreError):
    """The folder is on a network or is synchronised to other machines."""

    exit_code = 14


class ElevatedSession(StoreError):
    """An elevated Windows session would make files that their owner cannot open later."""

    exit_code = 15


class NotVerified(StoreError):
    """The journal, or a file that it names, is not what was written."""

    exit_code = 16
    usual_hint = "keyturn secrets verify names all that is wrong; docs/recovery.md of the checkout says what to do"


class OtherKey(NotVerified):
    """The store was made with another signing key than this one: it can be read and not written."""

    usual_hint = "bring that key back from a backup; without it `copy` and `export` still hand values out"


class RecipientsChanged(StoreError):
    """The list of public keys is not the one that the journal pins."""

    exit_code = 17


class Locked(StoreError):
    """Another process holds the store."""

    exit_code = 18


class NotStored(StoreError):
    """The value could not be made durable, or did not read back as it was. Leave the page with the value open."""

    exit_code = 19


REFUSALS: tuple[type[StoreError], ...] = (
    CannotUnlock,
    ModesTooOpen,
    WrongOwner,
    SymbolicLink,
    SharedFolder,
    ElevatedSession,
    NotVerified,
    RecipientsChanged,
    Locked,
    NotStored,
)
