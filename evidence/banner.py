"""The strip above each picture: static words that say which run, step, person and time the picture belongs to.

The words are drawn by the page's own fonts on a canvas that is never part of the page, and set above the picture in
the PNG itself; the page, and so what the picture shows, is left as it is. What the browser answers stands in the trace
too, so no more than the words takes up is drawn, and what stays the same only once.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError

from evidence import png
from evidence.error import EvidenceError

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

_TRIES = 5  # a page may be left while it draws
HEIGHT = 44  # px, at a device pixel ratio of 1, and as many times more as that is: two lines
_DRAW = """async ([text, width, one]) => {
  const height = one * Math.max(1, Math.round(width / Math.max(1, innerWidth)));
  const size = Math.round(height * 0.6);
  const font = `${size}px ui-monospace, "DejaVu Sans Mono", Consolas, Menlo, monospace`;
  const gauge = new OffscreenCanvas(1, 1).getContext('2d');
  gauge.font = font;
  const long = Math.min(width, Math.ceil(gauge.measureText(text).width) + size);
  const context = new OffscreenCanvas(long, height).getContext('2d');
  context.fillStyle = 'black';
  context.fillRect(0, 0, long, height);
  context.fillStyle = 'white';
  context.textBaseline = 'middle';
  context.font = font;
  context.fillText(text, size / 2, height / 2, width - size);
  const pixels = context.getImageData(0, 0, long, height).data;
  const grey = new Uint8Array(long * height);
  for (let at = 0; at < grey.length; at += 1) grey[at] = pixels[at * 4];
  const squeezed = new Blob([grey]).stream().pipeThrough(new CompressionStream('deflate'));
  const bytes = new Uint8Array(await new Response(squeezed).arrayBuffer());
  return [long, height, btoa(String.fromCharCode(...bytes))];
}"""
_CARD = """async ([text, width, height]) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = '#222';
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'white';
  context.font = '24px sans-serif';
  context.textAlign = 'center';
  context.fillText(text, width / 2, height / 2, width - 48);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}"""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the strip as it is drawn: a byte a pixel, black where it ends before the picture does."""

    width: int
    height: int
    grey: bytes

    def row(self, number: int, width: int) -> bytes:
        return self.grey[number * self.width : (number + 1) * self.width].ljust(width, b"\0")


class Banner:
    """Draws the strips of one run: a line for the picture, and a line that is mostly the same as above the last one."""

    def __init__(self) -> None:
        self._same: dict[tuple[str, int, int], _Line] = {}

    def stamped(self, picture: bytes, tab: Tab, first: str, second: str) -> bytes:
        """Return a PNG with two lines in a strip above it, drawn by `tab`.

        Raises `EvidenceError` for another kind of picture, and when `tab` does not draw.
        """
        parts = png.read(picture)
        above = _line(tab, first, parts.width)
        key = (second, parts.width, above.height)
        if key not in self._same:
            self._same = {key: _line(tab, second, parts.width)}
        below = self._same[key]
        return png.topped(parts, _rows(parts, above, below), above.height + below.height)


def card(tab: Tab, text: str, width: int, height: int) -> bytes:
    """Return a JPEG of that size that says `text` and shows nothing of the page."""
    return base64.b64decode(_drawn(tab, _CARD, [text, width, height]))


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


def _line(tab: Tab, text: str, width: int) -> _Line:
    long, height, packed = _drawn(tab, _DRAW, [text, width, HEIGHT // 2])
    return _Line(long, height, zlib.decompress(base64.b64decode(packed)))


def _drawn(tab: Tab, script: str, asked: list[str | int]) -> Any:
    """Return what `script` draws in `tab`. A page that is just being left is asked again, on the one that comes."""
    for _ in range(_TRIES):
        try:
            return tab.evaluate(script, asked)
        except BrowserError:
            if tab.is_closed():
                break
    raise EvidenceError("the browser did not draw the banner")


def _rows(picture: png.Picture, *lines: _Line) -> bytes:
    """Return the strip as unfiltered rows.

    The last one is all zeros: the picture's first row may be written as a difference to the row above it, which was
    zeros when there was none, so the picture needs no decoding.
    """
    rows = bytearray()
    for line in lines:
        for number in range(line.height):
            row = bytearray(b"\xff" * (picture.width * picture.colours))
            for channel in range(3):
                row[channel :: picture.colours] = line.row(number, picture.width)
            rows += b"\x00" + row
    last = 1 + picture.width * picture.colours
    return bytes(rows[:-last] + bytes(last))
