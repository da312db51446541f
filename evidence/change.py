"""What is new in a film's frames: each is cut down to the rows that differ from what was last kept of them.

A film shows the same things over and over, and reading letters takes half a second a frame. A row is left out only
when every pixel of it is within `NOISE` of the row as it was last kept, so that what fades in slowly is seen as well.
Frames are binary portable grey maps (PGM, `P5`, 8 bits), as ffmpeg writes them.
"""

from __future__ import annotations

from operator import sub
from typing import TYPE_CHECKING

from evidence.error import ScanError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOISE = 16  # of 255 levels of grey; what compression makes of a still picture stays well below
_MARGIN = 32  # rows kept above and below a change: a line of text is never cut
_GAP = 16  # white rows between two parts
# Two rows that fall into the same steps of grey differ by less than a step. One that lies across the border of two
# steps lies inside one of those shifted by half.
_STEPS = bytes(level // NOISE for level in range(256))
_SHIFTED = bytes((level + NOISE // 2) // NOISE for level in range(256))


def keep_new(frames: Iterable[Path]) -> list[Path]:
    """Cut each frame down to what is new in it, in place, and return those that have anything new, in order.

    Raises `ScanError` for a file that is not such a grey map.
    """
    kept: list[bytes] = []
    told: list[Path] = []
    for path in frames:
        width, rows = _rows(path)
        if len(kept) != len(rows) or len(kept[0]) != width:
            kept = rows
            told.append(path)
            continue
        parts = _parts([number for number, row in enumerate(rows) if _differ(row, kept[number])], len(rows))
        if not parts:
            continue
        blank = [b"\xff" * width] * _GAP
        new = [row for begin, end in parts for row in (*rows[begin:end], *blank)]
        path.write_bytes(b"P5\n%d %d\n255\n" % (width, len(new)) + b"".join(new))
        told.append(path)
        for begin, end in parts:
            kept[begin:end] = rows[begin:end]
    return told


def _rows(path: Path) -> tuple[int, list[bytes]]:
    magic, size, depth, pixels = (*path.read_bytes().split(b"\n", 3), b"", b"", b"")[:4]
    sides = size.split()
    if magic != b"P5" or depth != b"255" or len(sides) != 2:  # noqa: PLR2004  # width and height
        raise ScanError("a frame cannot be read: it is not a grey map")
    width, height = (int(side) for side in sides)
    if not width * height or len(pixels) != width * height:
        raise ScanError("a frame cannot be read: it is cut short")
    return width, [pixels[at : at + width] for at in range(0, width * height, width)]


def _differ(row: bytes, other: bytes) -> bool:
    if row == other or row.translate(_STEPS) == other.translate(_STEPS):
        return False
    if row.translate(_SHIFTED) == other.translate(_SHIFTED):
        return False
    return any(abs(level) >= NOISE for level in map(sub, row, other))


def _parts(numbers: list[int], height: int) -> list[tuple[int, int]]:
    """Return the ranges of rows around `numbers`, with the margin, those that touch made one."""
    parts: list[tuple[int, int]] = []
    for number in numbers:
        begin, end = max(0, number - _MARGIN), min(height, number + _MARGIN + 1)
        if parts and begin <= parts[-1][1]:
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((begin, end))
    return parts
