"""Kinds of values in a document. Each reads a node, notes what is wrong with it, and states itself as JSON Schema.

One table of kinds thus makes the loader and the schema, so that they cannot disagree. Reading never stops at the
first fault: a broken part is left out and the rest is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from keyturn.document.tree import Entries, Items, Node, Scalar, Unread
from keyturn.fault import SECRET_SHAPE
from keyturn.interpolate import NAMES, Misuse, parts
from keyturn.model import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from enum import StrEnum

    from keyturn.fault import Faults
    from keyturn.model import Place

Path = tuple[str | int, ...]
Schema = dict[str, Any]
BROKEN: Final = object()  # what a kind returns for a node whose fault it has noted

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NOTHING = {"", "~", "null", "Null", "NULL"}  # what YAML reads as nothing when it is not in quotes
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(slots=True)
class Reader:
    """What the reading of one document gathers. `ids` maps the number of a step to its id, for the faults' paths."""

    faults: Faults
    places: dict[Path, Place] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)

    def label(self, path: Path) -> str:
        """Return `path` as a fault tells it: `steps.add-secret.effect`."""
        return worded(path, self.ids)

    def fault(self, node: Node, path: Path, message: str, found: str = "", allowed: Iterable[str] = ()) -> Any:
        """Note a fault at `node` and return `BROKEN`. A node that could not be read has had its fault already."""
        if not isinstance(node, Unread):
            self.faults.add(node.place, self.label(path), message, found=found, allowed=allowed)
        return BROKEN

    def read(self, kind: Kind, node: Node, path: Path) -> Any:
        """Return what `kind` reads, and remember a part that could not be read."""
        value = kind.read(node, path, self)
        if value is BROKEN:
            self.faults.unread.append(path)
        return value


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


class Kind(Protocol):
    """A kind of value."""

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return what `node` holds, or `BROKEN` with the fault noted."""
        ...

    def schema(self) -> Schema:
        """Return the JSON Schema of the kind."""
        ...


def _shape(node: Node) -> str:
    return {Scalar: "a text", Items: "a list", Entries: "a mapping"}.get(type(node), "")


def _written(node: Node, path: Path, reader: Reader, what: str) -> str | None:
    """Return the text of a scalar that holds something; else note the fault."""
    if not isinstance(node, Scalar):
        reader.fault(node, path, f"{what} belongs here", found=_shape(node))
        return None
    if node.plain and node.value in _NOTHING:
        reader.fault(node, path, f'nothing is written here; {what} belongs here, or "" in quotes', found=node.value)
        return None
    if SECRET_SHAPE.search(node.value):
        reader.fault(node, path, "this has the shape of a client secret; a runbook never holds one")
        return None
    return node.value


@dataclass(frozen=True, slots=True)
class Text:
    """A text as written. `filled`: it may hold {{ }}. `shape` is a regular expression that all of it must match."""

    what: str = "a text"
    shape: str = ""
    filled: bool = False
    empty: bool = False

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return the text."""
        text = _written(node, path, reader, self.what)
        if text is None:
            return BROKEN
        if not (text.strip() or self.empty):
            return reader.fault(node, path, f"{self.what} belongs here, and this is empty")
        if self.shape and not re.fullmatch(self.shape, text):
            return reader.fault(node, path, f"this is not {self.what}", found=text)
        return text if well_filled(text, node, path, reader, allowed=self.filled) else BROKEN

    def schema(self) -> Schema:
        """Return a string; where the shape is free, what YAML takes for a number is a text too."""
        if self.shape:
            return {"type": "string", "pattern": f"^(?:{self.shape})$"}
        return {"type": ["string", "number", "boolean"]} | ({} if self.empty else {"minLength": 1})


def well_filled(text: str, node: Node, path: Path, reader: Reader, *, allowed: bool) -> bool:
    """Return whether what stands in braces in `text` is well formed and allowed here; else note the faults."""
    found = list(parts(text))
    if found and not allowed:
        reader.fault(node, path, "{{ }} is not filled in here", found=text)
        return False
    misuses = [part for part in found if isinstance(part, Misuse)]
    for misuse in misuses:
        reader.fault(node, path, misuse.message, found=misuse.written, allowed=NAMES)
    return not misuses


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
            found = node.value if isinstance(node, Scalar) else _shape(node)
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
        match = re.fullmatch(r"([1-9][0-9]{0,4})([smh])", text)
        seconds = int(match[1]) * _UNITS[match[2]] if match else 0.0
        if not 0 < seconds <= 24 * _UNITS["h"]:
            return reader.fault(node, path, "a length of time such as 30s, 2m or 1h belongs here", found=text[:40])
        return seconds

    def schema(self) -> Schema:
        """Return a string."""
        return {"type": "string", "pattern": "^[1-9][0-9]{0,4}[smh]$"}


@dataclass(frozen=True, slots=True)
class Argument:
    """A text that may hold {{ }}; without quotes also a whole number, or `true` or `false` and nothing else."""

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return a text, an int or a bool."""
        text = _written(node, path, reader, "a text, a whole number, true or false")
        if text is None:
            return BROKEN
        plain = isinstance(node, Scalar) and node.plain
        if plain and text in {"true", "false"}:
            return text == "true"
        if plain and _WHOLE.fullmatch(text) and len(text) < 16:  # noqa: PLR2004  # what JavaScript counts exactly
            return int(text)
        return text if well_filled(text, node, path, reader, allowed=True) else BROKEN

    def schema(self) -> Schema:
        """Return the scalars."""
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one kind, of `least` to `most` items."""

    kind: Kind
    least: int = 0
    most: int | None = None
    unique: bool = False

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return the readable items as a tuple."""
        if not isinstance(node, Items):
            return reader.fault(node, path, "a list belongs here", found=_shape(node))
        if len(node.items) < self.least or len(node.items) > (self.most or len(node.items)):
            count = f"{self.least}" if self.least == self.most else f"at least {self.least}"
            return reader.fault(node, path, f"a list of {count} belongs here", found=str(len(node.items)))
        found: list[Any] = []
        for item in node.items:
            here = (*path, len(found))  # A broken item is left out, and the next takes its number in `places`.
            reader.places[here] = item.place
            value = reader.read(self.kind, item, here)
            if self.unique and value is not BROKEN and value in found:
                reader.fault(item, here, "this is in the list already", found=str(value))
            elif value is not BROKEN:
                found.append(value)
        return tuple(found)

    def schema(self) -> Schema:
        """Return an array."""
        most = {"maxItems": self.most} if self.most else {}
        least = {"minItems": self.least} if self.least else {}
        return (
            {"type": "array", "items": self.kind.schema()}
            | least
            | most
            | ({"uniqueItems": True} if self.unique else {})
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from names of the author's choice to one kind."""

    name: Text
    kind: Kind
    least: int = 0

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return the readable entries as a dictionary."""
        if not isinstance(node, Entries):
            return reader.fault(node, path, "a mapping belongs here", found=_shape(node))
        if len(node.entries) < self.least:
            return reader.fault(node, path, "this is empty")
        found = {}
        for key, value in node.entries:
            here = (*path, key.value)
            reader.places[here] = value.place
            reader.places[*here, KEY] = key.place
            name = self.name.read(key, here, reader)
            content = reader.read(self.kind, value, here)
            if name is not BROKEN and content is not BROKEN:
                found[name] = content
        return found

    def schema(self) -> Schema:
        """Return an object."""
        least = {"minProperties": self.least} if self.least else {}
        names = {"propertyNames": {"pattern": f"^(?:{self.name.shape})$"}}
        return {"type": "object", "additionalProperties": self.kind.schema()} | names | least


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record: its kind, its words for people, and whether it must be there."""

    kind: Kind
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with a closed list of keys. `build` makes the value from what could be read, by key."""

    keys: Mapping[str, Key]
    build: Callable[[dict[str, Any]], Any]

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return what `build` makes of it."""
        if not isinstance(node, Entries):
            return reader.fault(node, path, "a mapping belongs here", found=_shape(node), allowed=self.keys)
        found: dict[str, Any] = {}
        for key, value in node.entries:
            here = (*path, key.value)
            reader.places[here] = value.place
            reader.places[*here, KEY] = key.place
            if key.value not in self.keys:
                reader.fault(key, here, "this key is not known", found=key.value, allowed=self.keys)
                continue
            content = reader.read(self.keys[key.value].kind, value, here)
            if content is not BROKEN:
                found[key.value] = content
        written = {key.value for key, _ in node.entries}
        for name, key_ in self.keys.items():
            if key_.required and name not in written:
                reader.fault(node, path, f"`{name}` is missing: {key_.doc}")
        return self.build(found)

    def schema(self) -> Schema:
        """Return an object that allows no other keys."""
        properties = {name: key.kind.schema() | {"description": key.doc} for name, key in self.keys.items()}
        required = [name for name, key in self.keys.items() if key.required]
        return {"type": "object", "properties": properties, "additionalProperties": False} | (
            {"required": required} if required else {}
        )
