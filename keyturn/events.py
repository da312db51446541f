"""What a run tells: frozen facts, in the past tense, in the order in which they became true.

The engine emits them; the journal, the console and whoever else wants to listen. An announcement (`Acting`,
`SecretIntended`) is emitted, and by the journal flushed to disk, before the act that it announces. No event holds a
value. The kind of an event in the journal is its class name in kebab-case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Result(StrEnum):
    """How a step ended."""

    DONE = "done"
    ALREADY = "already"
    SKIPPED = "skipped"
    BY_OPERATOR = "by-operator"
    OVERRIDDEN = "overridden"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run."""

    @property
    def kind(self) -> str:
        """The event's name in the journal: `StepStarted` is `step-started`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """A run began. `versions` names keyturn, browser, library, Python and system."""

    run: str
    runbook: str
    revision: int
    title: str
    mode: str
    operator: str
    versions: Mapping[str, str]
    inputs: Mapping[str, str]
    total: int


@dataclass(frozen=True, slots=True)
class Resumed(Event):
    """A run goes on after an interruption. `found` says in words how things stand, `results` which steps are done.

    `changes` lists what is not as it was when the run began, `accepted_by` who said yes to that.
    """

    run: str
    title: str
    mode: str
    operator: str
    versions: Mapping[str, str]
    total: int
    results: Mapping[str, str]
    found: tuple[str, ...]
    changes: tuple[str, ...] = ()
    accepted_by: str = ""


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
class GateAsked(Event):
    """A person was asked. `gate` is the gate's word, or what else it was about: `change`, `by hand`, `failure`."""

    step: str
    gate: str


@dataclass(frozen=True, slots=True)
class GateAnswered(Event):
    """A person answered, or the page did. `by` says who or what; `reason` is theirs, where one was asked for."""

    step: str
    answer: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SecondPersonAsked(Event):
    """Somebody else is to sign; `request` is the name of the file that says what, `expires` until when, in UTC."""

    step: str
    request: str
    expires: str


@dataclass(frozen=True, slots=True)
class ApprovalRefused(Event):
    """A signature came that approves nothing; `why` says why."""

    step: str
    why: str


@dataclass(frozen=True, slots=True)
class Approved(Event):
    """Somebody else approved the step: `by` whom, with which key; `request` is its path in the recording's payload."""

    step: str
    by: str
    key: str
    request: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModeChanged(Event):
    """From this step on the run goes along with the person in another way."""

    step: str
    mode: str
    by: str


@dataclass(frozen=True, slots=True)
class TakenOver(Event):
    """The person has the browser; whatever happens there until it is given back is theirs."""

    step: str
    by: str


@dataclass(frozen=True, slots=True)
class GivenBack(Event):
    """The person gave the browser back; `found` lists the steps that are seen to be done."""

    step: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """The person does this one step; it counts as done when `until` is seen."""

    step: str
    until: str


@dataclass(frozen=True, slots=True)
class SignInScreen(Event):
    """The sign-in pages show another screen; `screen` names it, with what the person needs, such as a number."""

    step: str
    screen: str


@dataclass(frozen=True, slots=True)
class SessionLost(Event):
    """The portal asks to sign in again in the middle of the step."""

    step: str
    seen: str


@dataclass(frozen=True, slots=True)
class PageLost(Event):
    """The portal was loaded anew in the middle of the step, and its page is gone; the way back to it is walked."""

    step: str
    seen: str


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
class Pictured(Event):
    """A picture was taken; `path` is relative to the recording."""

    step: str
    moment: str
    path: str


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
class ConcealmentProven(Event):
    """A made-up value was illegible in every frame; `frames` counts them."""

    step: str
    frames: int


@dataclass(frozen=True, slots=True)
class SecretIntended(Event):
    """A secret is about to be created. `known_ids` are those that exist before, so that a new one can be told."""

    step: str
    secret: str
    known_ids: tuple[str, ...]
    intent: str


@dataclass(frozen=True, slots=True)
class SecretNotMade(Event):
    """The secret that was intended does not exist: `why` says how that is known."""

    step: str
    secret: str
    intent: str
    why: str


@dataclass(frozen=True, slots=True)
class ValueLost(Event):
    """The secret that was intended exists, or may, and nobody has its value."""

    step: str
    secret: str
    intent: str
    secret_id: str
    why: str


@dataclass(frozen=True, slots=True)
class OrphanFound(Event):
    """A secret of this run stands in the portal whose value nobody has. `beside` lists new ones that are not its."""

    step: str
    secret_id: str
    expires_on: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrphanDeleted(Event):
    """The secret whose value nobody has was deleted, and is seen to be gone."""

    step: str
    secret_id: str


@dataclass(frozen=True, slots=True)
class SecretCaptured(Event):
    """A value arrived from the page by the clipboard and has the right shape. `remark` tells of an unknown one."""

    step: str
    secret: str
    secret_id: str
    remark: str


@dataclass(frozen=True, slots=True)
class SecretSealed(Event):
    """The value is in the store: flushed, read back and compared."""

    step: str
    secret: str
    secret_id: str
    expires_on: str
    entry: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Pasted(Event):
    """The value was pasted into a page."""

    step: str
    secret: str


@dataclass(frozen=True, slots=True)
class WalkedAgain(Event):
    """A step that only reads was gone through once more, to come back to a page; its first result stands."""

    step: str
    title: str


@dataclass(frozen=True, slots=True)
class RollbackBegan(Event):
    """The steps of a run are about to be taken back, last first. `can`: step and how; `cannot`: step and why not."""

    can: tuple[tuple[str, str], ...]
    cannot: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Undone(Event):
    """What a step did was taken back, and is seen to be; `say` is how, in the runbook's words."""

    step: str
    say: str


@dataclass(frozen=True, slots=True)
class ClipboardLeft(Event):
    """The clipboard was let go: `cleared`, or `not ours` when it no longer held the value."""

    state: str


@dataclass(frozen=True, slots=True)
class StepEnded(Event):
    """A step ended; `seconds` is how long it took, waiting included."""

    step: str
    result: str
    reason: str
    outputs: Mapping[str, str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """A step stopped the run: what was expected, what was seen, what has changed already, what to do next."""

    step: str
    title: str
    expected: str
    seen: str
    changed: tuple[str, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Changed(Event):
    """Something is otherwise than before the run, in a portal or in the store; `what` says it to the operator."""

    what: str


@dataclass(frozen=True, slots=True)
class LeftOpen(Event):
    """What the end of the run leaves open in the browser."""

    tabs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchBegan(Event):
    """Everything that the run wrote is being searched for its values, which takes a while when pictures are read."""

    pictures_read: bool


@dataclass(frozen=True, slots=True)
class LeakGate(Event):
    """Everything the run wrote was searched for its values; `findings` names where one was found.

    `values` counts them; where there is none, anything of a client secret's shape was looked for.
    """

    findings: tuple[str, ...]
    seconds: float
    pictures_read: bool
    values: int = 0


@dataclass(frozen=True, slots=True)
class RunEnded(Event):
    """A run ended. `status` is `done`, or the name of what ended it; `exit` is the code of the command."""

    status: str
    exit: int
    changed: tuple[str, ...]
    seconds: float


Listener = Callable[[Event], None]
