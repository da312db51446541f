"""Post-quantum hybrid identities (`AGE-SECRET-KEY-PQ-1…`), for opening only.

MLKEM768-X25519 through the HPKE of `cryptography` 48 and newer; with an older one, making an identity says so.
Sealing stays with X25519 until hardware and the common `age` programs have the hybrid type.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from secrets_store.age.encoding import from_base64, from_bech32
from secrets_store.age.errors import AgeError, HeaderError
from secrets_store.age.header import WRAPPED_SIZE, Stanza, first_unwrapped
from secrets_store.age.x25519 import shared_secret

_TYPE = "mlkem768x25519"
_INFO = b"age-encryption.org/mlkem768x25519"
_SEED, _SHARE = 32, 1120  # bytes
_X25519_SIZE = 32  # bytes; the end of the share
_EXPANDED, _FIRST = 96, 64  # bytes; X-Wing expands the seed with SHAKE-256 into an ML-KEM seed and an X25519 key


class HybridIdentity:
    """A post-quantum private key that opens. It never prints itself."""

    __slots__ = ("_private", "_private_x25519", "_suite")

    def __init__(self, seed: bytes) -> None:
        try:  # the last Intel Macs need a version without
            from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey  # noqa: PLC0415
            from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite  # noqa: PLC0415
        except ImportError:
            raise AgeError("post-quantum identities need cryptography 48 or newer") from None
        if len(seed) != _SEED:
            raise AgeError("this is not a hybrid private key")
        shake = hashes.Hash(hashes.SHAKE256(_EXPANDED))
        shake.update(seed)
        expanded = shake.finalize()
        self._suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
        self._private_x25519 = X25519PrivateKey.from_private_bytes(expanded[_FIRST:])
        self._private = MLKEM768X25519PrivateKey(
            MLKEM768PrivateKey.from_seed_bytes(expanded[:_FIRST]), self._private_x25519
        )

    @classmethod
    def from_text(cls, text: str) -> HybridIdentity:
        """Return the identity that `AGE-SECRET-KEY-PQ-1…` names; raise `AgeError` when it names none."""
        if text != text.upper():
            raise AgeError("an identity is written in upper case")
        return cls(from_bech32("age-secret-key-pq-", text))

    def __reduce__(self) -> str:
        raise TypeError("an identity is not pickled or copied")

    def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes | None:
        """Return the file key, or None when no stanza is for this identity; raise `HeaderError` for a bad one."""
        return first_unwrapped(stanzas, _TYPE, self._unwrap)

    def _unwrap(self, stanza: Stanza) -> bytes | None:
        if len(stanza.arguments) != 1:
            raise HeaderError("a hybrid stanza has one argument")
        share = from_base64(stanza.arguments[0].encode("ascii"))
        if len(share) != _SHARE or len(stanza.body) != WRAPPED_SIZE:
            raise HeaderError("a hybrid stanza has fields of the wrong length")
        if shared_secret(self._private_x25519, share[-_X25519_SIZE:]) is None:
            raise HeaderError("a hybrid stanza holds a point of low order")
        try:
            return self._suite.decrypt(share + stanza.body, self._private, _INFO)
        except InvalidTag:
            return None
