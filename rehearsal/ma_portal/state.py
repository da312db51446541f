"""What the replica of the MA Portal holds: who is signed in, the saved integration, the groups, and every press.

Nothing here is ever rendered that the vendor's documentation does not show; the saved value of the client secret can
only be read from `MaPortal.integration`, on the server's side.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from rehearsal.ma_portal.people import GROUPS, Group
from rehearsal.vendor_sign_in import SignIns, Stage

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the New Integration page asks for. `expires_on` is a date, whatever format the field takes."""

    integration_type: str
    nickname: str
    application_id: str
    directory_id: str
    value: str = field(repr=False)
    expires_on: date


@dataclass(slots=True)
class Integration:
    """Saved credentials with the group that is synchronised. `group_id` is empty while none is selected."""

    credentials: Credentials
    group_id: str = ""
    last_sync: datetime | None = None  # UTC
    users: int = 0


@dataclass(slots=True)
class MaPortal(SignIns):
    """The whole state of one replica. Hold `lock` while reading or changing more than one thing."""

    account: str
    organisation: str
    integration: Integration | None = None
    groups: dict[str, Group] = field(default_factory=lambda: {group.group_id: group for group in GROUPS})
    passed: Credentials | None = None  # what the last good test was made with; saving anything else is refused
    active: bool = True  # whether the operator is still an active user of the programme
    pressed: Counter[str] = field(default_factory=Counter)  # test, reset, save, save_group, sync

    def save(self, credentials: Credentials) -> bool:
        """Save `credentials` if the last good test was made with exactly these; return whether they were."""
        with self.lock:
            if credentials != self.passed:
                return False
            self.integration, self.passed = Integration(credentials), None
            return True

    def reset(self) -> None:
        """Forget the integration and with it every synchronised user."""
        with self.lock:
            self.integration = self.passed = None

    def group(self) -> Group | None:
        """Return the group that is synchronised."""
        return self.groups.get(self.integration.group_id) if self.integration else None

    def synchronise(self, moment: datetime) -> None:
        """Take over the people of the selected group; `moment` is when, in UTC."""
        with self.lock:
            group = self.group()
            if self.integration and group:
                self.integration.last_sync = moment.astimezone(UTC).replace(microsecond=0)
                self.integration.users = len(group.people)

    def has_expired(self, today: date) -> bool:
        """Return whether the saved secret's expiration date lies before `today`."""
        return self.integration is not None and self.integration.credentials.expires_on < today

    def snapshot(self) -> dict[str, Any]:
        """Return the state as plain values, the saved value of the secret included: for tests only."""
        with self.lock:
            group = self.group()
            saved = self.integration
            return {
                "integration": None
                if saved is None
                else {
                    **asdict(saved.credentials),
                    "expires_on": saved.credentials.expires_on.isoformat(),
                    "group": group.name if group else "",
                    "last_sync": saved.last_sync.isoformat() if saved.last_sync else "",
                    "users": saved.users,
                },
                "pressed": dict(self.pressed),
                "signed_in": Stage.IN in self.sessions.values(),
            }
