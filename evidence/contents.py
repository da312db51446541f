"""What lies in the folder of a recording, looked at before any of it is read: kinds and rights, then digests.

A link leads elsewhere, a pipe never ends, and what cannot be read cannot be checked: where there is any of that,
nothing in the folder is read at all.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from evidence import package

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """Yield every file that is missing, changed, or not listed; there is nothing irregular."""
    found = {path.relative_to(folder).as_posix(): path for path in _every(folder, []) if path.is_file()}
    for name, path in found.items():
        if name not in listed and name not in package.UNLISTED:
            yield f"{name}: it is in no manifest"
        elif name in listed and package.file_digest(path) != listed[name]:
            yield f"{name}: it was changed"
    for name in sorted(listed.keys() - found.keys()):
        yield f"{name}: it is missing"


def _every(folder: Path, faults: list[str]) -> Iterator[Path]:
    """Yield everything below `folder`; a folder that cannot be read is among `faults` then."""

    def tell(error: OSError) -> None:
        name = Path(str(error.filename)).relative_to(folder).as_posix()
        faults.append(f"{name}: {_UNREADABLE}")

    for place, folders, names in os.walk(folder, onerror=tell):
        yield from (Path(place, entry) for entry in sorted([*folders, *names]))
