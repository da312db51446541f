"""The leak gate: nothing leaves a run before everything written was searched for the live value.

It knows the value and looks for it in every form. What cannot be read is a finding too. `evidence.shape` knows only
what such a value looks like.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from evidence import container, painted, sight
from evidence.error import ScanError
from evidence.finding import UNREADABLE, Finding, every
from evidence.needle import bare_needles, laid_bare, needles, unwritten
from evidence.searcher import Searcher
from evidence.shape import SHAPE, veiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path


class LeakGate:
    """Searches for live values. `optical`: read pictures and films too, where an engine for that is installed.

    `told` hears how many pictures have been read of how many: it takes a while.
    `words`: what was written before there was any value. A value of another shape than a client secret's may be what
    another program left on the clipboard, and hold words that stand there too: those are no trace of it.
    """

    def __init__(
        self,
        values: Sequence[bytes],
        *,
        optical: bool = True,
        words: bytes = b"",
        told: Callable[[int, int], None] = lambda *_: None,
    ) -> None:
        live = {value: b"" if SHAPE.fullmatch(value) else words for value in values if value}
        forms = [needle for value, old in live.items() for needle in needles(value, old)]
        self._exact = Searcher([needle for needle in forms if not needle.folded])
        self._folded = Searcher([needle for needle in forms if needle.folded])
        self._bare = Searcher([needle for value, old in live.items() for needle in bare_needles(value, old)])
        self._visible = [text for value, old in live.items() for text in unwritten(value, old)]
        self.optical = optical and sight.can_read()
        self._told = told

    def search(self, folder: Path, since: datetime | None = None) -> list[Finding]:
        """Return every place below `folder` where a value can be found, and every file that cannot be searched.

        `since`, with a time zone: when the first value can have come to be. What was painted before is not looked at
        as a picture, with some seconds to spare; as bytes everything is searched.
        """
        paths, closed = every(folder)
        found = {Finding(self._name(path, folder), UNREADABLE, unsearched=True) for path in closed}
        found.update(self.in_files(folder, paths))
        if self.optical:
            try:
                found.update(
                    painted.search(
                        paths,
                        folder,
                        since,
                        named=lambda path: self._name(path, folder),
                        legible=self._legible,
                        told=self._told,
                    )
                )
            except ScanError as error:
                found.add(Finding("pictures and films", error.message, unsearched=True))
        return sorted(found)

    def in_files(self, folder: Path, paths: Iterable[Path]) -> list[Finding]:
        """Return as `search` does, of these files below `folder` alone, which another program may be removing.

        How pictures look is left out.
        """
        found: set[Finding] = set()
        for path in paths:
            try:
                found.update(self._in_file(path, folder))
            except FileNotFoundError:
                continue
            except OSError:
                found.add(Finding(self._name(path, folder), UNREADABLE, unsearched=True))
        return sorted(found)

    def in_bytes(self, data: bytes, name: str = "text") -> list[Finding]:
        """Return how a value can be found in `data`, containers opened; for what was printed rather than written."""
        found = set()
        for piece in container.unpacked(name, data):
            how = "" if piece.closed else self._how(piece.body)
            if piece.closed or how:
                way = name + self._veiled(piece.way[len(name) :])
                found.add(Finding(way, piece.closed or f"the value can be read, {how}", unsearched=not how))
        return sorted(found)

    def _in_file(self, path: Path, folder: Path) -> Iterator[Finding]:
        path.lstat()  # or else it was removed just now
        name = self._name(path, folder)
        in_name = self._in_text(path.relative_to(folder).as_posix())
        if in_name:
            yield Finding(f"name of {name}", f"the value can be read, {in_name}")
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield Finding(name, "it is not a regular file", unsearched=True)
            return
        if path.is_file():
            yield from self.in_bytes(path.read_bytes(), name)
        for key, value in _attributes(path):
            yield from self.in_bytes(value, name + self._veiled(f"!attribute {key}"))

    def _name(self, path: Path, folder: Path) -> str:
        """Return where `path` is below `folder`; a name that holds the value is a number, by the order of names."""
        name = path.relative_to(folder).as_posix()
        if not self._in_text(name):
            return name
        told, place = [], folder
        for part in path.relative_to(folder).parts:
            told.append(f"(entry {_number(place, part)}, whose name holds it)" if self._in_text(part) else part)
            place /= part
        return self._veiled("/".join(told))

    def _veiled(self, way: str) -> str:
        """Return a way into a container, without the names in it that hold the value."""
        if not self._in_text(way):
            return veiled(way)
        told = "".join("(a name that holds it)" if self._in_text(part) else part for part in re.split("([!/])", way))
        return "(a path that holds it)" if self._in_text(told) else told

    def _in_text(self, text: str) -> str:
        """Return in which form a value stands in a name, empty for none."""
        return next((how for piece in container.unpacked("", os.fsencode(text)) if (how := self._how(piece.body))), "")

    def _how(self, data: bytes) -> str:
        """Return in which form a value stands in `data`, empty for none."""
        how = self._written(data)
        if how or container.is_film(data) or container.is_picture(data):
            return how
        if b"\0" in data and (how := self._written(data.replace(b"\0", b""))):  # as text of two bytes a character
            return how
        return next((found for body in laid_bare(data) if (found := self._bare.first(body))), "")

    def _written(self, data: bytes) -> str:
        return self._exact.first(data) or self._folded.first(data.lower())

    def _legible(self, text: str) -> bool:
        return any(sight.legible(visible, text) for visible in self._visible)


def _number(folder: Path, name: str) -> int:
    """Return the place of a name in its folder, from 1; 0 where nobody can look any more."""
    try:
        return sum(one.name <= name for one in folder.iterdir())
    except OSError:
        return 0


def _attributes(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the extended attributes of a file, where the system has them."""
    if not hasattr(os, "listxattr"):
        return
    for key in os.listxattr(path):
        yield key, os.getxattr(path, key) + b"\n" + key.encode()
