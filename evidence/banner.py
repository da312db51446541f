"""The strip above each picture: static words that say which run, step, person and time the picture belongs to.

The words are drawn by the page's own fonts on a canvas that is never part of the page, and set above the picture in
the PNG itself; the page, and so what the picture shows, is left as it is. PNG is described by W3C's PNG specification.
"""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import Error as BrowserError

from evidence.error import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page as Tab

_TRIES = 5  # a page may be left while it draws
HEIGHT = 44  # px, at a device pixel ratio of 1: two lines
_ADLER = 65_521  # the largest prime below 2 to the 16th
_MAGIC = b"\x89PNG\r\n\x1a\n"
_COLOURS = {2: 3, 6: 4}  # PNG colour type -> bytes a pixel: red, green, blue, and opacity with 6
_DRAW = """async ([text, width, height]) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = 'black';
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'white';
  context.textBaseline = 'middle';
  const size = Math.round(height * 0.3);
  context.font = `${size}px ui-monospace, "DejaVu Sans Mono", Consolas, Menlo, monospace`;
  text.split('\\n').forEach((line, at) => context.fillText(line, size / 2, height * (at ? 0.72 : 0.28), width - size));
  const pixels = context.getImageData(0, 0, width, height).data;
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1) grey[at] = pixels[at * 4];
  const squeezed = new Blob([grey]).stream().pipeThrough(new CompressionStream('deflate'));
  const bytes = new Uint8Array(await new Response(squeezed).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
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
class Picture:
    """The parts of a PNG that matter here."""

    width: int
    height: int
    colours: int  # bytes a pixel
    header: bytes  # IHDR after width and height
    squeezed: bytes  # all IDAT together


def stamped(png: bytes, tab: Tab, text: str) -> bytes:
    """Return `png` with `text`, two lines, in a strip above it, drawn by `tab`.

    Raises `EvidenceError` for another kind of PNG.
    """
    picture = read(png)
    height = HEIGHT * max(1, round(picture.width / max(1, int(tab.evaluate("innerWidth")))))
    grey = zlib.decompress(_drawn(tab, _DRAW, [text, picture.width, height]))
    return _written(picture, _rows(picture, grey, height), height)


def card(tab: Tab, text: str, width: int, height: int) -> bytes:
    """Return a JPEG of that size that says `text` and shows nothing of the page."""
    return _drawn(tab, _CARD, [text, width, height])


def _drawn(tab: Tab, script: str, asked: list[str | int]) -> bytes:
    """Return what `script` draws in `tab`. A page that is just being left is asked again, on the one that comes."""
    for _ in range(_TRIES):
        try:
            return base64.b64decode(tab.evaluate(script, asked))
        except BrowserError:
            if tab.is_closed():
                break
    raise EvidenceError("the browser did not draw the banner")


def read(png: bytes) -> Picture:
    """Take a PNG apart."""
    squeezed = b""
    header = b""
    for kind, body in chunks(png):
        if kind == b"IHDR":
            header = body
        elif kind == b"IDAT":
            squeezed += body
    width, height = struct.unpack(">II", header[:8]) if header else (0, 0)
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


def beneath(png: bytes) -> bytes:
    """Return what tells a picture from others but for the words of its banner; all of it where it has none."""
    try:
        picture = read(png)
        rows = zlib.decompress(picture.squeezed)
    except (EvidenceError, zlib.error, IndexError):
        return png
    row = 1 + picture.width * picture.colours
    strip = rows[: HEIGHT * row]
    ours = not any(strip[::row]) and not any(strip[-row:])  # unfiltered rows, the last one black: see `_rows`
    return rows[HEIGHT * row :] if ours else png


def _rows(picture: Picture, grey: bytes, height: int) -> bytes:
    """Return the strip as unfiltered rows.

    The last one is all zeros: the picture's first row may be written as a difference to the row above it, which was
    zeros when there was none, so the picture needs no decoding.
    """
    rows = bytearray()
    for number in range(height - 1):
        line = grey[number * picture.width : (number + 1) * picture.width]
        row = bytearray(b"\xff" * (picture.width * picture.colours))
        for channel in range(3):
            row[channel :: picture.colours] = line
        rows += b"\x00" + row
    return bytes(rows + bytes(1 + picture.width * picture.colours))


def _written(picture: Picture, strip: bytes, height: int) -> bytes:
    """Set the strip before the picture's rows without unpacking these: compressed streams can be joined (RFC 1951).

    The strip's blocks end at a byte and are not the last, and the picture's refer to nothing before themselves. Only
    the checksum over both (RFC 1950) has to be worked out from the two.
    """
    packer = zlib.compressobj(4, wbits=-zlib.MAX_WBITS)
    packed = packer.compress(strip) + packer.flush(zlib.Z_FULL_FLUSH)
    length = picture.height * (1 + picture.width * picture.colours)
    checksum = _joined(zlib.adler32(strip), int.from_bytes(picture.squeezed[-4:], "big"), length)
    body = b"\x78\x9c" + packed + picture.squeezed[2:-4] + struct.pack(">I", checksum)
    header = struct.pack(">II", picture.width, picture.height + height) + picture.header
    return _MAGIC + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _joined(first: int, second: int, length: int) -> int:
    """Return the Adler-32 of two pieces from their own, and the length of the second."""
    low = ((first & 0xFFFF) + (second & 0xFFFF) - 1) % _ADLER
    high = ((first >> 16) + (second >> 16) + length * ((first & 0xFFFF) - 1)) % _ADLER
    return high << 16 | low


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
