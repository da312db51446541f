"""The kinds of a value that is one text in the document: texts, numbers, words, lengths of time, arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from keyturn.document.kind import BROKEN, Reader, Schema, form
from keyturn.document.tree import Node, Scalar
from keyturn.fault import SECRET_SHAPE
from keyturn.interpolate import NAMES, Misuse, parts

if TYPE_CHECKING:
    from enum import StrEnum

    from keyturn.document.path import Path

# Numbers to YAML 1.2 that are texts to 1.1, by which everything else is judged.
_NUMBER = re.compile("0o[0-7]+|[0-9]+[eE][0-9]+")
_RESOLVER: Any = yaml.resolver.Resolver()
_TEXT = "tag:yaml.org,2002:str"
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_DURATION = "[1-9][0-9]{0,4}[smh]"
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NOTHING = {"", "~", "null", "Null", "NULL"}  # what YAML reads as nothing when it is not in quotes
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Text:
    """A text as written. `filled`: it may hold {{ }}. `shape` is a regular expression that all of it must match."""

    what: str = "a text"
    shape: str = ""
    filled: bool = False
    empty: bool = False

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return the text."""
        text = _written(node, path, reader, self.what, empty=self.empty)
        if text is None:
            return BROKEN
        if not (text.strip() or self.empty):
            return reader.fault(node, path, f"{self.what} belongs here, and this is empty")
        if self.shape and not re.fullmatch(self.shape, text):
            return reader.fault(node, path, f"this is not {self.what}", found=text, meant=_meant(text, self.shape))
        if self.shape and _plain(node) and not _reads_as_text(text):
            message = "YAML takes this for a number, a date or a truth value; put it in quotes"
            return reader.fault(node, path, message, found=text)
        return text if _well_filled(text, node, path, reader, allowed=self.filled) else BROKEN

    def schema(self) -> Schema:
        """Return a string; where the shape is free, what YAML takes for a number is a text too."""
        if self.shape:
            return {"type": "string", "pattern": pattern(self.shape)}
        return _SCALAR | ({} if self.empty else {"pattern": r"\S"})


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, at least `least`."""

    least: int = 1

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return the number."""
        text = _written(node, path, reader, "a whole number")
        if text is None:
            return BROKEN
        # Nine digits are plenty, and keep int() off texts of a million digits.
        if not re.fullmatch(r"0|[1-9][0-9]{0,8}", text) or int(text) < self.least:
            return reader.fault(node, path, f"a whole number from {self.least} belongs here", found=text[:40])
        if not _plain(node):
            return reader.fault(node, path, "a whole number belongs here, without quotes", found=text)
        return int(text)

    def schema(self) -> Schema:
        """Return an integer."""
        return {"type": "integer", "minimum": self.least, "maximum": 999_999_999}


@dataclass(frozen=True, slots=True)
class Word:
    """One of a closed list of words."""

    words: type[StrEnum]

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return the member of the list."""
        allowed = [word.value for word in self.words]
        if not isinstance(node, Scalar) or node.value not in allowed:
            found = node.value if isinstance(node, Scalar) else form(node)
            return reader.fault(node, path, "this word is not known here", found=found, allowed=allowed)
        return self.words(node.value)

    def schema(self) -> Schema:
        """Return the list."""
        return {"enum": [word.value for word in self.words]}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time up to a day, as in `30s`, `2m` or `1h`; read as seconds."""

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return the seconds."""
        text = _written(node, path, reader, "a length of time such as 30s, 2m or 1h")
        if text is None:
            return BROKEN
        seconds = int(text[:-1]) * _UNITS[text[-1]] if re.fullmatch(_DURATION, text) else 0.0
        if not 0 < seconds <= 24 * _UNITS["h"]:
            return reader.fault(node, path, "a length of time such as 30s, 2m or 1h belongs here", found=text[:40])
        return seconds

    def schema(self) -> Schema:
        """Return a string."""
        return {"type": "string", "pattern": pattern(_DURATION)}


@dataclass(frozen=True, slots=True)
class Argument:
    """A text that may hold {{ }}; without quotes also a whole number, or `true` or `false` and nothing else."""

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return a text, an int or a bool."""
        text = _written(node, path, reader, "a text, a whole number, true or false", empty=True)
        if text is None:
            return BROKEN
        plain = _plain(node)
        if plain and text in {"true", "false"}:
            return text == "true"
        if plain and _WHOLE.fullmatch(text) and len(text) < 16:  # noqa: PLR2004  # what JavaScript counts exactly
            return int(text)
        return text if _well_filled(text, node, path, reader, allowed=True) else BROKEN

    def schema(self) -> Schema:
        """Return the scalars."""
        return _SCALAR


def _meant(text: str, shape: str) -> str:
    """Return `text` with the other of the two signs between words, where that has the shape; pages have both."""
    plain = text.lower().replace(" ", "-")
    kebab, snake = plain.replace("_", "-"), plain.replace("-", "_")
    portal, dot, page = snake.partition(".")
    tries = (kebab, snake, f"{portal}{dot}{page.replace('_', '-')}")
    return next((one for one in tries if re.fullmatch(shape, one)), "")


def pattern(shape: str) -> str:
    """Return the pattern of a JSON Schema for a text that is all of `shape`."""
    return f"^(?:{shape})$"


def _plain(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain


def _reads_as_text(plain: str) -> bool:
    """Return whether other readers of YAML, editors among them, take what stands without quotes for a text."""
    return _RESOLVER.resolve(yaml.ScalarNode, plain, (True, False)) == _TEXT and not _NUMBER.fullmatch(plain)


def _written(node: Node, path: Path, reader: Reader, what: str, *, empty: bool = False) -> str | None:
    """Return the text of a scalar that holds something; else note the fault."""
    if not isinstance(node, Scalar):
        reader.fault(node, path, f"{what} belongs here", found=form(node))
        return None
    if node.plain and node.value in _NOTHING:
        message = f"nothing is written here; {what} belongs here"
        reader.fault(node, path, f'{message}, or "" in quotes' if empty else message, found=node.value)
        return None
    if SECRET_SHAPE.search(node.value):
        reader.fault(node, path, "this has the shape of a client secret; a runbook never holds one")
        return None
    return node.value


def _well_filled(text: str, node: Node, path: Path, reader: Reader, *, allowed: bool) -> bool:
    """Return whether what stands in braces in `text` is well formed and allowed here; else note the faults."""
    found = list(parts(text))
    if found and not allowed:
        reader.fault(node, path, "{{ }} is not filled in here", found=text)
        return False
    misuses = [part for part in found if isinstance(part, Misuse)]
    for misuse in misuses:
        reader.fault(node, path, misuse.message, found=misuse.written, allowed=NAMES, meant=misuse.meant)
    return not misuses
