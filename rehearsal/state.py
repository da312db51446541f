"""What the replicas hold: the directory, its registrations and their secrets, and every press of a button that counts.

All state lives here, on the server's side, so that a test can ask what the portals really hold. Times are UTC.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

from rehearsal.operator_desk import Desk
from rehearsal.tokens import TokenEndpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.faults import FaultPlan

MASK = "*" * 18  # counted in a picture: three characters of the value, then eighteen asterisks


class Refused(Exception):  # named for what happened, as the portal's own word
    """The directory refuses a change. `code` and `text` are the portal's, as far as they are public."""

    def __init__(self, code: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.code, self.text, self.status = code, text, status


@dataclass(slots=True)
class Secret:
    """A client secret. `value` is known to the server alone; a portal shows it once and afterwards only the hint."""

    secret_id: str
    description: str
    start: datetime
    end: datetime
    value: str = field(repr=False)
    usable_from: datetime  # when it has replicated, and the token endpoint begins to know it

    @property
    def hint(self) -> str:
        """The first three characters, which the portal goes on showing."""
        return self.value[:3]

    def public(self) -> dict[str, str]:
        """Return what the portal may show at any time."""
        return {
            "secretId": self.secret_id,
            "description": self.description,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "masked": self.hint + MASK,
        }


@dataclass(slots=True)
class Registration:
    """An app registration. `banner` is "expired", "expiring" or "" and decides which message its Overview shows."""

    name: str
    application_id: str
    object_id: str
    created: datetime
    secrets: list[Secret] = field(default_factory=list)
    owned: bool = False
    banner: str = ""
    active: bool = True

    def status(self, now: datetime) -> str:
        """Return the list's column “Certificates & secrets”. Only Current and the dash were seen in pictures."""
        if not self.secrets:
            return "-"
        last = max(secret.end for secret in self.secrets)
        if last < now:
            return "Expired"
        return "Expiring soon" if last < now + timedelta(days=30) else "Current"


@dataclass(frozen=True, slots=True)
class Directory:
    """A tenant and the operator's account in it."""

    name: str
    domain: str
    directory_id: str
    account: str
    person: str


class Portal(Protocol):
    """A portal that is not Microsoft's, as the world sees it."""

    def waiting(self) -> list[str]:
        """Return the sessions in which a sign-in waits for a person."""
        ...

    def move_on(self) -> int:
        """Do the operator's next act in every sign-in that waits; return how many waited."""
        ...

    def snapshot(self) -> dict[str, Any]:
        """Return the portal's state as plain values."""
        ...


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class World:
    """Everything that the replicas of one rehearsal share. Hold `lock` to read or change more than one thing."""

    directory: Directory
    registrations: list[Registration]
    application_id: str  # of the registration that the rehearsal is about
    vendor_secret: Secret  # what the vendor's portal holds when the rehearsal begins
    make_secret: Callable[[], str]
    faults: FaultPlan
    replication_delay: float = 0.0  # seconds until a new secret is known to the token endpoint
    clock: Callable[[], datetime] = _now
    menu: str = "entra-id"  # or "identity", the older menu
    rendering: str = "classic"  # or "react"
    presses: Counter[str] = field(default_factory=Counter)
    asked: dict[str, Counter[str]] = field(default_factory=dict)  # step -> server -> requests
    history: list[dict[str, str]] = field(default_factory=list)
    portals: dict[str, Portal] = field(default_factory=dict)  # others plug in here, by name
    urls: dict[str, str] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    desk: Desk = field(default_factory=Desk)
    tokens: TokenEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = TokenEndpoint(self)

    def registration(self, application_id: str) -> Registration | None:
        """Return the registration with this Application (client) ID."""
        wanted = application_id.casefold()
        return next((one for one in self.registrations if one.application_id.casefold() == wanted), None)

    def press(self, button: str, what: str = "") -> None:
        """Count a press of a button that counts, before anything is decided about it. `what` is never a value."""
        with self.lock:
            self.presses[button] += 1
            self.history.append({"at": self.clock().isoformat(), "button": button, "what": what})

    def note_request(self, server: str) -> None:
        """Count a request to `server` during the step that is being done."""
        with self.lock:
            self.asked.setdefault(self.faults.step, Counter())[server] += 1

    def new_secret(self, registration: Registration, description: str, start: datetime, end: datetime) -> Secret:
        """Make a secret. A blank description becomes the one that the portal itself gives (seen in a 2026 manifest)."""
        now = self.clock()
        slow = self.faults.strikes("replication-slow")
        delay = timedelta(seconds=max(self.replication_delay, 6.0) if slow else self.replication_delay)
        name = description or f"Password uploaded on {start:%a %b %d %Y}"
        secret = Secret(str(uuid.uuid4()), name, start, end, self.make_secret(), now + delay)
        with self.lock:
            registration.secrets.append(secret)
        return secret

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as plain values, secret values included: for tests only."""
        with self.lock:
            return {
                "directory_id": self.directory.directory_id,
                "application_id": self.application_id,
                "registrations": {one.application_id: _registration(one) for one in self.registrations},
                "presses": dict(self.presses),
                "asked": {step: dict(servers) for step, servers in self.asked.items()},
                "history": list(self.history),
                "faults_struck": list(self.faults.struck),
                **{name: portal.snapshot() for name, portal in self.portals.items()},
            }


def _registration(one: Registration) -> dict[str, Any]:
    return {
        "name": one.name,
        "active": one.active,
        "secrets": [
            {
                "secret_id": secret.secret_id,
                "description": secret.description,
                "start": secret.start.isoformat(),
                "end": secret.end.isoformat(),
                "value": secret.value,
            }
            for secret in one.secrets
        ],
    }
