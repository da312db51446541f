"""Key pairs of age: `age1…` is public and seals, `AGE-SECRET-KEY-1…` is private and opens."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from secrets_store.age.encoding import from_base64, from_bech32, to_base64, to_bech32
from secrets_store.age.errors import AgeError, HeaderError
from secrets_store.age.header import WRAPPED_SIZE, Stanza, derive, first_unwrapped

_TYPE = "X25519"
_INFO = b"age-encryption.org/v1/X25519"
_ZERO_NONCE = bytes(12)  # fixed by the format; each wrapping key is used once
_KEY_SIZE = 32  # bytes


def shared_secret(private: X25519PrivateKey, public: bytes) -> bytes | None:
    """Return the X25519 shared secret, or None for a point of low order, with which it would be zero."""
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        return None


class X25519Recipient:
    """A public key to seal to. Equal when the keys are equal; prints as its `age1…` text."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_SIZE or shared_secret(X25519PrivateKey.generate(), key) is None:
            raise AgeError("this is not a usable X25519 public key")
        self._key = key

    @classmethod
    def from_text(cls, text: str) -> X25519Recipient:
        """Return the recipient that `age1…` names; raise `AgeError` when it names none."""
        if text != text.lower():
            raise AgeError("a recipient is written in lower case")
        return cls(from_bech32("age", text))

    def __str__(self) -> str:
        return to_bech32("age", self._key)

    def __repr__(self) -> str:
        return str(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, X25519Recipient) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def wrap(self, file_key: bytes) -> Stanza:
        """Return a stanza that holds `file_key` for this recipient alone, under a fresh ephemeral key."""
        ephemeral = X25519PrivateKey.from_private_bytes(os.urandom(_KEY_SIZE))
        share = ephemeral.public_key().public_bytes_raw()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(self._key))
        key = derive(shared, salt=share + self._key, info=_INFO)
        body = ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, file_key, None)
        return Stanza(_TYPE, (to_base64(share).decode("ascii"),), body)


class X25519Identity:
    """A private key that opens. It never prints itself; `text()` is the one door."""

    __slots__ = ("_private", "recipient")

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_SIZE:
            raise AgeError("this is not an X25519 private key")
        self._private = X25519PrivateKey.from_private_bytes(key)
        self.recipient = X25519Recipient(self._private.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> X25519Identity:
        """Return a new key pair from the system's generator."""
        return cls(os.urandom(_KEY_SIZE))

    @classmethod
    def from_text(cls, text: str) -> X25519Identity:
        """Return the identity that `AGE-SECRET-KEY-1…` names; raise `AgeError` when it names none."""
        if text != text.upper():
            raise AgeError("an identity is written in upper case")
        return cls(from_bech32("age-secret-key-", text))

    def text(self) -> str:
        """Return the private key as `AGE-SECRET-KEY-1…`. Whoever reads it opens everything sealed to it."""
        return to_bech32("age-secret-key-", self._private.private_bytes_raw()).upper()

    def __repr__(self) -> str:
        return f"<identity of {self.recipient}>"

    def __reduce__(self) -> str:
        raise TypeError("an identity is not pickled or copied")

    def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes | None:
        """Return the file key, or None when no stanza is for this identity; raise `HeaderError` for a bad one."""
        return first_unwrapped(stanzas, _TYPE, self._unwrap)

    def _unwrap(self, stanza: Stanza) -> bytes | None:
        if len(stanza.arguments) != 1:
            raise HeaderError("an X25519 stanza has one argument")
        share = from_base64(stanza.arguments[0].encode("ascii"))
        # The body's length is checked before it is decrypted, which keeps partitioning oracles away.
        if len(share) != _KEY_SIZE or len(stanza.body) != WRAPPED_SIZE:
            raise HeaderError("an X25519 stanza has fields of the wrong length")
        shared = shared_secret(self._private, share)
        if shared is None:
            raise HeaderError("an X25519 stanza holds a point of low order")
        public = self._private.public_key().public_bytes_raw()
        key = derive(shared, salt=share + public, info=_INFO)
        try:
            return ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, stanza.body, None)
        except InvalidTag:
            return None
