"""Who answers at a gate: a person at the terminal, approvals given beforehand, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from keyturn.errors import Invalid, NobodyThere

if TYPE_CHECKING:
    from collections.abc import Collection

    from keyturn.model import Gate, Runbook

ALL = "all"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at a gate. `act` says in the step's words what a yes will do."""

    step: str
    title: str
    gate: Gate
    act: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`yes` or not, and who said so."""

    yes: bool
    by: str


class Gatekeeper(Protocol):
    """Gets answers. Raises `NobodyThere` when there is nobody to ask: a gate never hangs."""

    def ask(self, question: Question) -> Answer:
        """Return the answer of whoever is responsible."""
        ...


class Nobody:
    """The end of the line: no person can be asked."""

    def ask(self, question: Question) -> Answer:
        """Raise `NobodyThere`."""
        raise NobodyThere(
            f"step {question.step} waits for a person and there is no terminal to ask at",
            hint=f"start at a terminal, or approve it beforehand with --approve {question.step}",
        )


class Beforehand:
    """Approvals that the operator named on the command line; everything else is asked onward."""

    def __init__(self, approved: Collection[str], onward: Gatekeeper) -> None:
        self._approved = approved
        self._onward = onward

    def ask(self, question: Question) -> Answer:
        """Answer yes where approved."""
        if question.step in self._approved:
            return Answer(yes=True, by=f"--approve {question.step}")
        if ALL in self._approved:
            return Answer(yes=True, by="--approve all")
        return self._onward.ask(question)


def check_approvals(approved: Collection[str], runbook: Runbook) -> None:
    """Raise `Invalid` when an approval names no step of the runbook: it would silently approve nothing."""
    unknown = sorted(set(approved) - {ALL} - {step.id for step in runbook.steps})
    if unknown:
        raise Invalid(
            f"--approve names no step of {runbook.name}: {', '.join(unknown)}", hint="`keyturn plan` lists the steps"
        )
