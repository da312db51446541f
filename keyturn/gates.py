"""Who answers: a person at the terminal, approvals given beforehand, or nobody. One question at a time, never a hang.

The engine asks; what may be chosen stands in the question, so that whoever shows it needs no rules of its own. While a
person thinks, the engine's `pump` lets the browser work and tells when the page itself has answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from keyturn.errors import Invalid, NobodyThere
from keyturn.model import Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from keyturn.model import Runbook

    Pump = Callable[[], bool]  # lets the browser work for a moment; True when the page itself has answered

ALL = "all"


class Mode(StrEnum):
    """How a run goes along with the person who watches it."""

    GUIDED = "guided"  # every change waits for a yes
    AUTO = "auto"  # only gates wait
    MANUAL = "manual"  # the person does it, keyturn looks and records


class About(StrEnum):
    """What a question is about."""

    GATE = "gate"  # the runbook wants a person's act before this step
    CHANGE = "change"  # guided: this step is about to change something
    BY_HAND = "by hand"  # the person does this one step; the page tells when it is done
    TAKEN_OVER = "taken over"  # the person has the browser, for any number of steps
    FAILURE = "failure"  # the step failed; what now
    SECOND_PERSON = "second person"  # somebody else's signature is waited for; no answer given here is one
    ORPHAN = "orphan"  # whether a secret may be deleted that somebody else may have made and use
    BEYOND = "done beyond"  # whether a change lies behind already, as what comes after it is seen
    RUN = "run"  # something about the whole run: a changed runbook


class Choice(StrEnum):
    """What a person may choose. A question lists those that make sense."""

    GO_ON = "go on"
    AGAIN = "try again"
    BY_HAND = "do it by hand"
    TAKE_OVER = "take over"
    GIVE_BACK = "give back"
    CHANGE_MODE = "change mode"
    SKIP = "skip"  # with a reason
    OVERRIDE = "override"  # with a reason: it is as it should be, although it was not seen
    STOP = "stop"
    SEEN = "seen"  # never a person's: the page itself has answered


BEFOREHAND = frozenset({About.GATE, About.CHANGE})  # what may be approved before it is seen
WITH_REASON = frozenset({Choice.SKIP, Choice.OVERRIDE})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `act` says in the step's words what a yes will do; `warning` what cannot be taken back.

    `details` are what the step is given, such as the text to enter: name and text. `expected`, `seen`, `changed`,
    `next` and `picture` (a path below the recording's payload) belong to a failure.
    """

    step: str
    title: str
    gate: Gate
    act: str
    about: About = About.GATE
    offers: tuple[Choice, ...] = (Choice.GO_ON, Choice.STOP)
    warning: str = ""
    details: tuple[tuple[str, str], ...] = ()
    expected: str = ""
    seen: str = ""
    changed: tuple[str, ...] = ()
    next: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was chosen and by whom; `reason` where the choice wants one, `mode` where it is to be another."""

    choice: Choice
    by: str
    reason: str = ""
    mode: Mode | None = None

    @property
    def yes(self) -> bool:
        """Whether the step may go on."""
        return self.choice in {Choice.GO_ON, Choice.SEEN}


class Gatekeeper(Protocol):
    """Gets answers. Raises `NobodyThere` when there is nobody to ask: a gate never hangs."""

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Return the answer of whoever is responsible, `SEEN` when `pump` tells that the page has answered.

        `pump` is to be called again and again, never longer than a second apart, while nobody has answered.
        """
        ...

    def wish(self) -> Answer | None:
        """Return at once what the person wants unasked, between two steps: take over, change mode, stop. Else None."""
        ...


class Nobody:
    """The end of the line: no person can be asked."""

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Raise `NobodyThere`; but a second person may be elsewhere, and signs in their own time, which `pump` ends."""
        if question.about is About.SECOND_PERSON:
            while not pump():
                pass
            return Answer(Choice.SEEN, by="the second person")
        approve = f", or approve it beforehand with --approve {question.step}" if question.about in BEFOREHAND else ""
        raise NobodyThere(
            f"step {question.step} waits for a person and there is no terminal to ask at",
            hint=f"start at a terminal{approve}",
        )

    def wish(self) -> Answer | None:
        """Return None: nobody wants anything."""
        return None


class Beforehand:
    """Approvals that the operator named on the command line; everything else is asked onward."""

    def __init__(self, approved: Collection[str], onward: Gatekeeper) -> None:
        self._approved = approved
        self._onward = onward

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Answer yes where approved. A failure, an orphan and a second person's gate cannot be before they are seen."""
        if question.about in BEFOREHAND and question.gate is not Gate.MANUAL:
            if question.step in self._approved:
                return Answer(Choice.GO_ON, by=f"--approve {question.step}")
            if ALL in self._approved:
                return Answer(Choice.GO_ON, by="--approve all")
        return self._onward.ask(question, pump)

    def wish(self) -> Answer | None:
        """Ask onward."""
        return self._onward.wish()


def check_approvals(approved: Collection[str], runbook: Runbook) -> None:
    """Raise `Invalid` when an approval names no step of the runbook: it would silently approve nothing."""
    unknown = sorted(set(approved) - {ALL} - {step.id for step in runbook.steps})
    if unknown:
        raise Invalid(
            f"--approve names no step of {runbook.name}: {', '.join(unknown)}", hint="`keyturn plan` lists the steps"
        )
