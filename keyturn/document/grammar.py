"""The grammar of a runbook: one table for each part, from which the loader and the JSON Schema are both made."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from keyturn.document.collection import Key, Many, Record, Table
from keyturn.document.kind import BROKEN, Kind, Reader, Schema
from keyturn.document.part import (
    CHOICES,
    NEEDS_DO,
    Checked,
    FactKindOf,
    ProbeKind,
    check_input,
    check_retry,
    check_undo,
)
from keyturn.document.scalar import Argument, Duration, Text, Whole, Word
from keyturn.document.shape import ARGUMENT, BESIDE, CONTROL, FILE, ID, NAME, PAGE, SHA256, SLUG, WITHIN
from keyturn.document.tree import Entries, Items, Node, Scalar
from keyturn.model import (
    Always,
    Effect,
    Fact,
    Gate,
    Input,
    InputType,
    Pictures,
    Portal,
    Procedure,
    Retry,
    Runbook,
    SecretSpec,
    Source,
    Step,
    Undo,
    doc,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyturn.document.path import Path
    from keyturn.model import Scalar as Value

# Enough of a part to go on checking the rest when a key that it needs could not be read.
_NOTHING_READ: dict[type, dict[str, Any]] = {
    Source: {"name": "", "sha256": ""},
    Procedure: {"file": "", "sha256": "", "source": Source(name="", sha256="")},
    Input: {"type": InputType.TEXT},
    SecretSpec: {"label": "", "format": "any"},
    Portal: {"pages": "", "url": ""},
    Undo: {"say": ""},
    Retry: {"within": 1.0, "every": 1.0},
    Step: {"id": "", "title": "", "page": "", "do": "", "effect": Effect.READ},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A sub-flow: another runbook whose steps stand here, their ids behind this one's and a slash."""

    use: str = doc("file beside this runbook whose steps are taken in here")
    id: str = doc("kebab-case name; the steps taken in are called `id/their-id`")
    covers: tuple[int, ...] = doc("numbers of this procedure's instructions that the sub-flow carries out", default=())
    args: Mapping[str, Value] = doc("values for the inputs of that runbook", default_factory=dict)
    outputs: Mapping[str, str] = doc("our name -> `step.output` of that runbook", default_factory=dict)
    when: tuple[Fact, ...] = doc("facts that must hold, or the whole sub-flow is skipped", default=())


_NOTHING_READ[Use] = {"use": "", "id": ""}


def key(model: type, attribute: str, kind: Kind) -> Key:
    """Return the key for an attribute of `model`: its words are the model's, and it is required without a default."""
    spec = next(field for field in fields(model) if field.name == attribute)
    required = spec.default is MISSING and spec.default_factory is MISSING
    return Key(kind, spec.metadata["doc"], required=required)


def _record(
    model: type, kinds: Mapping[str, Kind], attributes: Mapping[str, str] | None = None, build: Any = None
) -> Record:
    names = attributes or {}

    def plain(found: dict[str, Any]) -> Any:
        return model(**_NOTHING_READ[model] | {names.get(name, name): value for name, value in found.items()})

    return Record({name: key(model, names.get(name, name), kind) for name, kind in kinds.items()}, build or plain)


def _step(found: dict[str, Any]) -> Step:
    """Build a step: secrets are told apart from arguments and outputs, and probes and undo get the step's page."""
    values = _NOTHING_READ[Step] | found
    args = dict(values.pop("with", {}))
    outputs = dict(values.pop("outputs", {}))
    pastes, copies = args.pop("secret", ""), outputs.pop("secret", "")
    undo = values.get("undo")
    if undo and undo.do and not undo.page:
        values["undo"] = replace(undo, page=values["page"])
    for name in ("done_when", "expect"):
        values[name] = tuple(probe.on(values["page"]) for probe in values.get(name, ()))
    return Step(**values, args=args, outputs=outputs, pastes=str(pastes), copies=copies)


FREE = Text()
FILLED = Text(filled=True, empty=True)
PROBES = Many(ProbeKind())
FACTS = Many(FactKindOf())

SOURCE = _record(Source, {"name": FREE, "sha256": SHA256})
PROCEDURE = _record(Procedure, {"file": BESIDE, "sha256": SHA256, "source": SOURCE})
INPUT = Checked(
    _record(
        Input,
        {
            "type": Word(InputType),
            "ask": FREE,
            "help": FREE,
            "default": Text(empty=True),
            "example": FREE,
            "choices": Many(FREE, least=1, unique=True),
        },
    ),
    check_input,
    CHOICES,
)
SECRET = _record(
    SecretSpec,
    {
        "label": Text(filled=True),
        "format": Text("a known format: `entra-client-secret` or `any`", "entra-client-secret|any"),
        "application": FILLED,
        "directory": FILLED,
    },
)
PORTAL = _record(Portal, {"pages": NAME, "url": Text(filled=True)})
UNDO = Checked(
    _record(
        Undo,
        {"say": FREE, "page": PAGE, "do": NAME, "with": Table(ARGUMENT, Argument()), "guard": FACTS},
        {"with": "args"},
    ),
    check_undo,
    NEEDS_DO,
)
RETRY = Checked(_record(Retry, {"within": Duration(), "every": Duration()}), check_retry)
STEP = _record(
    Step,
    {
        "id": ID,
        "title": FREE,
        "covers": Many(Whole(), unique=True),
        "page": PAGE,
        "do": NAME,
        "with": Table(ARGUMENT, Argument()),
        "effect": Word(Effect),
        "gate": Word(Gate),
        "when": FACTS,
        "guard": FACTS,
        "done_when": PROBES,
        "expect": PROBES,
        "outputs": Table(ARGUMENT, NAME),
        "undo": UNDO,
        "timeout": Duration(),
        "retry": RETRY,
        "evidence": Word(Pictures),
        "note": FREE,
    },
    {"with": "args"},
    build=_step,
)
USE = _record(
    Use,
    {
        "use": FILE,
        "id": ID,
        "covers": Many(Whole(), unique=True),
        "with": Table(ARGUMENT, Argument()),
        "outputs": Table(ARGUMENT, WITHIN),
        "when": FACTS,
    },
    {"with": "args"},
)


@dataclass(frozen=True, slots=True)
class Steps:
    """The list of steps and sub-flows. One that cannot be read leaves an empty step, so that the numbers stay right."""

    step: Record = field(default=STEP)
    use: Record = field(default=USE)

    def read(self, node: Node, path: Path, reader: Reader) -> Any:
        """Return steps and sub-flows in order."""
        if not isinstance(node, Items) or not node.items:
            return reader.fault(node, path, "a list of steps belongs here")
        found: list[Step | Use] = []
        for index, item in enumerate(node.items):
            here = (*path, index)
            reader.places[here] = item.place
            entries = {key.value: value for key, value in item.entries} if isinstance(item, Entries) else {}
            self._name(entries.get("id"), index, here, reader)
            value = reader.read(self.use if "use" in entries else self.step, item, here)
            found.append(self.step.build({}) if value is BROKEN else value)
        return tuple(found)

    def _name(self, node: Node | None, index: int, path: Path, reader: Reader) -> None:
        if isinstance(node, Scalar):
            first = next((number for number, id_ in reader.ids.items() if id_ == node.value), None)
            if first is not None:
                line = reader.places["steps", first].line
                reader.fault(node, (*path, "id"), f"this id is taken by the step on line {line}", found=node.value)
            reader.ids[index] = node.value

    def schema(self) -> Schema:
        """Return an array in which the key `use` tells a sub-flow from a step."""
        chosen = {"if": {"type": "object", "required": ["use"]}, "then": {"$ref": "#/$defs/use"}}
        return {"type": "array", "minItems": 1, "items": chosen | {"else": {"$ref": "#/$defs/step"}}}


_RUNBOOK: Mapping[str, tuple[str, Kind]] = {
    "runbook": ("name", SLUG),
    "format": ("format", Whole()),
    "revision": ("revision", Whole()),
    "title": ("title", FREE),
    "procedure": ("procedure", PROCEDURE),
    "controls": ("controls", Many(CONTROL, unique=True)),
    "inputs": ("inputs", Table(ARGUMENT, INPUT)),
    "secrets": ("secrets", Table(ARGUMENT, SECRET)),
    "portals": ("portals", Table(NAME, PORTAL, least=1)),
    "steps": ("steps", Steps()),
    "always": ("always", Many(Word(Always), unique=True)),
}
_build: Callable[[dict[str, Any]], Any] = lambda found: {_RUNBOOK[name][0]: value for name, value in found.items()}  # noqa: E731  # one table, one line
RUNBOOK = Record({name: key(Runbook, attribute, kind) for name, (attribute, kind) in _RUNBOOK.items()}, _build)
