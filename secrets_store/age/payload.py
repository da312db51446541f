"""The payload of an age file: chunks of 64 KiB under ChaCha20-Poly1305, numbered, the last one marked."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from secrets_store.age.errors import HeaderError, PayloadError
from secrets_store.age.header import derive

CHUNK = 64 * 1024  # bytes of plaintext
TAG = 16  # bytes
NONCE = 16  # bytes, of the payload as a whole


def _cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(derive(file_key, salt=nonce, info=b"payload"))


def _counter(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def write_payload(plaintext: bytes, file_key: bytes) -> bytes:
    """Return the payload for `plaintext` under a fresh nonce."""
    nonce = os.urandom(NONCE)
    cipher = _cipher(file_key, nonce)
    starts = range(0, max(len(plaintext), 1), CHUNK)
    chunks = [
        cipher.encrypt(_counter(number, last=start == starts[-1]), plaintext[start : start + CHUNK], None)
        for number, start in enumerate(starts)
    ]
    return nonce + b"".join(chunks)


def read_payload(payload: bytes, file_key: bytes) -> bytes:
    """Return the plaintext, all of it or none; raise `PayloadError` when any chunk is changed, missing or surplus.

    A payload without its whole nonce is a `HeaderError`, as the vectors have it.
    """
    if len(payload) < NONCE:
        raise HeaderError("the file ends before its payload")
    sealed, cipher = payload[NONCE:], _cipher(file_key, payload[:NONCE])
    starts = range(0, max(len(sealed), 1), CHUNK + TAG)
    chunks = []
    for number, start in enumerate(starts):
        try:
            chunk = cipher.decrypt(
                _counter(number, last=start == starts[-1]), sealed[start : start + CHUNK + TAG], None
            )
        except InvalidTag:
            raise PayloadError("the payload was changed or cut") from None
        if not chunk and number:
            raise PayloadError("the payload ends with an empty chunk")
        chunks.append(chunk)
    return b"".join(chunks)
