"""What people are asked, answer, and take into their own hands."""

from __future__ import annotations

from dataclasses import dataclass

from keyturn.events.event import Event


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
    """Somebody else approved the step: `by` whom, with which key.

    `request` and `approvers`, the list of whose keys may, are paths in the recording's payload.
    """

    step: str
    by: str
    key: str
    request: str
    sha256: str
    approvers: str


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
    """The person gave the browser back; `found` lists the steps that are seen to be done, `tabs` the portals open."""

    step: str
    found: tuple[str, ...]
    tabs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedOver(Event):
    """The person does this one step; it counts as done when `until` is seen."""

    step: str
    until: str
