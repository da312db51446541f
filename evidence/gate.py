"""The leak gate: nothing leaves a run before everything written was searched for the live value.

`LeakGate` knows the value and looks for it in every form; `shape_search` knows only what such a value looks like, so
that anybody can run it, and says where something of that shape stands. What cannot be read is a finding too.
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
from evidence.needle import bare_needles, laid_bare, needles, unwritten
from evidence.searcher import Searcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Two public scanners (Microsoft's security utilities, gitleaks) publish this shape: 3, a version digit, `Q~`, 31 to 34.
SHAPE = re.compile(rb"[A-Za-z0-9~._-]{3}[78]Q~[A-Za-z0-9~._-]{31,34}")
_MARK, _MARK_AT = b"Q~", 4  # of the shape, and how many bytes from its beginning
_UNREADABLE = "it cannot be searched"
_MARGIN = timedelta(seconds=5)  # a screen grabber's first frame comes some time after it was started


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Where a value, or something that nobody can search, was found. Holds no part of the value."""

    path: str
    how: str

    def __str__(self) -> str:
        return f"{self.path}: {self.how}"


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
        found: set[Finding] = set()
        pictures: list[Path] = []
        for path in _every(folder):
            name = path.relative_to(folder).as_posix()
            try:
                found.update(self._in_file(path, name))
                if self.optical and path.is_file():
                    with path.open("rb") as file:
                        head = file.read(16)
                    if container.is_picture(head) or container.is_film(head):
                        pictures.append(path)
            except (ScanError, OSError) as error:
                found.add(Finding(name, error.message if isinstance(error, ScanError) else _UNREADABLE))
        found.update(self._in_pictures(pictures, folder, since - _MARGIN if since else None))
        return sorted(found)

    def in_files(self, folder: Path, paths: Iterable[Path]) -> list[Finding]:
        """Return as `search` does, of these files below `folder` alone, which another program may be removing.

        How pictures look is left out.
        """
        found: set[Finding] = set()
        for path in paths:
            name = path.relative_to(folder).as_posix()
            try:
                if path.exists():
                    found.update(self._in_file(path, name))
            except FileNotFoundError:
                continue
            except (ScanError, OSError) as error:
                found.add(Finding(name, error.message if isinstance(error, ScanError) else _UNREADABLE))
        return sorted(found)

    def in_bytes(self, data: bytes, name: str = "text") -> list[Finding]:
        """Return how a value can be found in `data`, containers opened; for what was printed rather than written."""
        found = set()
        for way, body in container.unpacked(name, data):
            how = self._how(body)
            if how:
                found.add(Finding(way, f"the value can be read, {how}"))
        return sorted(found)

    def _in_file(self, path: Path, name: str) -> Iterator[Finding]:
        yield from self.in_bytes(name.encode("utf-8", "surrogateescape"), f"name of {name}"[:200])
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            yield Finding(name, "it is not a regular file")
        elif path.is_file():
            yield from self.in_bytes(path.read_bytes(), name)
            for key, value in _attributes(path):
                yield from self.in_bytes(value, f"{name}!attribute {key}")

    def _how(self, data: bytes) -> str:
        """Return in which form a value stands in `data`, empty for none."""
        how = self._exact.first(data) or self._folded.first(data.lower())
        if how or container.is_film(data) or container.is_picture(data):
            return how
        return next((found for body in laid_bare(data) if (found := self._bare.first(body))), "")

    def _in_pictures(self, paths: Sequence[Path], folder: Path, since: datetime | None) -> Iterator[Finding]:
        began = _beginnings(folder) if since else {}
        with tempfile.TemporaryDirectory(prefix="keyturn-") as spool:
            alike: dict[bytes, list[Picture]] = {}
            for number, path in enumerate(paths):
                name = path.relative_to(folder).as_posix()
                try:
                    skip = (since - began[name]).total_seconds() if since and name in began else 0.0
                    for picture in _pictures_of(path, name, Path(spool, str(number)), since, skip):
                        alike.setdefault(picture.looks, []).append(picture)
                except ScanError as error:
                    yield Finding(name, error.message)
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


def shape_search(folder: Path, paths: Iterable[Path] | None = None) -> list[Finding]:
    """Return every place below `folder` where something of a client secret's shape stands. Knows no secret.

    `paths`: only these are looked at. Raises `ScanError` for what cannot be searched.
    """
    found = set()
    for path in _every(folder) if paths is None else paths:
        name = path.relative_to(folder).as_posix()
        sources = [(name, name.encode("utf-8", "surrogateescape"))]
        if path.is_file() and not path.is_symlink():
            sources += container.unpacked(name, _read(path, name))
        for way, body in sources:
            bodies = (
                [body] if container.is_film(body) or container.is_picture(body) else [body, body.replace(b"\0", b"")]
            )
            if any(_shaped(one) for one in bodies):
                found.add(Finding(way, "something of a client secret's shape can be read"))
    return sorted(found)


def _shaped(data: bytes) -> bool:
    """Return whether something of the shape stands in `data`: looked for around its mark, since that is seldom."""
    at = data.find(_MARK)
    while at >= 0:
        if at >= _MARK_AT and SHAPE.match(data, at - _MARK_AT):
            return True
        at = data.find(_MARK, at + 1)
    return False


def _read(path: Path, name: str) -> bytes:
    """Return what is in a file, nothing when it was removed just now. Raises `ScanError`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError:
        pass
    raise ScanError(f"{name}: {_UNREADABLE}")


def _every(folder: Path) -> list[Path]:
    return sorted(Path(place, name) for place, folders, names in os.walk(folder) for name in [*folders, *names])


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


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _attributes(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the extended attributes of a file, where the system has them."""
    if not hasattr(os, "listxattr"):
        return
    for key in os.listxattr(path):
        yield key, os.getxattr(path, key) + b"\n" + key.encode()
