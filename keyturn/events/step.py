"""What becomes of a step: its beginning, what must hold, what is done to the page, its end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from keyturn.events.event import Event

if TYPE_CHECKING:
    from collections.abc import Mapping


class Result(StrEnum):
    """How a step ended."""

    DONE = "done"
    ALREADY = "already"
    SKIPPED = "skipped"
    BY_OPERATOR = "by-operator"
    OVERRIDDEN = "overridden"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    """A step began; `number` counts from 1."""

    step: str
    number: int
    total: int
    title: str
    covers: tuple[int, ...]
    effect: str
    note: str


@dataclass(frozen=True, slots=True)
class GuardHeld(Event):
    """A fact that must hold does."""

    step: str
    fact: str


@dataclass(frozen=True, slots=True)
class GuardRefused(Event):
    """A fact that must hold does not; the step was not begun."""

    step: str
    fact: str
    say: str


@dataclass(frozen=True, slots=True)
class Acting(Event):
    """An action of a page is about to be called."""

    step: str
    page: str
    action: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NotDone(Event):
    """What was announced did not happen: `why` says how that is known."""

    step: str
    why: str


@dataclass(frozen=True, slots=True)
class Retrying(Event):
    """The portal said not yet; it will be asked again. `left` is in seconds, `why` the runbook's own words."""

    step: str
    seen: str
    left: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class WalkedAgain(Event):
    """A step that only reads was gone through once more, to come back to a page; its first result stands."""

    step: str
    title: str


@dataclass(frozen=True, slots=True)
class Undone(Event):
    """What a step did was taken back, and is seen to be; `say` is how, in the runbook's words."""

    step: str
    say: str


@dataclass(frozen=True, slots=True)
class StepEnded(Event):
    """A step ended; `seconds` is how long it took, waiting included.

    `applies`: whether it was to be done at all. A skip of one that was is a person's, or what could not be seen.
    """

    step: str
    result: str
    reason: str
    outputs: Mapping[str, str]
    seconds: float
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """A step stopped the run: what was expected, what was seen, what has changed already, what to do next."""

    step: str
    title: str
    expected: str
    seen: str
    changed: tuple[str, ...]
    next: str
