"""What becomes of a run as a whole: how it begins, goes on, is taken back and ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keyturn.events.event import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

Planned = tuple[str, str, tuple[int, ...]]
"""A step of the runbook, begun or not: its id, its title, the numbers of the instructions that it carries out."""

Instructed = tuple[int, str, str]
"""An instruction of the procedure: its number, its text, the screen that it is carried out on."""


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """A run began. `versions` names keyturn, browser, library, Python and system.

    `instructions`: all of the procedure's, in order, so that whoever reads the journal needs no grammar of that.
    `steps`: all of the runbook's, in order. `rehearsal`: it plays against replicas.
    """

    run: str
    runbook: str
    revision: int
    title: str
    mode: str
    operator: str
    versions: Mapping[str, str]
    inputs: Mapping[str, str]
    total: int
    instructions: tuple[Instructed, ...]
    steps: tuple[Planned, ...]
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """A run goes on after an interruption. `found` says in words how things stand, `results` which steps are done.

    `changes` lists what is not as it was when the run began, `accepted_by` who said yes to that; `inputs` are those in
    force from here on. `instructions` and `steps` as above: procedure and runbook may be others.
    """

    run: str
    title: str
    mode: str
    operator: str
    versions: Mapping[str, str]
    total: int
    instructions: tuple[Instructed, ...]
    steps: tuple[Planned, ...]
    rehearsal: bool
    results: Mapping[str, str]
    found: tuple[str, ...]
    changes: tuple[str, ...] = ()
    accepted_by: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RollbackBegan(Event):
    """The steps of a run are about to be taken back, last first. `can`: step and how; `cannot`: step and why not."""

    can: tuple[tuple[str, str], ...]
    cannot: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Changed(Event):
    """Something is otherwise than before the run, in a portal or in the store; `what` says it to the operator."""

    what: str


@dataclass(frozen=True, slots=True)
class LeftOpen(Event):
    """What the end of the run leaves open in the browser."""

    tabs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunEnded(Event):
    """A run ended. `status` is `done`, or the name of what ended it; `exit` is the code of the command."""

    status: str
    exit: int
    changed: tuple[str, ...]
    seconds: float
