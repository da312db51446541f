"""Sealing and opening whole age files in memory."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidSignature

from secrets_store.age.armor import is_armored, remove_armor
from secrets_store.age.errors import AgeError, HeaderError, MacError, NoMatch, PayloadError
from secrets_store.age.header import FILE_KEY_SIZE, Stanza, mac_of, read_header, write_header
from secrets_store.age.payload import read_payload, write_payload

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST = 32 << 20  # bytes, of what is opened or sealed; everything is in memory at once


class Recipient(Protocol):
    """Whatever can wrap a file key for its holder."""

    def wrap(self, file_key: bytes) -> Stanza:
        """Return a stanza that holds `file_key`."""
        ...


class Identity(Protocol):
    """Whatever can unwrap a file key."""

    def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes | None:
        """Return the file key, or None when no stanza is for this identity."""
        ...


def seal(plaintext: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return an age file of `plaintext` that each of `recipients` can open alone; needs no private key."""
    if not recipients:
        raise AgeError("there is nobody to seal to")
    if len(plaintext) > LARGEST:
        raise AgeError("this is too large to seal")
    file_key = os.urandom(FILE_KEY_SIZE)
    stanzas = [recipient.wrap(file_key) for recipient in recipients]
    _check_scrypt_stands_alone(tuple(stanzas))
    return write_header(stanzas, file_key) + write_payload(plaintext, file_key)


def open_sealed(data: bytes, identities: Sequence[Identity]) -> bytes:
    """Return the plaintext of the age file `data`, binary or armored, opened with the first identity that fits.

    Raises `ArmorError`, `HeaderError`, `NoMatch`, `MacError` or `PayloadError`; nothing is returned unless all of
    it is authentic.
    """
    if len(data) > LARGEST:
        raise PayloadError("this is too large to open")
    if is_armored(data):
        data = remove_armor(data)
    header = read_header(data)
    _check_scrypt_stands_alone(header.stanzas)
    for identity in identities:
        file_key = identity.unwrap(header.stanzas)
        if file_key is None:
            continue
        try:
            mac_of(header.covered, file_key).verify(header.mac)
        except InvalidSignature:
            raise MacError("the header was changed after it was written") from None
        return read_payload(data[header.size :], file_key)
    raise NoMatch("none of the keys at hand opens this file")


def _check_scrypt_stands_alone(stanzas: tuple[Stanza, ...]) -> None:
    """Passphrase files are believed to come from who knows the passphrase, which a second stanza would break."""
    if len(stanzas) > 1 and any(stanza.type == "scrypt" for stanza in stanzas):
        raise HeaderError("a passphrase must be a file's only recipient")
