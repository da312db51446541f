"""Where something stands in a document: the keys and the numbers that lead to it, and how a fault tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.model import KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str | int, ...]


def worded(path: Path, ids: Mapping[int, str]) -> str:
    """Return the path of keys as text; a step is named by its id where it has one."""
    words: list[str] = []
    for index, part in enumerate(path):
        if isinstance(part, str) and part != KEY:
            words.append(f".{part}" if words else part)
        elif isinstance(part, int):
            step = index == 1 and path[0] == "steps" and ids.get(part)
            words.append(f".{step}" if step else f"[{part + 1}]")
    return "".join(words)
