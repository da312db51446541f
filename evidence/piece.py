"""What a search looks at: bytes, and the way to them."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 1 << 30  # bytes that one file may unfold to


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes and the way in; or why what is there cannot be searched, `closed`."""

    way: str
    body: bytes
    closed: str = ""
