"""What stands in {{ }}: every name is known, comes from a step before, and is no secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keyturn.interpolate import references
from keyturn.model import FactKind, InputType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keyturn.check.finding import Finding, Path
    from keyturn.interpolate import Reference
    from keyturn.model import Fact, Probe, Scalar, Step


@dataclass(slots=True)
class Names:
    """The names that are known at a point of the runbook."""

    finding: Finding
    before: dict[str, Step] = field(default_factory=dict)  # the steps above, by id

    def text(self, text: Scalar, path: Path, own: Step | None = None) -> None:
        """Check what `text` names; `own` is the step whose own outputs may be named."""
        for reference in references(text):
            if reference.root == "inputs":
                self._input(reference, path)
            elif reference.root == "steps":
                self._output(reference, path, own)

    def table(self, table: Mapping[str, Scalar], path: Path, own: Step | None = None) -> None:
        """Check every text of a mapping."""
        for name, text in table.items():
            self.text(text, (*path, name), own)

    def _input(self, reference: Reference, path: Path) -> None:
        inputs = self.finding.runbook.inputs
        if reference.of not in inputs and not self.finding.could_not_read("inputs", reference.of):
            self.finding.add(
                path, "no such input in `inputs`", found=reference.of, allowed=inputs, within=reference.written
            )

    def _output(self, reference: Reference, path: Path, own: Step | None) -> None:
        step = own if own and reference.of == own.id else self.before.get(reference.of)
        add, within = self.finding.add, reference.written
        if step is None and any(id_.startswith(f"{reference.of}/") for id_ in self.before):
            if not self.finding.could_not_read_steps("outputs"):
                message = "the `outputs` of this `use` have no such name"
                add(path, message, found=reference.output, within=within)
        elif step is None:
            known = [*self.before, *([own.id] if own else [])]
            self._absent(reference.of, path, allowed=known, within=within)
        elif step.copies and reference.output == "secret":
            message = "a secret may only be captured, stored and pasted, never put into a text"
            add(path, message, found=within, within=within)
        elif reference.output not in step.outputs and not self.finding.could_not_read_steps("outputs"):
            add(path, f"{step.id} has no such output", found=reference.output, allowed=step.outputs, within=within)

    def _absent(self, id_: str, path: Path, *, allowed: Iterable[str], within: str = "") -> None:
        """Tell that a step is not there; where the id of one could not be read, it may be that one."""
        later = any(step.id == id_ for step in self.finding.runbook.steps)
        message = "this step does not come before" if later else "no such step"
        if later or not self.finding.could_not_read_steps("id"):
            self.finding.add(path, message, found=id_, allowed=allowed, within=within)

    def fact(self, fact: Fact, path: Path) -> None:
        """Check what a fact asks for."""
        path = (*path, "not") if fact.negated else path
        path = (*path, fact.kind.value)
        if fact.kind is FactKind.DONE:
            if fact.of[0] not in self.before:
                self._absent(fact.of[0], path, allowed=self.before)
        elif fact.kind is FactKind.STORED:
            self.secret(fact.of[0], path)
        else:
            for number, text in enumerate(fact.of):
                self.text(text, (*path, number))
            if fact.kind is FactKind.EXPIRED:
                self._date(fact.of[0], path)

    def _date(self, text: str, path: Path) -> None:
        inputs = self.finding.runbook.inputs
        found = references(text)
        whole = len(found) == 1 and found[0].written == text.strip()
        dated = not (found and found[0].of in inputs) or inputs[found[0].of].type is InputType.DATE
        if not (whole and dated and found[0].root != "run"):
            self.finding.add(path, "a date belongs here: an output, or an input of type `date`", found=text)

    def secret(self, name: str, path: Path) -> None:
        """Check that the secret `name` is declared and captured by a step above."""
        secrets = self.finding.runbook.secrets
        captured = any(step.copies == name for step in self.before.values())
        if name not in secrets:
            if not self.finding.could_not_read("secrets", name):
                self.finding.add(path, "no such secret in `secrets`", found=name, allowed=secrets)
        elif not captured and not self.finding.could_not_read_steps("outputs"):
            self.finding.add(path, "no step before captures this secret", found=name)

    def probes(self, step: Step, part: str, probes: tuple[Probe, ...], index: int) -> None:
        """Check the arguments' names of the probes of `step`."""
        for number, probe in enumerate(probes):
            self.table(probe.args, ("steps", index, part, number, probe.written), step)
