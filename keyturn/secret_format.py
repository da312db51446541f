"""The shape of an Entra ID client secret, and values of that shape for practice.

A current value has 40 characters: 3 free ones, the mark `8Q~`, 31 free ones and a checksum of 3; an older one has 37
with the mark `7Q~` and no checksum. The alphabet is a-z A-Z 0-9 `.` `-` `_` `~`. Source: the identifiable-secret rule
SEC101/156 of microsoft/security-utilities, with the algorithm of its checksum and its published vectors. Microsoft
Graph itself promises only 16 to 64 characters, so that another shape is a warning, but a wrong checksum is a fault.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~"
_SEED = 0x4161645077643030
_CURRENT = re.compile(r"[A-Za-z0-9._~-]{3}8Q~[A-Za-z0-9._~-]{34}")
_OLDER = re.compile(r"[A-Za-z0-9._~-]{3}7Q~[A-Za-z0-9._~-]{31}")
_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\}?")
_WORD = 0xFFFFFFFF
SHORTEST, LONGEST = 16, 64  # characters, as Microsoft Graph documents for secretText


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a value, never the value. `certain` findings refuse it; others an operator may accept."""

    says: str
    certain: bool


def marvin32(data: bytes, seed: int) -> int:
    """Return the 64-bit Marvin hash of `data`: high word in the upper half, as microsoft/security-utilities does."""
    low, high = seed & _WORD, seed >> 32

    def mix(low: int, high: int) -> tuple[int, int]:
        high ^= low
        low = _rotated(low, 20)
        low = (low + high) & _WORD
        high = _rotated(high, 9)
        high ^= low
        low = _rotated(low, 27)
        low = (low + high) & _WORD
        return low, _rotated(high, 19)

    whole = len(data) - len(data) % 4
    for start in range(0, whole, 4):
        low = (low + int.from_bytes(data[start : start + 4], "little")) & _WORD
        low, high = mix(low, high)
    low = (low + int.from_bytes(data[whole:] + b"\x80", "little")) & _WORD
    low, high = mix(low, high)
    low, high = mix(low, high)
    return high << 32 | low


def _rotated(word: int, bits: int) -> int:
    return (word << bits | word >> (32 - bits)) & _WORD


def checksum(body: str) -> str:
    """Return the 3 characters that end a current secret whose first 37 are `body`."""
    digest = marvin32(body.encode("latin-1"), _SEED)
    number = digest >> 32 ^ digest & _WORD
    digits = ""
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits.rjust(6, ALPHABET[0])[:3]


def is_guid(value: str) -> bool:
    """Return whether `value` is a GUID, as a Secret ID is."""
    return bool(_GUID.fullmatch(value.strip()))


def faults(value: str) -> list[Finding]:
    """Say what is wrong with a copied `value` as an Entra client secret; an empty list means nothing."""
    if not value:
        return [Finding("nothing was copied", certain=True)]
    if value != value.strip():
        return [Finding("it begins or ends with white space", certain=True)]
    if is_guid(value):
        return [Finding("it is a GUID: that is the Secret ID, not the Value", certain=True)]
    if "…" in value or value.endswith("..."):
        return [Finding("it was cut short", certain=True)]
    if re.search(r"[^\x21-\x7e]|\*{3}|[•●]", value):
        return [Finding("it holds characters that no secret has", certain=True)]
    if not SHORTEST <= len(value) <= LONGEST:
        return [Finding(f"it has {len(value)} characters; a secret has {SHORTEST} to {LONGEST}", certain=True)]
    if _CURRENT.fullmatch(value):
        wrong = checksum(value[:-3]) != value[-3:]
        return [Finding("its checksum is wrong: it was cut, mixed up or mistyped", certain=True)] if wrong else []
    if _OLDER.fullmatch(value):
        return []
    if re.match(r"[A-Za-z0-9._~-]{3}[78]Q~", value):
        return [Finding("it has the mark of a client secret but the wrong length: it was cut", certain=True)]
    return [Finding("its format is not one that is known", certain=False)]


def make() -> str:
    """Return a made-up value of the current shape with the right checksum. No portal knows it."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(34))
    body = f"{body[:3]}8Q~{body[3:]}"
    return body + checksum(body)
