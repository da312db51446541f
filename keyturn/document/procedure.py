"""The numbered procedure beside a runbook: a Markdown table of instructions, in the project's own words."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ROW = re.compile(r"^\|\s*[A-Z]?0*(?P<number>[1-9][0-9]*)\s*\|(?P<cells>.*)\|\s*$")
_CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One row of the table."""

    number: int
    text: str
    where: str  # the screen it is carried out on; empty when the table has no such column
    line: int


@dataclass(frozen=True, slots=True)
class Instructions:
    """The whole procedure. `sha256` is that of the file, its line ends taken as single line feeds."""

    rows: tuple[Instruction, ...]
    sha256: str


def read_procedure(path: Path) -> Instructions:
    """Return the procedure in `path`. Raises `OSError` or `UnicodeDecodeError`.

    A row begins with its number, with or without a letter before it (`| P07 | … | … |`). Line ends are made alike
    before hashing, because version control may change them on the way to another system.
    """
    if not path.is_file():  # A pipe would be waited for without end.
        raise FileNotFoundError(path)
    text = path.read_bytes().replace(b"\r\n", b"\n")
    rows = []
    for line, content in enumerate(text.decode("utf-8").split("\n"), 1):
        if row := _ROW.match(content):
            cells = [cell.strip().replace("\\|", "|") for cell in _CELL.split(row["cells"])]
            rows.append(Instruction(int(row["number"]), cells[0], cells[1] if len(cells) > 1 else "", line))
    return Instructions(tuple(rows), hashlib.sha256(text).hexdigest())
