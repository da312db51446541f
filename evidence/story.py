"""What a recording tells: facts, steps in the order in which they went, instructions and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidence.chain import GENESIS

if TYPE_CHECKING:
    from collections.abc import Iterable

# An instruction that was seen to be carried out. What a person counts as done after a failure, `overridden`, was not.
CARRIED_OUT = frozenset({"done", "already", "by-operator"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a step: before or after it, when it was taken, and its path below the payload."""

    moment: str
    path: str
    at: str


@dataclass(slots=True)
class Act:
    """One step as it went. `result` is empty while it has not ended; times are the journal's."""

    id: str
    number: int
    title: str
    covers: tuple[int, ...] = ()
    effect: str = "read"
    note: str = ""
    began: str = ""
    result: str = ""
    reason: str = ""
    applies: bool | None = None  # false where the runbook itself skipped it; None where the journal does not say
    seconds: float = 0.0
    outputs: dict[str, str] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    remarks: list[tuple[str, str, str]] = field(default_factory=list)  # time, kind of remark, words
    announced: bool = False  # whether its action was announced: what was never confirmed may have happened


@dataclass(slots=True)
class Part:
    """One part of a run: when it began and by whom, how things stood, what was otherwise and who said yes to that.

    `ended` is how it ended, empty when it could not say; `seconds` is how long it took, its browser's start
    and the search included.
    """

    began: str
    operator: str = ""
    found: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    accepted_by: str = ""
    ended: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a person: when, at which step, what about; the answer, empty when there was none, and by whom."""

    at: str
    act: Act
    about: str
    answer: str = ""
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A step as the runbook has it, begun or not, with the numbers of the instructions that it carries out."""

    id: str
    title: str
    covers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One numbered instruction of the procedure, where it is carried out, and the steps that did or were to."""

    number: int
    text: str
    where: str
    acts: tuple[Act, ...]
    missing: tuple[Planned, ...] = ()  # steps of the runbook that carry it out and were not begun

    @property
    def result(self) -> str:
        """One word for all its steps: `failed`, one of those that carry out, `in part`, `skipped`, `not reached`.

        Carried out is what each of its steps has done that the runbook did not skip itself. A step that was begun
        again, because the run went on, is as its last time.
        """
        last = last_times(self.acts)
        results = [act.result or "unfinished" for act in last]
        for word in ("failed", "unfinished", "undone"):
            if word in results:
                return word
        best = next((word for word in ("overridden", "by-operator", "done", "already") if word in results), "")
        passed_over = any(act.result == "skipped" and act.applies is not False for act in last)
        if best:
            return "in part" if self.missing or passed_over else best
        return "not reached" if self.missing or not results else "skipped"


@dataclass(slots=True)
class Story:
    """A whole recording, as its own files tell it."""

    facts: dict[str, Any]
    acts: list[Act]
    instructions: list[Instruction]
    recorded: dict[str, Any]
    began: str = ""
    ended: str = ""
    status: str = ""
    changed: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    procedure: dict[int, tuple[str, str]] = field(default_factory=dict)  # number -> text and where, by the newest part
    planned: list[Planned] = field(default_factory=list)  # as the newest part tells; none where it tells no plan
    kept: list[tuple[str, str]] = field(default_factory=list)  # what a rollback cannot take back: step, why
    secrets: list[dict[str, Any]] = field(default_factory=list)
    failure: dict[str, Any] = field(default_factory=dict)
    gate: dict[str, Any] = field(default_factory=dict)
    frames_proven: int = 0
    head: str = GENESIS
    fault: str = ""

    @property
    def kind(self) -> str:
        """`run` or `rehearsal`, by the word of `run.json` or the journal; `unknown` where neither says."""
        told, rehearsal = self.facts.get("kind"), self.facts.get("rehearsal")
        if told == "rehearsal" or rehearsal is True:
            return "rehearsal"
        return "run" if told == "run" or rehearsal is False else "unknown"

    def fact(self, *names: str) -> str:
        """Return the first of these facts that is known, from the run's own or else from what a step read."""
        for name in names:
            if value := self.facts.get(name):
                return str(value)
        return next((act.outputs[name] for act in self.acts for name in names if act.outputs.get(name)), "")


def last_times(acts: Iterable[Act]) -> list[Act]:
    """Return the acts without those that were begun again later, because the run went on."""
    return list({act.id: act for act in acts}.values())
