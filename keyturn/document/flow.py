"""`use:` takes another runbook in: its steps stand here, with its inputs filled in and its ids behind ours.

Portals and secrets share one space of names: what both runbooks name must be the same thing, and is then one tab and
one secret. `done: ID` of a sub-flow means its last step.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from keyturn.document.grammar import Use
from keyturn.document.path import Path, worded
from keyturn.document.value import canonical
from keyturn.interpolate import references, substitute
from keyturn.model import KEY, Fact, FactKind, Input, InputType, Place, Probe, Runbook, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyturn.document.kind import Reader
    from keyturn.interpolate import Reference
    from keyturn.model import Portal, Scalar, SecretSpec, Undo


@dataclass(slots=True)
class Own:
    """A runbook whose steps are still to be put in: `entries` as written, `included` the sub-flows by number."""

    runbook: Runbook
    entries: tuple[Step | Use, ...]
    reader: Reader
    included: dict[int, Runbook | None] = field(default_factory=dict)

    def at(self, index: int, *keys: str) -> tuple[Place, str]:
        """Return where a part of entry `index` stands, and its path in words."""
        path: Path = ("steps", index, *keys)
        return self.reader.places[path], worded(path, self.reader.ids)


def flattened(own: Own) -> Runbook:
    """Return the runbook with every sub-flow's steps in their place; faults between the two are noted."""
    renamed = _Renamed(own)
    steps: list[Step] = []
    ours = _by_step(own.runbook)
    places = {path: place for path, place in own.runbook.places.items() if path[:1] != ("steps",) or len(path) == 1}
    book = own.runbook
    for index, entry in enumerate(own.entries):
        if isinstance(entry, Step):
            _put(ours.get(index, {}), len(steps), places)
            steps.append(renamed.step(entry))
        elif sub := own.included.get(index):
            given = _given(own, index, renamed.use(entry), sub)
            taken = _Taken(entry.id, given)
            theirs = _by_step(sub)
            when = {path: place for path, place in ours.get(index, {}).items() if path[:1] == ("when",) and path[1:]}
            for number, step in enumerate(sub.steps):
                _put(_behind(theirs.get(number, {}), len(entry.when)), len(steps), places)
                _put(when, len(steps), places)
                steps.append(replace(taken.step(step), covers=entry.covers, when=_when(renamed, entry, taken, step)))
            book = _joined(own, index, book, taken, sub)
    return replace(book, steps=tuple(steps), places=places)


def _when(renamed: _Renamed, entry: Use, taken: _Taken, step: Step) -> tuple[Fact, ...]:
    return (*map(renamed.fact, entry.when), *taken.step(step).when)


def _put(inside: Mapping[Path, Place], step: int, places: dict[Path, Place]) -> None:
    places.update({("steps", step, *path): place for path, place in inside.items()})


def _by_step(book: Runbook) -> dict[int, dict[Path, Place]]:
    """Return the places inside each step of `book`, by its number."""
    found: dict[int, dict[Path, Place]] = {}
    for path, place in book.places.items():
        if path[:1] == ("steps",) and len(path) > 1 and isinstance(path[1], int):
            found.setdefault(path[1], {})[path[2:]] = place
    return found


def _behind(inside: Mapping[Path, Place], others: int) -> dict[Path, Place]:
    """Return the places of a step whose `when` will have so many other facts before its own."""
    found: dict[Path, Place] = {}
    for path, place in inside.items():
        moved = path[1] + others if path[:1] == ("when",) and len(path) > 1 and isinstance(path[1], int) else None
        found[path if moved is None else ("when", moved, *path[2:])] = place
    return found


class _Texts(ABC):
    """Goes through every text of a step that may name an input, an output or a step."""

    @abstractmethod
    def name(self, reference: Reference) -> str:
        """Return what stands for a name in braces."""

    @abstractmethod
    def id(self, step: str) -> str:
        """Return what a step is called in the whole."""

    def text(self, text: str) -> str:
        return substitute(text, self.name)

    def args(self, args: Mapping[str, Scalar]) -> dict[str, Scalar]:
        return {name: self.text(value) if isinstance(value, str) else value for name, value in args.items()}

    def fact(self, fact: Fact) -> Fact:
        if fact.kind is FactKind.DONE:
            return replace(fact, of=tuple(self.id(step) for step in fact.of))
        return replace(fact, of=tuple(self.text(text) for text in fact.of))

    def _probe(self, probe: Probe) -> Probe:
        return replace(probe, args=self.args(probe.args))

    def step(self, step: Step) -> Step:
        return replace(
            step,
            id=self.id(step.id),
            args=self.args(step.args),
            guard=tuple(map(self.fact, step.guard)),
            when=tuple(map(self.fact, step.when)),
            done_when=tuple(map(self._probe, step.done_when)),
            expect=tuple(map(self._probe, step.expect)),
            undo=self._undo(step.undo) if step.undo else None,
        )

    def _undo(self, undo: Undo) -> Undo:
        return replace(undo, args=self.args(undo.args), guard=tuple(map(self.fact, undo.guard)))


class _Renamed(_Texts):
    """Our own texts: the outputs of a sub-flow become those of its steps."""

    def __init__(self, own: Own) -> None:
        self._outputs: dict[str, str] = {}
        self._last: dict[str, str] = {}
        for index, entry in enumerate(own.entries):
            sub = own.included.get(index)
            if isinstance(entry, Use) and sub and sub.steps:
                self._last[entry.id] = f"{entry.id}/{sub.steps[-1].id}"
                for name, inner in entry.outputs.items():
                    self._outputs[f"steps.{entry.id}.{name}"] = f"{{{{ steps.{entry.id}/{inner} }}}}"

    def name(self, reference: Reference) -> str:
        return self._outputs.get(reference.name, reference.written)

    def id(self, step: str) -> str:
        return self._last.get(step, step)

    def use(self, use: Use) -> Use:
        return replace(use, args=self.args(use.args))


class _Taken(_Texts):
    """The texts of a sub-flow: its inputs filled in, its steps behind our id."""

    def __init__(self, prefix: str, given: Mapping[str, str]) -> None:
        self._prefix = prefix
        self._given = given

    def name(self, reference: Reference) -> str:
        if reference.root == "steps":
            return f"{{{{ steps.{self._prefix}/{reference.of}.{reference.output} }}}}"
        return self._given.get(reference.of, reference.written)

    def id(self, step: str) -> str:
        return f"{self._prefix}/{step}"

    def portal(self, portal: Portal) -> Portal:
        return replace(portal, url=self.text(portal.url))

    def secret(self, secret: SecretSpec) -> SecretSpec:
        return replace(
            secret,
            label=self.text(secret.label),
            application=self.text(secret.application),
            directory=self.text(secret.directory),
        )


def _given(own: Own, index: int, use: Use, sub: Runbook) -> dict[str, str]:
    """Return the texts that stand for the sub-flow's inputs; faults of the values are noted."""
    faults = own.reader.faults
    given: dict[str, str] = {}
    for name, value in use.args.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        given[name] = text
        place, label = own.at(index, "with", name)
        if name not in sub.inputs:
            key, _ = own.at(index, "with", name, KEY)
            faults.add(key, label, f"{use.use} has no such input", found=name, allowed=sub.inputs)
        elif unknown := _unknown(text, own.runbook.inputs):
            faults.add(place, label, "no such input in `inputs`", found=unknown, allowed=own.runbook.inputs)
        elif message := _misfit(text, sub.inputs[name], own.runbook.inputs):
            faults.add(place, label, message, found=text, allowed=sub.inputs[name].choices)
    for name, spec in sub.inputs.items():
        if spec.default is not None:
            given.setdefault(name, spec.default)
        elif name not in given:
            place, label = own.at(index)
            faults.add(place, label, f"{use.use} needs the input `{name}`, and `with` does not give it")
    for name, inner in use.outputs.items():
        step_id, _, output = inner.partition(".")
        outputs = {f"{step.id}.{out}": None for step in sub.steps for out in step.outputs}
        if f"{step_id}.{output}" not in outputs:
            place, label = own.at(index, "outputs", name)
            faults.add(place, label, f"{use.use} has no such output", found=inner, allowed=outputs)
            faults.unread.append(("steps", index, "outputs"))  # What names it is told nothing more.
    return given


def _unknown(text: str, ours: Mapping[str, Input]) -> str:
    names = [reference.of for reference in references(text) if reference.root == "inputs"]
    return next((name for name in names if name not in ours), "")


def _misfit(text: str, spec: Input, ours: Mapping[str, Input]) -> str:
    """Return what is wrong with giving `text` for the input `spec`, or an empty text."""
    found = references(text)
    if not found:
        try:
            canonical(spec, text)
        except ValueError as error:
            return f"not {error}"
        return ""
    source = ours.get(found[0].of) if found[0].root == "inputs" else None
    if source and spec.type not in {source.type, InputType.TEXT}:
        return f"an input of type `{source.type}` cannot stand for one of type `{spec.type}`"
    return ""


def _joined(own: Own, index: int, book: Runbook, taken: _Taken, sub: Runbook) -> Runbook:
    """Return `book` with the portals, secrets and last acts of `sub`; the same name for two things is a fault."""
    portals = {name: taken.portal(portal) for name, portal in sub.portals.items()}
    secrets = {name: taken.secret(secret) for name, secret in sub.secrets.items()}
    mine: dict[str, object] = {**book.portals, **book.secrets}
    for name, theirs in {**portals, **secrets}.items():
        if mine.get(name, theirs) != theirs:
            place, label = own.at(index, "use")
            message = f"both runbooks have `{name}`, and not the same one; `with` gives the inputs that it is made of"
            own.reader.faults.add(place, label, message)
    always = (*book.always, *(act for act in sub.always if act not in book.always))
    texts = {**book.included, **sub.included, sub.path: sub.text}
    return replace(
        book, portals={**portals, **book.portals}, secrets={**secrets, **book.secrets}, always=always, included=texts
    )
