"""The parts of a step that are more than a table of keys: facts, probes, and rules between the keys of one part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from keyturn.document.collection import Many, Table
from keyturn.document.kind import BROKEN, Kind, Reader, Schema
from keyturn.document.scalar import Argument, Text, pattern
from keyturn.document.shape import ARGUMENT, ID, PROBE
from keyturn.document.tree import Entries, Node
from keyturn.document.value import canonical
from keyturn.model import KEY, Fact, FactKind, Input, InputType, Probe, Retry, Undo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyturn.document.path import Path
    from keyturn.model import Scalar as Value

NEGATION = "not"
_SAY = Text()
_TWO = Many(Text(filled=True, empty=True), least=2, most=2)
_ONE = Text(filled=True)
_FACTS: Mapping[FactKind, tuple[Kind, str]] = {
    FactKind.STORED: (ARGUMENT, "this secret was sealed into the store in this run and read back"),
    FactKind.DONE: (ID, "this step ended `done` or `already` in this run"),
    FactKind.EXPIRED: (_ONE, "this date lies before today"),
    FactKind.SAME: (_TWO, "these two texts are equal, capitals aside"),
    FactKind.DIFFER: (_TWO, "these two texts are not equal, and neither is empty"),
    FactKind.AGREES: (_TWO, "the first text, what was wanted, is empty or equal to the second, what was found"),
    FactKind.GIVEN: (_ONE, "this text is not empty"),
}


@dataclass(frozen=True, slots=True)
class FactKindOf:
    """One fact with what to say when it does not hold; `not:` turns it round."""

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return the fact."""
        words = [kind.value for kind in FactKind]
        if not isinstance(node, Entries):
            return reader.fault(node, path, "one fact with its `say` belongs here", allowed=words)
        named = {key.value: (key, value) for key, value in node.entries}
        say = self._say(node, named.pop("say", None), path, reader)
        negated = list(named) == [NEGATION]
        if negated:
            inner = named[NEGATION][1]
            path = (*path, NEGATION)
            named = {key.value: (key, value) for key, value in inner.entries} if isinstance(inner, Entries) else {}
        for name, (key, value) in named.items():
            reader.places[*path, name] = value.place
            if name not in words and (negated or name != NEGATION):
                return reader.fault(key, path, "this fact is not known", found=name, allowed=[*words, NEGATION])
        if len(named) != 1 or NEGATION in named:
            return reader.fault(node, path, "one fact belongs here", found=str(len(named)), allowed=words)
        ((name, (_, value)),) = named.items()
        of = _FACTS[FactKind(name)][0].read(value, (*path, name), reader)
        if of is BROKEN:
            return BROKEN
        return Fact(kind=FactKind(name), of=of if isinstance(of, tuple) else (of,), negated=negated, say=say)

    @staticmethod
    def _say(node: Node, entry: tuple[Node, Node] | None, path: Path, reader: Reader) -> str:
        if entry is None:
            reader.fault(node, path, "`say` is missing: what to tell the operator when the fact does not hold")
            return ""
        say = _SAY.read(entry[1], (*path, "say"), reader)
        return "" if say is BROKEN else str(say)

    def schema(self) -> Schema:
        """Return an object with `say` and exactly one fact."""
        facts = {kind.value: of.schema() | {"description": doc} for kind, (of, doc) in _FACTS.items()}
        negation = {"type": "object", "properties": facts, "additionalProperties": False}
        negation |= {"minProperties": 1, "maxProperties": 1, "description": "the fact inside must not hold"}
        say = _SAY.schema() | {"description": "what to tell the operator when the fact does not hold"}
        return {
            "type": "object",
            "properties": {"say": say, NEGATION: negation} | facts,
            "required": ["say"],
            "additionalProperties": False,
            "minProperties": 2,
            "maxProperties": 2,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """A probe as written, before the page of its step is known."""

    written: str
    args: Mapping[str, Value]

    def on(self, own: str) -> Probe:
        """Return the probe; where it names no page or no portal, those of the page `own` are meant."""
        portal = own.partition(".")[0]
        named, _, ask = self.written.rpartition(".")
        page = named if "." in named else f"{portal}.{named}" if named else own
        return Probe(page=page, ask=ask, args=self.args, written=self.written)


@dataclass(frozen=True, slots=True)
class ProbeKind:
    """One question to a page with its arguments."""

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return what is asked."""
        if not isinstance(node, Entries) or len(node.entries) != 1:
            return reader.fault(node, path, "one question with its arguments belongs here, as in `has_form: {}`")
        ((key, value),) = node.entries
        reader.places[*path, key.value] = value.place
        reader.places[*path, key.value, KEY] = key.place
        name = PROBE.read(key, path, reader)
        args = Table(ARGUMENT, Argument()).read(value, (*path, key.value), reader)
        if name is BROKEN or args is BROKEN:
            return BROKEN
        return Asked(name, args)

    def schema(self) -> Schema:
        """Return an object with one key."""
        args = Table(ARGUMENT, Argument()).schema()
        names = {"propertyNames": {"pattern": pattern(PROBE.shape)}, "minProperties": 1, "maxProperties": 1}
        return {"type": "object", "additionalProperties": args} | names


@dataclass(frozen=True, slots=True)
class Checked:
    """A kind with a rule between its keys; `rule` notes what breaks it, `schema_too` is what a schema can say of it."""

    kind: Kind
    rule: Callable[[Any, Node, Path, Reader], None]
    schema_too: Schema = field(default_factory=dict)

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return what the kind reads."""
        value = self.kind.read(node, path, reader)
        if value is not BROKEN:
            self.rule(value, node, path, reader)
        return value

    def schema(self) -> Schema:
        """Return the kind's own, with what can be said of the rule."""
        return self.kind.schema() | self.schema_too


def check_input(spec: Input, node: Node, path: Path, reader: Reader) -> None:
    """Demand choices of a `choice` and of nothing else, and a default and an example that could be given."""
    if (spec.type is InputType.CHOICE) != bool(spec.choices):
        missing = spec.type is InputType.CHOICE
        message = "the type `choice` needs `choices`" if missing else "only the type `choice` has `choices`"
        reader.fault(node, path, message)
        return
    for key, value in (("default", spec.default), ("example", spec.example or None)):
        if value is None:
            continue
        try:
            canonical(spec, value)
        except ValueError as error:
            place = reader.places[*path, key]
            reader.fault(Node(place), (*path, key), f"not {error}", found=value, allowed=spec.choices)


CHOICES: Schema = {
    "if": {"properties": {"type": {"const": "choice"}}, "required": ["type"]},
    "then": {"required": ["choices"]},
    "else": {"not": {"required": ["choices"]}},
}
NEEDS_DO: Schema = {"dependentRequired": {key: ["do"] for key in ("page", "with", "guard")}}


def check_undo(_undo: Undo, node: Node, path: Path, reader: Reader) -> None:
    """Demand an action wherever a page, arguments or a guard are named."""
    if (
        any((*path, key) in reader.places for key in NEEDS_DO["dependentRequired"])
        and (*path, "do") not in reader.places
    ):
        reader.fault(node, path, "`page`, `with` and `guard` need `do`: the action that takes the step back")


def check_retry(retry: Retry, node: Node, path: Path, reader: Reader) -> None:
    """Demand that asking again fits into the time."""
    if retry.every > retry.within:
        reader.fault(node, path, "`every` is longer than `within`")
