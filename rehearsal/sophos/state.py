"""What the replica of Sophos Central holds. The key can only be read here, on the server's side."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rehearsal.vendor_sign_in import SignIns

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """What the form asks for. `key` is the value of the client secret, which the vendor calls Application Key."""

    client_id: str
    tenant_domain: str
    key: str = field(repr=False)
    expires_on: date


@dataclass(slots=True)
class SophosCentral(SignIns):
    """The whole state of one replica. Hold `lock` while reading or changing more than one thing."""

    account: str
    organisation: str
    settings: SyncSettings
    last_sync: datetime  # UTC
    passed: SyncSettings | None = None  # what the last good test was made with; saving anything else is refused
    pressed: Counter[str] = field(default_factory=Counter)  # test, save, sync

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
