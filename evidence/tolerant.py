"""Values of a journal or a facts file in the shape that a reader wants: whatever stands there, nothing falls over it.

What is of another shape counts as not said. A recording is read by people who did not make it, after anything may have
happened to it, and a report that is not written tells them nothing.
"""

from __future__ import annotations

from typing import Any

_LONGEST = 1e12
_MOST = 1_000_000  # no instruction, step or count of ours is larger


def words(value: object) -> str:
    """Return a text, or a number as one; nothing for what is neither."""
    return str(value) if isinstance(value, str | int | float) else ""


def amount(value: object) -> float:
    """Return a number of seconds or the like, 0 for none."""
    return float(value) if isinstance(value, int | float) and abs(value) < _LONGEST else 0.0  # never so of what is none


def whole(value: object, otherwise: int = 0) -> int:
    """Return a number that something is counted or numbered by, `otherwise` for none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else otherwise


def items(value: object) -> list[Any]:
    """Return a list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def texts(value: object) -> tuple[str, ...]:
    """Return the texts of a list."""
    return tuple(text for one in items(value) if (text := words(one)))


def numbers(value: object) -> tuple[int, ...]:
    """Return the numbers of a list by which something is numbered."""
    return tuple(number for one in items(value) if (number := whole(one)))


def table(value: object) -> dict[str, Any]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list."""
    return [one for one in items(value) if isinstance(one, dict)]


def rows(value: object, *, of: int) -> list[list[Any]]:
    """Return the lists in a list that have so many parts."""
    return [one for one in items(value) if len(items(one)) == of]
