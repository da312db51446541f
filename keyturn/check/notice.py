"""What is no fault but worth a look.

A step that carries out no instruction, one that records how a person signs in, and one that may lack what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.interpolate import references
from keyturn.model import FactKind, Gate, Pictures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.model import Runbook, Step


def notices(runbook: Runbook) -> list[str]:
    """Return the notices, each with its place, in the order of the steps."""
    steps = {step.id: step for step in runbook.steps}
    told = []
    for index, step in enumerate(runbook.steps):
        place = runbook.places["steps", index]
        if not step.covers:
            told.append(f"{place}: {step.id} carries out no instruction of the procedure")
        if step.gate is Gate.SIGN_IN and step.evidence is not Pictures.DARK:
            told.append(f"{place}: {step.id} records how a person signs in; with `evidence: dark` nothing of it is")
        told += [
            f"{place}: {step.id} needs the {name} of {other.id}, which may be skipped; then it stops the run"
            for other, name in _needed(step, steps)
            if _may_be_skipped(other, step)
        ]
    return told


def _needed(step: Step, steps: dict[str, Step]) -> Iterator[tuple[Step, str]]:
    texts = (*step.args.values(), *(text for probe in step.expect for text in probe.args.values()))
    found = dict.fromkeys((one.of, one.output) for text in texts for one in references(text) if one.root == "steps")
    yield from ((steps[of], output) for of, output in found if of in steps and of != step.id)


def _may_be_skipped(other: Step, step: Step) -> bool:
    """Return whether `other` may be skipped where `step` is not: its facts are not all asked for by `step` too."""
    asked = {(fact.kind, fact.of, fact.negated) for fact in step.when}
    done = (FactKind.DONE, (other.id,), False)
    return done not in asked and any((fact.kind, fact.of, fact.negated) not in asked for fact in other.when)
