"""Sealing with a passphrase (scrypt). The work is a constant, never measured: a busy machine must not weaken it."""

from __future__ import annotations

import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from secrets_store.age.encoding import from_base64, to_base64
from secrets_store.age.errors import HeaderError
from secrets_store.age.header import WRAPPED_SIZE, Stanza

_TYPE = "scrypt"
_LABEL = b"age-encryption.org/v1/scrypt"
_SALT = 16  # bytes
_ZERO_NONCE = bytes(12)
_DECIMAL = re.compile(r"[1-9][0-9]{0,3}")
WORK = 18  # log2 of N: 256 MiB and about 0.7 s on a common machine; what is written, and the floor for our own files
MOST_WORK = 22  # 4 GiB; a file that asks for more is refused before any work


def _wrap_key(passphrase: str, salt: bytes, work: int) -> bytes:
    return Scrypt(salt=_LABEL + salt, length=32, n=1 << work, r=8, p=1).derive(passphrase.encode("utf-8"))


class PassphraseRecipient:
    """A passphrase to seal with. It must be the only recipient of a file."""

    __slots__ = ("_passphrase", "_work")

    def __init__(self, passphrase: str, *, work: int = WORK) -> None:
        self._passphrase, self._work = passphrase, work

    def __reduce__(self) -> str:
        raise TypeError("a passphrase is not pickled or copied")

    def wrap(self, file_key: bytes) -> Stanza:
        """Return a stanza that holds `file_key` under the passphrase."""
        salt = os.urandom(_SALT)
        key = _wrap_key(self._passphrase, salt, self._work)
        body = ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza(_TYPE, (to_base64(salt).decode("ascii"), str(self._work)), body)


class PassphraseIdentity:
    """A passphrase that opens.

    `least_work` refuses files whose key would be cheaper to guess than what we write; 1 accepts any, for files of
    other tools.
    """

    __slots__ = ("_least_work", "_passphrase")

    def __init__(self, passphrase: str, *, least_work: int = 1) -> None:
        self._passphrase, self._least_work = passphrase, least_work

    def __reduce__(self) -> str:
        raise TypeError("a passphrase is not pickled or copied")

    def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes | None:
        """Return the file key, or None when the passphrase does not fit; raise `HeaderError` for a bad stanza."""
        if all(stanza.type != _TYPE for stanza in stanzas):
            return None
        stanza = stanzas[0]
        if len(stanza.arguments) != 2:  # noqa: PLR2004  # salt and work
            raise HeaderError("a scrypt stanza has two arguments")
        salt, work = from_base64(stanza.arguments[0].encode("ascii")), stanza.arguments[1]
        if len(salt) != _SALT or len(stanza.body) != WRAPPED_SIZE:
            raise HeaderError("a scrypt stanza has fields of the wrong length")
        if not _DECIMAL.fullmatch(work) or not self._least_work <= int(work) <= MOST_WORK:
            raise HeaderError(f"a scrypt stanza asks for work outside {self._least_work} to {MOST_WORK}")
        key = _wrap_key(self._passphrase, salt, int(work))
        try:
            return ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, stanza.body, None)
        except InvalidTag:
            return None
