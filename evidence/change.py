"""What is new in pictures of one thing: each is cut down to the rows that differ from what was last kept of them.

A film shows the same things over and over, and reading letters takes half a second a frame. A row is left out only
when every pixel of it is within `NOISE` of the row as it was last kept, so that what fades in slowly is seen as well.
Rows are kept in their whole width: of a word that is typed letter by letter each letter alone could not be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from evidence.error import ScanError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOISE = 16  # of 255 levels of grey; what compression makes of a still picture stays well below
_MARGIN = 32  # rows kept above and below a change: a line of text is never cut
_GAP = 16  # white rows between two parts


def keep_new(pictures: Iterable[Path], folder: Path) -> dict[Path, Path]:
    """Return those of `pictures` that show anything new, in order, each with a grey picture of that in `folder`.

    Each is compared with those of its size before it. Raises `ScanError` for a file that is no picture, and where there
    is no room for another.
    """
    kept: dict[tuple[int, int], Image.Image] = {}
    told: dict[Path, Path] = {}
    for number, path in enumerate(pictures):
        picture = grey(path)
        last = kept.setdefault(picture.size, picture)
        new = picture
        if last is not picture:
            changed = ImageChops.difference(picture, last).point([255 * (level >= NOISE) for level in range(256)])
            rows = [row for row, any_pixel in enumerate(changed.getprojection()[1]) if any_pixel]
            parts = [(0, begin, picture.width, end) for begin, end in _parts(rows, picture.height)]
            if not parts:
                continue
            new = _stacked([picture.crop(part) for part in parts])
            for part in parts:
                last.paste(picture.crop(part), part)
        told[path] = folder / f"{number:06d}.pgm"
        write(new, told[path])
    return told


def grey(path: Path) -> Image.Image:
    """Return the picture in the file in levels of grey. Raises `ScanError` when there is none."""
    try:
        with Image.open(path) as picture:
            return picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ScanError(f"{path.name}: the picture cannot be read") from None


def write(picture: Image.Image, path: Path) -> None:
    """Write `picture` into the file. Raises `ScanError` where there is no room: what it shows can then not be read."""
    try:
        picture.save(path)
    except OSError:
        raise ScanError(
            f"{path.name}: the pictures cannot be read: there is no room for them in {path.parent}"
        ) from None


def _stacked(parts: list[Image.Image]) -> Image.Image:
    whole = Image.new("L", (parts[0].width, sum(part.height + _GAP for part in parts)), 255)
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height + _GAP
    return whole


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
