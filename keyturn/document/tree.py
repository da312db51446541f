"""YAML text to nodes that know their place: only mappings, lists and plain scalars, and every fault noted.

Built from PyYAML's events rather than its objects, because a scalar must stay the text that was written (YAML 1.1
reads `no` as a truth value and `12:30` as a number) and because anchors, tags and duplicate keys are faults here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import yaml

from keyturn.document.not_yaml import refusal
from keyturn.fault import Faults
from keyturn.model import Place

LARGEST = 1 << 20  # bytes of a document
DEEPEST = 16  # levels of nesting; the grammar needs eight

_DEEP = f"nested more than {DEEPEST} levels deep; nothing behind this was read"

# libyaml is some ten times faster; where PyYAML was built without it, its own parser gives the same events.
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# What YAML 1.1 allows in a file, section 5.1 of its specification.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_REMARK = re.compile(r"\s+#(?=[\w\[(])")
_TAB_INDENT = re.compile(r"^ *\t", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Node:
    """Something in the document."""

    place: Place


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    """A text as written. `plain`: without quotes."""

    value: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entries(Node):
    """A mapping in the order written, without its duplicate keys."""

    entries: tuple[tuple[Scalar, Node], ...]


@dataclass(frozen=True, slots=True)
class Unread(Node):
    """Something whose fault has been noted already."""


def compose(raw: bytes, file: str, faults: Faults) -> tuple[str, Node | None]:
    """Return the text of `raw` and its tree; None where there is none to go on with, with the reason in `faults`."""
    start = Place(file, 1, 1)
    if len(raw) > LARGEST:
        faults.add(start, "", "the document is larger than 1 MiB", found=f"{len(raw)} bytes")
        return "", None
    text = raw.decode("utf-8-sig", "replace")
    faults.texts[file] = _UNPRINTABLE.sub("\ufffd", text)  # An excerpt goes to a terminal.
    begins = [0, *(match.end() for match in re.finditer("\n", text))]
    if (index := _foreign(raw)) is not None:
        place = _place_of(begins, len(raw[:index].decode("utf-8-sig")), file)
        faults.add(place, "", "the document is not UTF-8 text; save it as UTF-8", found=f"byte {raw[index]:#04x}")
        return "", None
    bad = [(match.start(), "a character that may not stand in YAML") for match in _UNPRINTABLE.finditer(text)]
    bad += [(match.end() - 1, "a tab in the indentation; use spaces") for match in _TAB_INDENT.finditer(text)]
    for index, message in bad:
        faults.add(_place_of(begins, index, file), "", message)
    return text, None if bad else _tree(text, file, faults)


def _foreign(raw: bytes) -> int | None:
    """Return where `raw` is no UTF-8 text for the first time. Other encodings of Unicode are full of zeros."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return raw.index(b"\0") if b"\0" in raw else None


def _place_of(begins: list[int], index: int, file: str) -> Place:
    """Return the place of the character at `index`; `begins`: where each line does."""
    line = bisect_right(begins, index)
    return Place(file, line, index - begins[line - 1] + 1)


def _tree(text: str, file: str, faults: Faults) -> Node | None:
    try:
        return _Composer(yaml.parse(text, Loader=_FAST), text, file, faults).document()
    except _TooDeep as error:
        faults.add(error.place, "", _DEEP)
        return None
    except yaml.YAMLError:
        pass
    try:  # PyYAML's own parser, slower, says better what is wrong; what else is wrong has been noted.
        _Composer(yaml.parse(text, Loader=yaml.SafeLoader), text, file, Faults()).document()
    except _TooDeep as error:  # The other one had looked further ahead.
        faults.add(error.place, "", _DEEP)
        return None
    except yaml.MarkedYAMLError as error:
        place, message = refusal(error, text, file)
        faults.add(place, "", message)
        return None
    faults.add(Place(file, 1, 1), "", "not YAML")  # Only where the two parsers disagree.
    return None


class _TooDeep(Exception):
    """From `place` on nothing more is read: the time that a parser takes grows with the square of the depth."""

    def __init__(self, place: Place) -> None:
        self.place = place
        super().__init__()


class _Composer:
    """Builds the tree from the events of one document."""

    def __init__(self, events: Any, text: str, file: str, faults: Faults) -> None:
        self._events = events
        self._lines = text.splitlines()
        self._file = file
        self._faults = faults

    def document(self) -> Node | None:
        """Return the root of the one document."""
        next(self._events)  # the stream begins
        event = next(self._events)
        root = None if isinstance(event, yaml.StreamEndEvent) else self._node(next(self._events), 0)
        if root is None or (isinstance(root, Scalar) and root.plain and not root.value):  # the latter after `---`
            self._faults.add(Place(self._file, 1, 1), "", "the document is empty")
            return None
        next(self._events)  # the document ends
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._faults.add(self._place(event), "", "a second document; a file holds one runbook")
        return root

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            self._faults.add(place, "", "an alias; write it out", found=f"*{event.anchor}")
            return Unread(place)
        if event.anchor is not None:
            self._faults.add(place, "", "an anchor; write it out where it is needed", found=f"&{event.anchor}")
        if event.tag is not None:
            self._faults.add(place, "", "a tag; a runbook needs none", found=str(event.tag))
        if isinstance(event, yaml.ScalarEvent):
            if _UNPRINTABLE.search(event.value):
                self._faults.add(place, "", "a character that may not stand in YAML, written as an escape")
                return Unread(place)
            self._cut_off(event)
            return Scalar(place, str(event.value), plain=not event.style)
        if depth == DEEPEST:
            raise _TooDeep(place)
        return self._items(place, depth) if isinstance(event, yaml.SequenceStartEvent) else self._entries(place, depth)

    def _cut_off(self, event: Any) -> None:
        """Note what was meant as a part of the text and is a remark to YAML, which drops it without a word."""
        line, column = event.end_mark.line, event.end_mark.column
        rest = self._lines[line][column:] if not event.style and line < len(self._lines) else ""
        if found := _NO_REMARK.match(rest):
            message = "from ` #` on this is a remark and not read; put the text in quotes, or a space behind the `#`"
            self._faults.add(Place(self._file, line + 1, column + found.end()), "", message)

    def _items(self, place: Place, depth: int) -> Items:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Items(place, tuple(items))

    def _entries(self, place: Place, depth: int) -> Entries | Unread:
        entries: dict[str, tuple[Scalar, Node]] = {}
        odd = False
        again: list[Scalar] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                odd = True
                self._odd_key(place, key)
            elif key.value in entries:
                again.append(key)
            else:
                entries[key.value] = (key, value)
        for key in again[:1]:
            line = entries[key.value][0].place.line
            more = f", and so are {len(again) - 1} more; before a new item of a list stands `- `" if again[1:] else ""
            self._faults.add(key.place, "", f"the key `{key.value}` is there already, on line {line}{more}")
        return Unread(place) if odd or again[1:] else Entries(place, tuple(entries.values()))

    def _odd_key(self, place: Place, key: Node) -> None:
        line = self._lines[place.line - 1][place.column - 1 :]
        if line.startswith("{{"):
            self._faults.add(place, "", "a value that begins with {{ must be in quotes")
        elif not isinstance(key, Unread):
            self._faults.add(key.place, "", "a key must be a plain word")
