"""Room on the disk that a recording keeps from its beginning, so that a disk that fills up can still be told of.

Given back, it is enough for the journal's last lines, the videos of an ordinary run, the report and the package.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from evidence.error import EvidenceError

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".reserve"
SIZE = 16 << 20  # bytes; a recording of half an hour took eight
_BLOCK = 1 << 20


class NoRoom(EvidenceError):
    """Something could not be written, nearly always because the disk is full; `what` names it."""

    def __init__(self, what: str, error: OSError) -> None:
        reason = (error.strerror or "unknown").lower()
        super().__init__(f"{what} cannot be written: {reason}", hint="free space, then `keyturn resume`")


def take(folder: Path) -> None:
    """Keep room in `folder`, unless that was done before. Raises `NoRoom` when there is too little."""
    path = folder / NAME
    try:
        with path.open("wb", buffering=0) as file:
            for _ in range(SIZE // _BLOCK):  # Random, because some disks keep no room for what they can squeeze.
                file.write(os.urandom(_BLOCK))
    except OSError as error:
        why = error
    else:
        return
    give_back(folder)
    raise NoRoom("a recording", why)


def give_back(folder: Path) -> None:
    """Let the room be used."""
    (folder / NAME).unlink(missing_ok=True)
