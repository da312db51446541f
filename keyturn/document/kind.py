"""Kinds of values in a document. Each reads a node, notes what is wrong with it, and states itself as JSON Schema.

One table of kinds thus makes the loader and the schema, so that they cannot disagree. Reading never stops at the
first fault: a broken part is left out and the rest is read. `scalar` and `collection` hold the kinds themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from keyturn.document.path import Path, worded
from keyturn.document.tree import Entries, Items, Node, Scalar, Unread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyturn.fault import Faults
    from keyturn.model import Place

Schema = dict[str, Any]
BROKEN: Final = object()  # what a kind returns for a node whose fault it has noted


class Kind(Protocol):
    """A kind of value."""

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return what `node` holds, or `BROKEN` with the fault noted."""
        ...

    def schema(self) -> Schema:
        """Return the JSON Schema of the kind."""
        ...


@dataclass(slots=True)
class Reader:
    """What the reading of one document gathers. `ids` maps the number of a step to its id, for the faults' paths."""

    faults: Faults
    places: dict[Path, Place] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)

    def label(self, path: Path) -> str:
        """Return `path` as a fault tells it: `steps.add-secret.effect`."""
        return worded(path, self.ids)

    def fault(  # noqa: PLR0913  # the parts of a fault
        self, node: Node, path: Path, message: str, *, found: str = "", allowed: Iterable[str] = (), meant: str = ""
    ) -> Any:
        """Note a fault at `node` and return `BROKEN`. A node that could not be read has had its fault already."""
        if not isinstance(node, Unread):
            self.faults.add(node.place, self.label(path), message, found=found, allowed=allowed, meant=meant)
        return BROKEN

    def read(self, kind: Kind, node: Node, path: Path) -> Any:
        """Return what `kind` reads, and remember a part that could not be read."""
        value = kind.read(node, path, self)
        if value is BROKEN:
            self.faults.unread.append(path)
        return value


def form(node: Node) -> str:
    """Return in words what `node` is where something else belongs; empty for one that could not be read."""
    if isinstance(node, Scalar) and node.plain and not node.value:
        return "nothing"  # What was meant may stand below, not deep enough.
    return {Scalar: "a text", Items: "a list", Entries: "a mapping"}.get(type(node), "")
