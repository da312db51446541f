"""The kinds of a value that holds others: lists, tables of the author's own keys, and records of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keyturn.document.kind import BROKEN, Kind, Reader, Schema, form
from keyturn.document.scalar import Text, pattern
from keyturn.document.tree import Entries, Items, Node
from keyturn.model import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyturn.document.path import Path


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
            return reader.fault(node, path, "a list belongs here", found=form(node))
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
        items = self.kind.schema()
        most = {"maxItems": self.most} if self.most else {}
        least = {"minItems": self.least} if self.least else {}
        # Free texts are compared as they are written: `no` and `off` are two, and one and the same to a schema.
        alike = self.unique and (items.get("type") in ("string", "integer") or "enum" in items)
        return {"type": "array", "items": items} | least | most | ({"uniqueItems": True} if alike else {})


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping from names of the author's choice to one kind."""

    name: Text
    kind: Kind
    least: int = 0

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return the readable entries as a dictionary."""
        if not isinstance(node, Entries):
            return reader.fault(node, path, "a mapping belongs here", found=form(node))
        if len(node.entries) < self.least:
            return reader.fault(node, path, "this is empty")
        found = {}
        for key, value in node.entries:
            here = (*path, key.value)
            reader.places[here] = value.place
            reader.places[*here, KEY] = key.place
            name = self.name.read(key, here, reader)
            content = reader.read(self.kind, value, here)
            if name is BROKEN:
                reader.faults.unread.append(path)  # It may be any name that is missed elsewhere.
            elif content is not BROKEN:
                found[name] = content
        return found

    def schema(self) -> Schema:
        """Return an object."""
        least = {"minProperties": self.least} if self.least else {}
        names = {"propertyNames": {"pattern": pattern(self.name.shape)}}
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
            return reader.fault(node, path, "a mapping belongs here", found=form(node), allowed=self.keys)
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
