"""What lies in the folder of a recording, looked at before any of it is read: kinds and rights, then digests.

A link leads elsewhere, a pipe never ends, and what cannot be read cannot be checked: where there is any of that,
nothing in the folder is read at all.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence import package

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_ROOMS = frozenset(
    f"{package.PAYLOAD}/{room}" for room in ("pictures", "video", "trace", "approvals")
)  # may stay empty
_UNREADABLE = "it cannot be read"


def irregular(folder: Path) -> list[str]:
    """Return everything that is neither a file nor a folder, or cannot be read; each fault begins with its name."""
    faults: list[str] = []
    for path in _every(folder, faults):
        name = path.relative_to(folder).as_posix()
        try:
            mode = path.lstat().st_mode
            readable = os.access(path, os.R_OK)
        except OSError:
            mode, readable = stat.S_IFREG, False
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            faults.append(f"{name}: it is not a regular file")
        elif stat.S_ISREG(mode) and not readable:
            faults.append(f"{name}: {_UNREADABLE}")
    return faults


def wrong(folder: Path, listed: dict[str, str]) -> Iterator[str]:
    """Yield every file that is missing, changed, or not listed, and folders of nothing; there is nothing irregular."""
    every = {path.relative_to(folder).as_posix(): path for path in _every(folder, [])}
    found = {name: path for name, path in every.items() if path.is_file()}
    used = {Path(name).parent.as_posix() for name in every} | _ROOMS
    for name in sorted(every.keys() - found.keys() - used):
        yield f"{name}: a folder with nothing in it"
    for name, path in found.items():
        if name not in listed and name not in package.UNLISTED:
            yield f"{name}: it is in no manifest"
        elif name in listed and package.file_digest(path) != listed[name]:
            yield f"{name}: it was changed"
    for name in sorted(listed.keys() - found.keys()):
        yield f"{name}: it is missing"


def unkept(folder: Path, entries: Iterable[Mapping[str, Any]], listed: Collection[str]) -> Iterator[str]:
    """Yield each picture that the journal tells of, and each film that `recorded.json` does, and that is not there."""
    places = {place.as_posix() for name in listed for place in (Path(name), *Path(name).parents)}
    for number, entry in enumerate(entries, 1):
        if entry["kind"] == "pictured" and f"{package.PAYLOAD}/{entry.get('path')}" not in places:
            yield f"{package.JOURNAL} line {number}: its picture is missing"
    name = f"{package.PAYLOAD}/recorded.json"
    try:
        films = [str(film["path"]) for film in json.loads((folder / name).read_bytes())["videos"]]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return  # None was told of, or it cannot be read: the report says so.
    yield from (f"{name}: {film} is missing" for film in films if f"{package.PAYLOAD}/{film}" not in places)


def _every(folder: Path, faults: list[str]) -> Iterator[Path]:
    """Yield everything below `folder`; a folder that cannot be read is among `faults` then."""

    def tell(error: OSError) -> None:
        name = Path(str(error.filename)).relative_to(folder).as_posix()
        faults.append(f"{name}: {_UNREADABLE}")

    for place, folders, names in os.walk(folder, onerror=tell):
        yield from (Path(place, entry) for entry in sorted([*folders, *names]))
