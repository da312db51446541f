"""Pictures and films, searched as a person sees them: made grey, and of those that look the same one is read."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from evidence import banner, change, container, sight
from evidence.error import ScanError
from evidence.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

_MARGIN = timedelta(seconds=5)  # a screen grabber's first frame comes some time after it was started


@dataclass(slots=True)
class _Reading:
    """Reads pictures, and tells how many have been read of how many there are to read."""

    told: Callable[[int, int], None]
    total: int
    done: int = 0

    def __call__(self, pictures: Sequence[Path]) -> dict[Path, str]:
        """Return what is written in each. Raises `ScanError` when one cannot be read."""
        before = self.done
        said = sight.read(pictures, lambda read: self.told(before + read, self.total))
        self.done += len(pictures)
        return said


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be read: grey, in a file; the name to report it by; what tells that two look the same."""

    grey: Path
    name: str
    looks: bytes
    taken: float | None  # seconds since the epoch, of one by itself; a film's frames are cut down already


def search(  # noqa: PLR0913  # keywords, each a part of what is asked
    paths: Iterable[Path],
    folder: Path,
    since: datetime | None,
    *,
    named: Callable[[Path], str],
    legible: Callable[[str], bool],
    told: Callable[[int, int], None],
) -> Iterator[Finding]:
    """Yield each picture and frame below `folder` in which a value can be read, and each that cannot be looked at.

    `since`: what was painted before is left out, with some seconds to spare. `named` gives the name to report a file
    by; `legible` says whether a value can be made out in what was read; `told` hears how many pictures have been read
    of how many. Raises `ScanError` where nothing can be read.
    """
    since = since - _MARGIN if since else None
    began = _beginnings(folder) if since else {}
    with tempfile.TemporaryDirectory(prefix="keyturn-") as spool:
        alike: dict[bytes, list[Picture]] = {}
        for number, path in enumerate(filter(_is_painted, paths)):
            name = path.relative_to(folder).as_posix()
            try:
                skip = (since - began[name]).total_seconds() if since and name in began else 0.0
                for picture in _pictures_of(path, named(path), Path(spool, str(number)), since, skip):
                    alike.setdefault(picture.looks, []).append(picture)
            except ScanError as error:
                yield Finding(named(path), error.message.removeprefix(f"{path.name}: "), unsearched=True)
        first = [same[0] for same in alike.values()]
        frames = [one.grey for one in first if one.taken is None]
        stills = sorted((one for one in first if one.taken is not None), key=lambda one: one.taken or 0)
        inorder = [one.grey for one in stills]
        Path(spool, "new").mkdir()
        new = change.keep_new(inorder, Path(spool, "new"))
        reading = _Reading(told, len(new) + len(frames))
        texts = _in_stills(inorder, new, reading, legible) | reading(frames)
        for same in alike.values():
            if legible(texts[same[0].grey]):
                yield from (Finding(one.name, "the value can be read in the picture") for one in same)


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


def _in_stills(
    stills: Sequence[Path], new: Mapping[Path, Path], reading: _Reading, legible: Callable[[str], bool]
) -> dict[Path, str]:
    """Return what is written in each still: of one after another only what is `new`, unless a value is in there.

    Then all of each is read, so that every picture that shows it is named.
    """
    said = reading(list(new.values()))
    if any(legible(text) for text in said.values()):
        reading.total += len(stills)
        return reading(stills)
    return {still: said[new[still]] if still in new else "" for still in stills}


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
