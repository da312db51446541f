"""Sealing between a page and this process: ECDH on P-256, HKDF-SHA-256 and AES-256-GCM, a fresh key for each use.

The page does its half with WebCrypto (`desk.html`); this is the other half. It guards against logs, traces and error
texts between the two, not against the browser itself, which must hold the value in any case.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_INFO = b"keyturn clipboard 1"
_NONCE = 12  # bytes, as AES-GCM takes


@dataclass(frozen=True, slots=True)
class Half:
    """Our half of one hand-over."""

    _key: ec.EllipticCurvePrivateKey

    @classmethod
    def fresh(cls) -> Self:
        """Return a half that has never been used."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def public(self) -> str:
        """The uncompressed public point in base64, as the page takes it."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return b64encode(point).decode()

    def open(self, theirs: str, sealed: str) -> str:
        """Return the text that the page sealed: base64 of nonce and ciphertext."""
        data = b64decode(sealed)
        return self._cipher(theirs).decrypt(data[:_NONCE], data[_NONCE:], None).decode()

    def seal(self, theirs: str, text: str) -> str:
        """Return `text` sealed to the page's half, in base64."""
        nonce = os.urandom(_NONCE)
        return b64encode(nonce + self._cipher(theirs).encrypt(nonce, text.encode(), None)).decode()

    def _cipher(self, theirs: str) -> AESGCM:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64decode(theirs))
        shared = self._key.exchange(ec.ECDH(), point)
        return AESGCM(HKDF(SHA256(), 32, None, _INFO).derive(shared))
