"""The age v1 file format, on the primitives of `cryptography`: enough of it to seal small values for good.

Sealing to X25519 recipients and to a passphrase; opening with X25519, passphrase and, where `cryptography` has the
primitives, post-quantum hybrid identities; armor is understood when reading and never written. Whole values in
memory, at most 32 MiB, nothing streamed: nothing is released before everything is authentic. Strict: whatever the
specification lets a reader reject is rejected. No plugins, because a recipient's text must never choose a program.

Source of the format: c2sp.org/age (age-encryption.org/v1). Proven by the CCTV vectors and against two other
implementations in the tests.
"""

from __future__ import annotations

from secrets_store.age.errors import AgeError, ArmorError, HeaderError, MacError, NoMatch, PayloadError
from secrets_store.age.file import Identity, Recipient, open_sealed, seal
from secrets_store.age.hybrid import HybridIdentity
from secrets_store.age.passphrase import PassphraseIdentity, PassphraseRecipient
from secrets_store.age.x25519 import X25519Identity, X25519Recipient

__all__ = [
    "AgeError",
    "ArmorError",
    "HeaderError",
    "HybridIdentity",
    "Identity",
    "MacError",
    "NoMatch",
    "PassphraseIdentity",
    "PassphraseRecipient",
    "PayloadError",
    "Recipient",
    "X25519Identity",
    "X25519Recipient",
    "open_sealed",
    "seal",
]
