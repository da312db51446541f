"""What a run tells: frozen facts, in the past tense, in the order in which they became true.

The engine emits them; the journal, the console and whoever else wants to listen. An announcement (`Acting`,
`SecretIntended`) is emitted, and by the journal flushed to disk, before the act that it announces. No event holds a
value. The kind of an event in the journal is its class name in kebab-case.

By subject: `run`, `step`, `person`, `portal`, `secret`, `evidence`. Whoever emits or listens has them all from here.
"""

from __future__ import annotations

from keyturn.events.event import Event, Listener
from keyturn.events.evidence import ConcealmentProven, LeakGate, Pictured, PicturesRead, SearchBegan
from keyturn.events.person import (
    ApprovalRefused,
    Approved,
    GateAnswered,
    GateAsked,
    GivenBack,
    HandedOver,
    ModeChanged,
    SecondPersonAsked,
    TakenOver,
)
from keyturn.events.portal import PageLost, SessionLost, SignInScreen
from keyturn.events.run import Changed, LeftOpen, Resumed, RollbackBegan, RunEnded, RunStarted
from keyturn.events.secret import (
    ClipboardLeft,
    OrphanDeleted,
    OrphanFound,
    Pasted,
    SecretCaptured,
    SecretIntended,
    SecretLookedFor,
    SecretNotMade,
    SecretsCompared,
    SecretSealed,
    SecretsEntrusted,
    ValueLost,
)
from keyturn.events.step import (
    Acting,
    Failed,
    GuardHeld,
    GuardRefused,
    NotDone,
    Result,
    Retrying,
    StepEnded,
    StepStarted,
    Undone,
    WalkedAgain,
)

__all__ = [
    "Acting",
    "ApprovalRefused",
    "Approved",
    "Changed",
    "ClipboardLeft",
    "ConcealmentProven",
    "Event",
    "Failed",
    "GateAnswered",
    "GateAsked",
    "GivenBack",
    "GuardHeld",
    "GuardRefused",
    "HandedOver",
    "LeakGate",
    "LeftOpen",
    "Listener",
    "ModeChanged",
    "NotDone",
    "OrphanDeleted",
    "OrphanFound",
    "PageLost",
    "Pasted",
    "Pictured",
    "PicturesRead",
    "Result",
    "Resumed",
    "Retrying",
    "RollbackBegan",
    "RunEnded",
    "RunStarted",
    "SearchBegan",
    "SecondPersonAsked",
    "SecretCaptured",
    "SecretIntended",
    "SecretLookedFor",
    "SecretNotMade",
    "SecretSealed",
    "SecretsCompared",
    "SecretsEntrusted",
    "SessionLost",
    "SignInScreen",
    "StepEnded",
    "StepStarted",
    "TakenOver",
    "Undone",
    "ValueLost",
    "WalkedAgain",
]
