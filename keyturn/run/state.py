"""What a run knows while it runs: inputs, outputs, results, the secrets it holds, and what it has changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from keyturn.errors import KeyturnError
from keyturn.events import Result
from keyturn.interpolate import NotYetKnown, fill, references

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from keyturn.catalogue import Parameter
    from keyturn.model import Runbook, Scalar, Step
    from secrets_store import Entry, Secret


SEEN_DONE: Final = frozenset({Result.DONE, Result.ALREADY, Result.BY_OPERATOR})
FOUND_DONE: Final = "it was begun before, and is found done"  # the reason of a step that was announced and is found so


@dataclass(frozen=True, slots=True)
class Held:
    """A secret that this run captured: its value in memory and its sealed entry in the store."""

    secret: Secret
    entry: Entry
    secret_id: str
    expires_on: str


@dataclass(frozen=True, slots=True)
class Intended:
    """A secret that was about to be made: its name, the store's intent, and the IDs that existed before.

    `lost`: it was made and nobody has its value.
    """

    secret: str
    intent: str
    known_ids: tuple[str, ...]
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """A secret that was made and sealed: its name, the store's entry, and what the portal showed of it."""

    secret: str
    entry: str
    secret_id: str
    expires_on: str
    remark: str = ""  # about an unknown shape, which a person is to confirm


def outputs_of(step: Step, made: object) -> dict[str, str]:
    """Return what `step` gives to those after it, read off `made`, which its action returned."""
    return {name: str(getattr(made, field)) for name, field in step.outputs.items()}


@dataclass(slots=True)
class Entrusted:
    """Which secrets the run knows to stand in each list, by the step that makes one there."""

    listed: dict[str, frozenset[str]] = field(default_factory=dict)
    unchecked: set[str] = field(default_factory=set)  # lists that a person may have deleted from since
    fresh: bool = False  # nobody has looked since a person had the browser last

    def stand(self, of: str, secret_ids: Collection[str]) -> None:
        """Note what the list held. Whatever a person may have deleted before is still to be looked for."""
        self.listed[of] = frozenset(secret_ids) | (self.listed[of] if of in self.unchecked else frozenset())

    def lend(self, of: str, secret_ids: Collection[str]) -> None:
        """Note what the list held when a person was given the browser."""
        self.stand(of, secret_ids)
        self.unchecked.add(of)
        self.fresh = True

    def compared(self, of: str, secret_ids: Collection[str]) -> None:
        """Note what the list holds, now that it was compared."""
        self.unchecked.discard(of)
        self.stand(of, secret_ids)

    def made(self, of: str, secret_id: str) -> None:
        """Note a secret that the run made."""
        self.listed[of] = self.listed.get(of, frozenset()) | {secret_id}

    def deleted(self, secret_id: str) -> None:
        """Note that the run itself deleted a secret."""
        self.listed = {of: stood - {secret_id} for of, stood in self.listed.items()}


@dataclass(slots=True)
class Unfinished:
    """What the run began and did not end, by step: in an earlier part, or in this one before it was tried again."""

    announced: set[str] = field(default_factory=set)  # what they do may be done or not
    intended: dict[str, Intended] = field(default_factory=dict)
    sealed: dict[str, Sealed] = field(default_factory=dict)
    seen: dict[str, frozenset[str]] = field(default_factory=dict)  # IDs in the list when no orphan was in it
    taken_over: dict[str, str] = field(default_factory=dict)  # step -> the person who had the browser from there
    touched: dict[str, frozenset[str]] = field(default_factory=dict)  # portal a person was in -> outputs from before
    entrusted: Entrusted = field(default_factory=Entrusted)  # secrets that are to stand there still

    def touch(self, portals: Collection[str], outputs: Collection[str]) -> None:
        """Note that a person may have done anything in `portals`. Only `outputs` are of what was there before."""
        for portal in portals:
            self.touched.setdefault(portal, frozenset(outputs))

    def intend(self, step: str, intended: Intended) -> None:
        """Note that `step` is about to make a secret. The button of this one has not been pressed."""
        self.intended[step] = intended
        self.announced.discard(step)
        self.entrusted.stand(step, intended.known_ids)

    def lose(self, step: str) -> None:
        """Note that the secret of `step` was made, and that nobody has its value."""
        if intended := self.intended.get(step):
            self.intended[step] = replace(intended, lost=True)

    def seal(self, step: str, sealed: Sealed) -> None:
        """Note that the value of the secret of `step` is safe."""
        self.intended.pop(step, None)
        self.sealed[step] = sealed
        self.entrusted.made(step, sealed.secret_id)

    def end(self, step: str) -> None:
        """Note that `step` has an end."""
        self.announced.discard(step)
        self.sealed.pop(step, None)


@dataclass(slots=True)
class RunState:
    """Grows as steps end; what turns out not to be so is taken out again by whoever finds that."""

    run: str
    runbook: Runbook
    inputs: Mapping[str, str]
    outputs: dict[str, str] = field(default_factory=dict)  # "steps.<id>.<output>" -> text
    results: dict[str, Result] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)  # steps that may have changed something, and were not seen to
    created: set[str] = field(default_factory=set)  # steps whose last press is known to have made a secret
    held: dict[str, Held] = field(default_factory=dict)  # name of the secret -> what is held
    changed: list[str] = field(default_factory=list)
    values: list[Secret] = field(default_factory=list)  # whatever came by the clipboard, for the leak gate to look for
    unfinished: Unfinished = field(default_factory=Unfinished)
    secret_before: bool = False  # an earlier part may have made one, and had its value
    spared: tuple[str, ...] = ()  # secrets in the portal that are somebody else's, as the operator says

    def give(self, step: Step, outputs: Mapping[str, str]) -> None:
        """Keep what `step` gives to those after it."""
        self.outputs |= {f"steps.{step.id}.{name}": text for name, text in outputs.items()}

    def note_change(self, what: str) -> None:
        """Note that `what` is otherwise than before the run, once."""
        if what not in self.changed:
            self.changed.append(what)

    def note_created(self, step: Step, secret_id: str, expires_on: str) -> None:
        """Note that `step` made a secret, by which it is told of."""
        self.created.add(step.id)
        self.note_change(f"portal: a secret was created, ID {secret_id}, expires {expires_on}")

    def not_made(self, step: Step) -> None:
        """Note that the secret which `step` was about to make does not exist."""
        self.doubtful.discard(step.id)
        self.unfinished.intended.pop(step.id, None)

    def fill(self, text: Scalar) -> Scalar:
        """Return `text` with its {{ }} replaced. Raises `NotYetKnown` for an output that no step has given."""
        inputs = {f"inputs.{name}": value for name, value in self.inputs.items()}
        return fill(text, {**inputs, **self.outputs, "run.id": self.run})

    def fill_all(self, args: Mapping[str, Scalar]) -> dict[str, Scalar]:
        """Return `args` with every value filled."""
        return {name: self.fill(value) for name, value in args.items()}

    def told(self, step: Step) -> tuple[tuple[str, str], ...]:
        """Return what `step` is given, for a person: name and text of each argument that is known and not empty."""
        known = [(name, self._known(value)) for name, value in step.args.items()]
        return tuple((name.replace("_", " "), text) for name, text in known if text)

    def _known(self, value: Scalar) -> str:
        try:
            return str(self.fill(value))
        except NotYetKnown:
            return ""

    def bound(self, args: Mapping[str, Scalar], parameters: Mapping[str, Parameter]) -> dict[str, Scalar]:
        """Return `args` filled and in the types of `parameters`. Raises `KeyturnError` for a text that fits none."""
        filled = self.fill_all(args)
        try:
            return {name: parameters[name].bind(value) for name, value in filled.items()}
        except ValueError as error:
            wants = str(error)
        raise KeyturnError(f"an argument does not fit: it takes {wants}", hint="`keyturn check` tells which")

    def not_given(self, step: Step) -> str:
        """Return the first name in what `step` gives and expects that nothing has given, but for its own outputs."""
        texts = [*step.args.values(), *(text for probe in step.expect for text in probe.args.values())]
        if step.copies:
            secret = self.runbook.secrets[step.copies]
            texts += [secret.label, secret.application, secret.directory]
        for reference in (one for text in texts for one in references(text)):
            if reference.root == "steps" and reference.of != step.id and reference.name not in self.outputs:
                return reference.name
        return ""

    def is_done(self, step: str) -> bool:
        """Return whether `step` ended with what it is for, by keyturn or by the operator."""
        return self.results.get(step) in SEEN_DONE
