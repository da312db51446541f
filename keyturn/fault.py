"""A fault in a runbook or an input: where it stands, what was found, what is allowed, and the nearest match.

Faults are collected and told all at once, sorted by place. No fault's text ever holds something of a secret's shape.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from keyturn.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from keyturn.model import Place

# Entra's client secrets carry `7Q~` or `8Q~` after three characters (seen in public scripts and secret scanners).
SECRET_SHAPE = re.compile(r"[\w~.\-]{0,3}[78]Q~[\w~.\-]{8,}")

_UNSEEN = re.compile("[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u2060\u3000\ufeff]")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML 1.1 takes for the end of a line
_WIDEST = 110  # characters of an excerpt
_MOST = 18  # allowed words that are listed before "and N more"
_ENOUGH = 1000  # faults that are told before "and N more": nobody reads as many, and each takes its time


def disguised(text: str) -> str:
    """Return `text` with everything of a client secret's shape replaced by as many bullets."""
    return SECRET_SHAPE.sub(lambda match: "•" * len(match[0]), text)


def _visible(text: str) -> str:
    """Return `text` with each character that is not seen, or looks like a plain space, told by its number."""
    return _UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)


def nearest(found: str, allowed: Iterable[str]) -> str:
    """Return the allowed word that `found` was probably meant to be, or an empty text."""
    words = {word.lower(): word for word in allowed}
    close = difflib.get_close_matches(found.lower(), words, n=1, cutoff=0.6)
    return words[close[0]] if close else ""


@lru_cache(maxsize=8)
def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of `text`, disguised; kept, because a long document, or a long line, may have many faults."""
    return tuple(_LINE_BREAK.split(disguised(text)))


def excerpt(text: str, place: Place) -> str:
    """Return the line of `text` at `place` with a caret under the column, two lines in all.

    What a terminal would obey, a tab too, is a blank there.
    """
    lines = lines_of(text)
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    column = place.column - 1
    start = max(0, column - _WIDEST + 20)
    shown = "".join(char if char.isprintable() else " " for char in line[start : start + _WIDEST])
    number = str(place.line)
    return f"  {number} | {shown}\n  {' ' * len(number)} | {' ' * (column - start)}^"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong. `place` is None for an input given on the command line."""

    place: Place | None
    path: str  # the path of keys, as in `steps.add-secret.effect`
    message: str
    found: str = ""
    allowed: tuple[str, ...] = ()
    nearest: str = ""
    excerpt: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        lines = [f"{where}{self.path}: {self.message}" if self.path else f"{where}{self.message}"]
        lines += [self.excerpt] if self.excerpt else []
        lines += [f"  found: {self.found}"] if self.found else []
        if self.allowed:
            more = f", and {len(self.allowed) - _MOST} more" if len(self.allowed) > _MOST else ""
            lines.append(f"  allowed: {', '.join(self.allowed[:_MOST])}{more}")
        lines += [f"  did you mean: {self.nearest}"] if self.nearest else []
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return the fault for editors: file, line and column from 1 (null for an input), and the texts."""
        place = self.place
        return {
            "file": place.file if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
            "path": self.path,
            "message": self.message,
            "found": self.found,
            "allowed": list(self.allowed),
            "nearest": self.nearest,
        }


class Faulty(Invalid):
    """A runbook or inputs with faults: `faults` holds them all, sorted by place."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n\n".join(str(fault) for fault in faults))


@dataclass(slots=True)
class Faults:
    """Collects faults. `texts` maps each file's name to its text, for the excerpts.

    `unread` holds the paths of the parts that could not be read: what is missing for that alone is no fault of its own.
    """

    texts: dict[str, str] = field(default_factory=dict)
    unread: list[tuple[str | int, ...]] = field(default_factory=list)
    _found: list[Fault] = field(default_factory=list)
    _more: int = 0  # that were not noted, because there are enough

    def add(  # noqa: PLR0913  # the parts of a fault
        self,
        place: Place | None,
        path: str,
        message: str,
        *,
        found: str = "",
        allowed: Iterable[str] = (),
        meant: str = "",
    ) -> None:
        """Note a fault. The nearest match is `meant`, or is looked for among `allowed`."""
        if len(self._found) >= _ENOUGH:
            self._more += 1
            return
        words = tuple(map(disguised, allowed))
        near = meant or (nearest(found, words) if found else "")
        self._found.append(
            Fault(
                place=place,
                path=disguised(path),
                message=disguised(message),
                found=_visible(disguised(found)),
                allowed=words,
                nearest=near if near != found else "",
                excerpt=excerpt(self.texts[place.file], place) if place and place.file in self.texts else "",
            )
        )

    def take(self, others: Faults, wanted: Callable[[Fault], bool]) -> None:
        """Note those faults of `others` that are `wanted`."""
        self._found.extend(filter(wanted, others._found))
        self._more += others._more

    def __len__(self) -> int:
        return len(set(self._found)) + self._more

    def sorted(self) -> tuple[Fault, ...]:
        """Return every fault once, by file, line and column; those without a place come first, how many more last."""
        unique: Mapping[Fault, None] = dict.fromkeys(self._found)
        told = sorted(unique, key=lambda fault: (fault.place is not None, fault.place, fault.path))
        if self._more:
            told.append(Fault(place=told[-1].place, path="", message=f"and {self._more} more; put these right first"))
        return tuple(told)

    def raise_if_any(self) -> None:
        """Raise `Faulty` when anything is wrong."""
        if self._found:
            raise Faulty(self.sorted())
