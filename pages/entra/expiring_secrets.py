"""The client secrets of several registrations that have expired or are about to, as a text for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from pages.entra.registrations_grid import RegistrationRow
    from pages.entra.secrets_grid import SecretRow


class Registrations(NamedTuple):
    """All registrations of a directory. `listing` has a line for each; `with_credentials` counts those to look into."""

    listing: str
    total: int
    with_credentials: int


class ExpiringSecrets(NamedTuple):
    """What a survey found. `listing` has a line for each secret that expires in time, the first to end first.

    `expired` and `expiring` count them; `secrets` counts all that were seen, `registrations` those that were visited.
    """

    listing: str
    expired: int
    expiring: int
    secrets: int
    registrations: int


@dataclass(frozen=True, slots=True)
class Found:
    """A secret and the registration it belongs to."""

    registration: RegistrationRow
    secret: SecretRow


def registrations(rows: Collection[RegistrationRow]) -> Registrations:
    """Return `rows` as a text and counts."""
    lines = [f"{row.name} | application ID {row.application_id} | {row.status}" for row in rows]
    return Registrations("\n".join(lines) or "none", len(rows), sum(row.has_credentials for row in rows))


def survey(found: Collection[Found], visited: int, within_days: int, today: date) -> ExpiringSecrets:
    """Return those of `found` that end within `within_days` days from `today`, today and the last day included."""
    due = sorted((one for one in found if _days(one, today) <= within_days), key=_order)
    expired = sum(_days(one, today) < 0 for one in due)
    listing = "\n".join(_line(one, today) for one in due) or "none"
    return ExpiringSecrets(listing, expired, len(due) - expired, len(found), visited)


def _days(one: Found, today: date) -> int:
    return (one.secret.expires_on - today).days


def _order(one: Found) -> tuple[date, str, str]:
    return one.secret.expires_on, one.registration.name.casefold(), one.secret.secret_id


def _line(one: Found, today: date) -> str:
    days = _days(one, today)
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    when = f"expired {count} ago" if days < 0 else f"expires in {count}" if days else "expires today"
    parts = (
        f"{one.secret.expires_on.isoformat()} ({when})",
        one.registration.name,
        f"application ID {one.registration.application_id}",
        f"secret ID {one.secret.secret_id}",
        f"“{one.secret.description}”",
    )
    return " | ".join(parts)
