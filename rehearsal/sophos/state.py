"""What the replica of Sophos Central holds. The key can only be read here, on the server's side."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime


class Stage(StrEnum):
    """How far a browser has come in signing in. What was refused is asked for again."""

    PASSWORD = "password"  # noqa: S105  # the name of a screen
    PASSWORD_REFUSED = "password-refused"  # noqa: S105  # the same
    CODE = "code"
    CODE_EXPIRED = "code-expired"
    CODE_WRONG = "code-wrong"
    IN = "in"


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """What the form asks for. `key` is the value of the client secret, which the vendor calls Application Key."""

    client_id: str
    tenant_domain: str
    key: str = field(repr=False)
    expires_on: date


@dataclass(slots=True)
class SophosCentral:
    """The whole state of one replica. Hold `lock` while reading or changing more than one thing."""

    account: str
    organisation: str
    settings: SyncSettings
    last_sync: datetime  # UTC
    passed: SyncSettings | None = None  # what the last good test was made with; saving anything else is refused
    sessions: dict[str, Stage] = field(default_factory=dict)
    pressed: Counter[str] = field(default_factory=Counter)  # test, save, sync
    lock: RLock = field(default_factory=RLock)

    def move_on(self, session: str = "") -> int:
        """Do the person's next act, in the browser of `session` or in every one that waits; return how many waited."""
        with self.lock:
            waiting = [key for key, at in self.sessions.items() if at is not Stage.IN and session in {"", key}]
            for key in waiting:
                self.sessions[key] = Stage.CODE if self.sessions[key].startswith("password") else Stage.IN
        return len(waiting)

    def save(self, settings: SyncSettings) -> bool:
        """Save `settings` if the last good test was made with exactly these; return whether they were."""
        with self.lock:
            if settings != self.passed:
                return False
            self.settings, self.passed = settings, None
            return True

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain values, the key included: for tests only."""
        with self.lock:
            return {
                "settings": {**asdict(self.settings), "expires_on": self.settings.expires_on.isoformat()},
                "last_sync": self.last_sync.isoformat(),
                "pressed": dict(self.pressed),
            }
