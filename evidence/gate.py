"""The leak gate: nothing leaves a run before everything written was searched for the live value.

It knows the value and looks for it in every form. What cannot be read is a finding too. `evidence.shape` knows only
what such a value looks like.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from evidence import banner, change, container, sight
from evidence.error import ScanError
from evidence.finding import UNREADABLE, Finding, every
from evidence.needle import bare_needles, laid_bare, needles, unwritten
from evidence.searcher import Searcher
from evidence.shape import SHAPE, veiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_MARGIN = timedelta(seconds=5)  # a screen grabber's first frame comes some time after it was started


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be read: grey, in a file; the name to report it by; what tells that two look the same."""

    grey: Path
    name: str
    looks: bytes
    taken: float | None  # seconds since the epoch, of one by itself; a film's frames are cut down already


class LeakGate:
    """Searches for live values. `optical`: read pictures and films too, where an engine for that is installed.

    `words`: what was written before there was any value. A value of another shape than a client secret's may be what
    another program left on the clipboard, and hold words that stand there too: those are no trace of it.
    """

    def __init__(self, values: Sequence[bytes], *, optical: bool = True, words: bytes = b"") -> None:
        live = {value: b"" if SHAPE.fullmatch(value) else words for value in values if value}
        forms = [needle for value, old in live.items() for needle in needles(value, old)]
        self._exact = Searcher([needle for needle in forms if not needle.folded])
        self._folded = Searcher([needle for needle in forms if needle.folded])
        self._bare = Searcher([needle for value, old in live.items() for needle in bare_needles(value, old)])
        self._visible = [text for value, old in live.items() for text in unwritten(value, old)]
        self.optical = optical and sight.can_read()

    def search(self, folder: Path, since: datetime | None = None) -> list[Finding]:
        """Return every place below `folder` where a value can be found, and every file that cannot be searched.

        `since`, with a time zone: when the first value can have come to be. What was painted before is not looked at
        as a picture, with some seconds to spare; as bytes everything is searched.
        """
        paths, closed = every(folder)
        found = {Finding(self._name(path, folder), UNREADABLE, unsearched=True) for path in closed}
        found.update(self.in_files(folder, paths))
        if self.optical:
            pictures = [path for path in paths if _is_painted(path)]
            try:
                found.update(self._in_pictures(pictures, folder, since - _MARGIN if since else None))
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

    def _in_pictures(self, paths: Sequence[Path], folder: Path, since: datetime | None) -> Iterator[Finding]:
        began = _beginnings(folder) if since else {}
        with tempfile.TemporaryDirectory(prefix="keyturn-") as spool:
            alike: dict[bytes, list[Picture]] = {}
            for number, path in enumerate(paths):
                name = path.relative_to(folder).as_posix()
                try:
                    skip = (since - began[name]).total_seconds() if since and name in began else 0.0
                    for picture in _pictures_of(path, self._name(path, folder), Path(spool, str(number)), since, skip):
                        alike.setdefault(picture.looks, []).append(picture)
                except ScanError as error:
                    yield Finding(
                        self._name(path, folder), error.message.removeprefix(f"{path.name}: "), unsearched=True
                    )
            first = [same[0] for same in alike.values()]
            texts = self._in_stills([one for one in first if one.taken is not None], Path(spool))
            texts |= sight.read([one.grey for one in first if one.taken is None])
            for same in alike.values():
                if self._legible(texts[same[0].grey]):
                    yield from (Finding(one.name, "the value can be read in the picture") for one in same)

    def _in_stills(self, stills: Sequence[Picture], spool: Path) -> dict[Path, str]:
        """Return what is written in each still: of one after another only what is new, unless a value is in there.

        Then all of each is read, so that every picture that shows it is named.
        """
        folder = spool / "new"
        folder.mkdir()
        inorder = [still.grey for still in sorted(stills, key=lambda still: still.taken or 0)]
        new = change.keep_new(inorder, folder)
        said = sight.read(list(new.values()))
        if any(self._legible(text) for text in said.values()):
            return sight.read(inorder)
        return {still: said[new[still]] if still in new else "" for still in inorder}

    def _legible(self, text: str) -> bool:
        return any(sight.legible(visible, text) for visible in self._visible)


def _beginnings(folder: Path) -> dict[str, datetime]:
    """Return when each film of a recording began, by its name below `folder`; without those that do not tell."""
    try:
        videos = json.loads((folder / "data" / "recorded.json").read_bytes())["videos"]
        told = {f"data/{video['path']}": datetime.fromisoformat(video["from"]) for video in videos}
    except (OSError, ValueError, LookupError, TypeError):
        return {}
    return {name: at for name, at in told.items() if at.tzinfo}


def _pictures_of(path: Path, name: str, spool: Path, since: datetime | None, skip: float) -> list[Picture]:
    """Return the pictures in a file: a still that was written after `since`, a film's frames after `skip` seconds."""
    with path.open("rb") as file:
        head = file.read(16)
    spool.mkdir()
    if container.is_picture(head):
        taken = path.stat().st_mtime
        if since is not None and taken < since.timestamp():
            return []
        change.write(change.grey(path), spool / "grey.pgm")
        return [Picture(spool / "grey.pgm", name, _digest(banner.beneath(path.read_bytes())), taken)]
    return [
        Picture(frame, f"{name}, frame {number}", _digest(frame.read_bytes()), None)
        for number, frame in enumerate(sight.frames(path, spool, skip), start=1)
    ]


def _number(folder: Path, name: str) -> int:
    """Return the place of a name in its folder, from 1; 0 where nobody can look any more."""
    try:
        return sum(one.name <= name for one in folder.iterdir())
    except OSError:
        return 0


def _is_painted(path: Path) -> bool:
    """Return whether a file is a picture or a film; of one that cannot be read it is told already."""
    try:
        if path.is_symlink() or not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(16)
    except OSError:
        return False
    return container.is_picture(head) or container.is_film(head)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _attributes(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the extended attributes of a file, where the system has them."""
    if not hasattr(os, "listxattr"):
        return
    for key in os.listxattr(path):
        yield key, os.getxattr(path, key) + b"\n" + key.encode()
