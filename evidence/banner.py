"""The strip above each picture: static words that say which run, step, person and time the picture belongs to.

It is set above the picture in the PNG itself; the page, and so what the picture shows, is left as it is.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from evidence import letters, png
from evidence.error import EvidenceError

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

HEIGHT = 44  # px, at a device pixel ratio of 1, and as many times more as that is: two lines


class Banner:
    """Draws the strips of one run: a line for the picture, and a line that is mostly the same as above the last one."""

    def __init__(self) -> None:
        self._same: dict[tuple[str, int], bytes] = {}
        self._ratios: dict[int, int] = {}  # by the width of a picture: pixels of it to one of the page

    def stamped(self, picture: bytes, tab: Tab, first: str, second: str) -> bytes:
        """Return a PNG of what `tab` shows with two lines in a strip above it.

        Raises `EvidenceError` for another kind of picture, and when `tab` does not answer.
        """
        parts = png.read(picture)
        width = parts.width
        if width not in self._ratios:
            self._ratios[width] = max(1, round(width / max(1, letters.ask(tab, "innerWidth"))))
        height = HEIGHT // 2 * self._ratios[width]
        if (second, width) not in self._same:
            self._same = {(second, width): letters.line(tab, second, width, height)}
        grey = letters.line(tab, first, width, height) + self._same[second, width]
        return png.topped(parts, _rows(parts, grey), 2 * height)


def beneath(picture: bytes) -> bytes:
    """Return what tells a picture from others but for the words of its banner; all of it where it has none."""
    try:
        parts = png.read(picture)
        above, *below = (body for kind, body in png.chunks(picture) if kind == b"IDAT")
        strip = zlib.decompressobj().decompress(above)
    except (EvidenceError, zlib.error, IndexError, ValueError):
        return picture
    row = 1 + parts.width * parts.colours
    # Unfiltered rows, whole ones, the last one black, in a chunk of their own: see `_rows` and `png.topped`.
    ours = below and not (len(strip) % row or any(strip[::row]) or any(strip[-row:]))
    return parts.header + b"".join(below)[: -png.CHECKSUM] if ours else picture


def _rows(picture: png.Picture, grey: bytes) -> bytes:
    """Return the strip, a byte a pixel, as unfiltered rows of the picture's colours.

    The last one is all zeros: the picture's first row may be written as a difference to the row above it, which was
    zeros when there was none, so the picture needs no decoding.
    """
    rows = bytearray()
    for at in range(0, len(grey) - picture.width, picture.width):
        row = bytearray(b"\xff" * (picture.width * picture.colours))
        for channel in range(3):
            row[channel :: picture.colours] = grey[at : at + picture.width]
        rows += b"\x00" + row
    return bytes(rows) + bytes(1 + picture.width * picture.colours)
