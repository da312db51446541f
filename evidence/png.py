"""The parts of a PNG, and how rows are set above a picture without unpacking it. Described by W3C's PNG specification.

Screenshots of a browser are 8-bit pictures in colour, with or without opacity; other kinds are refused.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.error import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKSUM = 4  # bytes at the end of all IDAT together: Adler-32 over every row (RFC 1950)
_ADLER = 65_521  # the largest prime below 2 to the 16th
_HEADER = 13  # bytes of IHDR
_MAGIC = b"\x89PNG\r\n\x1a\n"
_COLOURS = {2: 3, 6: 4}  # PNG colour type -> bytes a pixel: red, green, blue, and opacity with 6


@dataclass(frozen=True, slots=True)
class Picture:
    """The parts of a PNG that matter here."""

    width: int
    height: int
    colours: int  # bytes a pixel
    header: bytes  # IHDR after width and height
    squeezed: bytes  # all IDAT together


def read(png: bytes) -> Picture:
    """Take a PNG apart."""
    squeezed = b""
    header = b""
    for kind, body in chunks(png):
        if kind == b"IHDR":
            header = body
        elif kind == b"IDAT":
            squeezed += body
    if len(header) != _HEADER:
        raise EvidenceError("the picture has no whole PNG header")
    width, height = struct.unpack(">II", header[:8])
    if header[8:9] != b"\x08" or header[9] not in _COLOURS or header[12]:
        raise EvidenceError("the picture is not an 8-bit colour PNG")
    return Picture(width, height, _COLOURS[header[9]], header[8:], squeezed)


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the type and body of each chunk of a PNG."""
    if not png.startswith(_MAGIC):
        raise EvidenceError("the picture is not a PNG")
    at = len(_MAGIC)
    while at + 8 <= len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def topped(picture: Picture, strip: bytes, height: int) -> bytes:
    """Return the PNG with `strip` above it: `height` unfiltered rows, the last of them all zeros.

    The picture's own rows are not unpacked: compressed streams can be joined (RFC 1951). The strip's blocks end at a
    byte and are not the last, and the picture's refer to nothing before themselves. Only the checksum over both
    (RFC 1950) has to be worked out from the two. The strip has an IDAT chunk of its own.
    """
    packer = zlib.compressobj(4, wbits=-zlib.MAX_WBITS)
    packed = packer.compress(strip) + packer.flush(zlib.Z_FULL_FLUSH)
    length = picture.height * (1 + picture.width * picture.colours)
    checksum = _joined(zlib.adler32(strip), int.from_bytes(picture.squeezed[-CHECKSUM:], "big"), length)
    below = picture.squeezed[2:-CHECKSUM] + struct.pack(">I", checksum)
    header = struct.pack(">II", picture.width, picture.height + height) + picture.header
    parts = ((b"IHDR", header), (b"IDAT", b"\x78\x9c" + packed), (b"IDAT", below), (b"IEND", b""))
    return _MAGIC + b"".join(_chunk(kind, body) for kind, body in parts)


def _joined(first: int, second: int, length: int) -> int:
    """Return the Adler-32 of two pieces from their own, and the length of the second."""
    low = ((first & 0xFFFF) + (second & 0xFFFF) - 1) % _ADLER
    high = ((first >> 16) + (second >> 16) + length * ((first & 0xFFFF) - 1)) % _ADLER
    return high << 16 | low


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
