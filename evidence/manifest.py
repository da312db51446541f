"""Reading a manifest as its lines are written: two spaces, LF, one line a file, nothing outside the folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import package

if TYPE_CHECKING:
    from pathlib import Path

_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)\n?")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest lists, and what is wrong with it, each fault beginning with its name and line."""

    entries: dict[str, str]  # file name, as on disk -> digest
    faults: list[str]


def read(folder: Path, name: str) -> Manifest:
    """Read the manifest `name` of the bag in `folder`."""
    try:
        text = (folder / name).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return Manifest({}, [f"{name}: it is missing"])
    except (OSError, UnicodeDecodeError):
        return Manifest({}, [f"{name}: it is not readable text"])
    entries: dict[str, str] = {}
    faults = []
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        match = _LINE.fullmatch(line)
        file = match[2] if match else ""
        parts = file.split("/")
        if not match or not line.endswith("\n"):
            faults.append(f"{name} line {number}: it is malformed")
        elif file in entries:
            faults.append(f"{name} line {number}: {file} is listed twice")
        elif (
            "" in parts or "." in parts or ".." in parts or (name == package.MANIFEST) != (parts[0] == package.PAYLOAD)
        ):
            faults.append(f"{name} line {number}: {file} does not belong there")
        else:
            entries[file] = match[1]
    return Manifest(entries, faults)
