"""Words drawn as a picture: in Pillow's own letters where it has them all, else in the fonts of a page.

Pillow's are at hand without the browser, which is asked for nothing then; but they are those of English. Words in any
other, such as the name of a directory, are drawn by a page on a canvas that is never part of it.
"""

from __future__ import annotations

import base64
import io
import string
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Error as BrowserError

from evidence.error import EvidenceError

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

_OWN = frozenset(f"{string.digits}{string.ascii_letters}{string.punctuation} ·“”‘’…")
_FILL = 0.6  # of a line's height that its letters take up
_JPEG = 80
_TRIES = 5  # a page may be left while it draws
_DRAW = """async ([text, width, height, size, ground, centred]) => {
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.fillStyle = `rgb(${ground}, ${ground}, ${ground})`;
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'white';
  context.font = `${size}px sans-serif`;
  context.textBaseline = 'middle';
  context.textAlign = centred ? 'center' : 'left';
  context.fillText(text, centred ? width / 2 : size / 2, height / 2, width - size);
  const pixels = context.getImageData(0, 0, width, height).data;
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1) grey[at] = pixels[at * 4];
  const squeezed = new Blob([grey]).stream().pipeThrough(new CompressionStream('deflate'));
  const bytes = new Uint8Array(await new Response(squeezed).arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}"""


class _Hand(NamedTuple):
    """How words are drawn: the size of the letters in px, the ground in 255 levels of grey, in the middle or not."""

    letters: int
    ground: int
    centred: bool


_ON_CARD = _Hand(24, ground=0x22, centred=True)


def line(tab: Tab, text: str, width: int, height: int) -> bytes:
    """Return a line of that size in px, white on black, a byte a pixel; words too long for it are made smaller.

    `tab` draws what Pillow has no letters for; raises `EvidenceError` when it does not.
    """
    return _drawn(tab, text, (width, height), _Hand(round(height * _FILL), ground=0, centred=False)).tobytes()


def card(tab: Tab, text: str, width: int, height: int) -> bytes:
    """Return a JPEG of that size that says `text` in its middle and shows nothing of the page; raises as `line`."""
    file = io.BytesIO()
    _drawn(tab, text, (width, height), _ON_CARD).save(file, "JPEG", quality=_JPEG)
    return file.getvalue()


def ask(tab: Tab, script: str, argument: Any = None) -> Any:
    """Return what `script` answers in `tab`. A page that is just being left is asked again, on the one that comes.

    Raises `EvidenceError` when none answers.
    """
    for _ in range(_TRIES):
        try:
            return tab.evaluate(script, argument)
        except BrowserError:
            if tab.is_closed():
                break
    raise EvidenceError("the page did not help to draw the banner")


def _drawn(tab: Tab, text: str, size: tuple[int, int], hand: _Hand) -> Image.Image:
    if not _OWN.issuperset(text):
        drawn = ask(tab, _DRAW, [text, *size, *hand])
        return Image.frombytes("L", size, zlib.decompress(base64.b64decode(drawn)))
    picture = Image.new("L", size, hand.ground)
    letters = hand.letters
    while letters > 1 and _font(letters).getlength(text) > size[0] - hand.letters:
        letters -= 1
    at = (size[0] / 2 if hand.centred else hand.letters / 2, size[1] / 2)
    ImageDraw.Draw(picture).text(at, text, fill="white", font=_font(letters), anchor="mm" if hand.centred else "lm")
    return picture


@cache
def _font(letters: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(letters)
    if not isinstance(font, ImageFont.FreeTypeFont):  # built without FreeType, as no wheel of it is
        raise EvidenceError("Pillow has no letters of any size: install it from its wheel")
    return font
