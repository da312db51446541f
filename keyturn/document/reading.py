"""From a file to a `Runbook`."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from keyturn.document import flow
from keyturn.document.grammar import RUNBOOK, Use
from keyturn.document.kind import Reader
from keyturn.document.tree import LARGEST, Entries, Node, Scalar, compose
from keyturn.fault import Faults, Faulty
from keyturn.model import FORMAT, Place, Procedure, Runbook, Source

if TYPE_CHECKING:
    from pathlib import Path

_NOTHING_READ: dict[str, Any] = {
    "format": FORMAT,
    "revision": 1,
    "title": "",
    "procedure": Procedure(file="", sha256="", source=Source(name="", sha256="")),
    "inputs": {},
    "secrets": {},
    "portals": {},
    "steps": (),
    "always": (),
}


def load(path: Path) -> Runbook:
    """Return the runbook in `path`. Raises `Faulty` (an `Invalid`) with all faults, sorted by place.

    What needs the pages or the procedure is not looked at here but by `keyturn.check`.
    """
    faults = Faults()
    runbook = read(path, faults)
    if faults or runbook is None:  # One goes with the other; the type checker cannot know.
        raise Faulty(faults.sorted())
    return runbook


def read(path: Path, faults: Faults, trail: tuple[Path, ...] = ()) -> Runbook | None:
    """Return as much of the runbook in `path` as could be read, with what is wrong added to `faults`.

    `trail` holds the resolved paths of the runbooks that lead to this one by `use`.
    """
    try:
        raw = _raw(path)
    except OSError as error:
        start = Place(str(path), 1, 1)
        faults.add(start, "", f"it cannot be read: {(error.strerror or 'no reason given').lower()}")
        return None
    text, root = compose(raw, str(path), faults)
    if root is None or not _known_format(root, faults):
        return None
    reader = Reader(faults)
    found = RUNBOOK.read(root, (), reader)
    if not isinstance(found, dict):
        return None
    if found.get("name", path.stem) != path.stem:
        faults.add(
            reader.places["runbook",],
            "runbook",
            "a runbook is named as its file",
            found=found["name"],
            allowed=[path.stem],
        )
    entries = found.pop("steps", ())
    values = _NOTHING_READ | {"name": path.stem} | found
    runbook = Runbook(**values | {"steps": ()}, places=reader.places, path=str(path), text=text)
    own = flow.Own(runbook, entries, reader)
    trail = (*trail, path.resolve())
    for index, entry in enumerate(entries):
        if isinstance(entry, Use) and entry.use:
            own.included[index] = _included(path.parent / entry.use, index, own, trail)
    return flow.flattened(own)


def _raw(path: Path) -> bytes:
    """Return what stands in a file, and no more than one byte too many. A pipe would be waited for without end."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not a file")
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _included(path: Path, index: int, own: flow.Own, trail: tuple[Path, ...]) -> Runbook | None:
    place, label = own.at(index, "use")
    if path.resolve() in trail:
        own.reader.faults.add(place, label, "this runbook leads back to itself by `use`", found=path.name)
        return None
    if not path.is_file():
        beside = sorted(file.name for file in path.parent.glob("*.yaml"))
        own.reader.faults.add(place, label, "no such runbook beside this one", found=path.name, allowed=beside)
        return None
    return read(path, own.reader.faults, trail)


def _known_format(root: Node, faults: Faults) -> bool:
    """Say whether the document's format is ours; a format of another time is not judged by the rules of this one."""
    for key, value in root.entries if isinstance(root, Entries) else ():
        if key.value == "format" and isinstance(value, Scalar) and value.value.isdigit() and value.value != str(FORMAT):
            message = f"this format is not known; keyturn reads format {FORMAT}"
            faults.add(value.place, "format", message, found=value.value[:20], allowed=[str(FORMAT)])
            return False
    return True
