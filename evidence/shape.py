"""The search that knows no secret: anybody can look for what has the shape of one."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from evidence import container
from evidence.finding import UNREADABLE, Finding, every
from evidence.piece import Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# Two public scanners (Microsoft's security utilities, gitleaks) publish this shape: 3, a version digit, `Q~`, 31 to 34.
SHAPE = re.compile(rb"[A-Za-z0-9~._-]{3}[78]Q~[A-Za-z0-9~._-]{31,34}")
_IN_TEXT = re.compile(SHAPE.pattern.decode())
_MARK, _MARK_AT = b"Q~", 4  # of the shape, and how many bytes from its beginning


def shape_search(folder: Path, paths: Iterable[Path] | None = None) -> list[Finding]:
    """Return every place below `folder` where something of a client secret's shape stands, or that nobody can search.

    Knows no secret. `paths`: only these are looked at.
    """
    found: set[Finding] = set()
    closed: list[Path] = []
    if paths is None:
        paths, closed = every(folder)
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            found.update(_in_file(path, name))
        except FileNotFoundError:  # It was removed just now.
            continue
        except OSError:
            closed.append(path)
    names = (veiled(path.relative_to(folder).as_posix()) for path in closed)
    found.update(Finding(name, UNREADABLE, unsearched=True) for name in names)
    return sorted(found)


def veiled(text: str) -> str:
    """Return what is to be told of a file or a way, without what has the shape: a name may hold a secret as well."""
    return _IN_TEXT.sub("(a secret's shape)", text)


def shaped(data: bytes) -> bool:
    """Return whether something of the shape stands in `data`: looked for around its mark, since that is seldom."""
    at = data.find(_MARK)
    while at >= 0:
        if at >= _MARK_AT and SHAPE.match(data, at - _MARK_AT):
            return True
        at = data.find(_MARK, at + 1)
    return False


def _in_file(path: Path, name: str) -> Iterator[Finding]:
    pieces = [Piece(name, os.fsencode(name))]
    if path.is_file() and not path.is_symlink():
        pieces += container.unpacked(name, path.read_bytes())
    for piece in pieces:
        if piece.closed:
            yield Finding(veiled(piece.way), piece.closed, unsearched=True)
        elif any(shaped(body) for body in _bodies(piece.body)):
            yield Finding(veiled(piece.way), "something of a client secret's shape can be read")


def _bodies(data: bytes) -> list[bytes]:
    return [data] if container.is_film(data) or container.is_picture(data) else [data, data.replace(b"\0", b"")]
