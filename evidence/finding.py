"""Where something was found that must not be there, and what is looked through for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

UNREADABLE = "it cannot be searched"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Where a value, or something that nobody can search (`unsearched`), was found. Holds no part of the value."""

    path: str
    how: str
    unsearched: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.how}"


def every(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return everything below `folder`, and the folders of it, or itself, into which nobody can look."""
    closed: list[Path] = []
    walked = os.walk(folder, onerror=lambda error: closed.append(Path(error.filename)))
    return sorted(Path(place, name) for place, folders, names in walked for name in [*folders, *names]), closed
