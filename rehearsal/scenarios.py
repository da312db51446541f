"""What the directory looks like when a rehearsal begins. The organisation and everything in it are made up."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rehearsal.state import Directory, Registration, Secret, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rehearsal.faults import FaultPlan

NAME = "Arctic Wolf Managed Awareness"  # as the vendor's older documentation calls it; each customer names their own
SCENARIOS = {
    "expired": "one secret, expired ten days ago; the Overview says that it has expired",
    "expiring": "one secret, still valid for twelve days; the Overview says that it is expiring soon",
    "both-expired-and-valid": "an expired secret beside one that is valid for most of a year",
    "no-banner": "one expired secret, and the Overview says nothing about it",
}
_BANNERS = {"expired": "expired", "expiring": "expiring", "both-expired-and-valid": "expired", "no-banner": ""}
_OFF = timedelta(days=20)  # more than is left of the secret in the scenario “expiring”
_TERM = timedelta(days=730)
# .example never resolves (RFC 2606).
HOME = Directory(
    "Cedar Ridge Medical Group",
    "cedarridge.example",
    "6c2a9b1e-4f0d-4d0c-9b57-1f3a8e2c7d40",
    "nora.lindqvist@cedarridge.example",
    "Nora Lindqvist",
)
ELSEWHERE = Directory(
    "Cedar Ridge Test Lab",
    "lab.cedarridge.example",
    "0f8b7c3d-92ae-4c6b-8e11-5d7a40b9c2f6",
    "nora.lindqvist@cedarridge.example",
    "Nora Lindqvist",
)
_OWNED = (NAME, "Service Desk Connector")  # what the operator owns; the first is the twin, not the one that is meant
# Name, days since it was registered, days until its secret ends (None: it has none).
_OTHERS: tuple[tuple[str, int, int | None], ...] = (
    (NAME, 1_310, 402),  # the same display name a second time: only the application ID tells them apart
    ("Backup Reporting", 955, 188),
    ("Clinic Intranet Search", 611, None),
    ("HR Onboarding Sync", 434, 21),
    ("Patient Portal SSO", 1_502, 640),
    ("Print Fleet Monitor", 288, -95),
    ("Service Desk Connector", 77, 103),
    ("Sophos Central Directory Sync", 820, 16),
    ("Visitor Wi-Fi Sign-in", 1_120, None),
)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes up what is registered. The same `ids` are the same identifiers in every rehearsal."""

    ids: random.Random
    now: datetime
    value: Callable[[], str]  # of a secret

    def registration(self, name: str, age: int, **more: Any) -> Registration:
        """Return an application that was registered `age` days ago."""
        return Registration(name, self._guid(), self._guid(), self.now - timedelta(days=age), **more)

    def secret(self, description: str, ends_in: float, term: timedelta = _TERM) -> Secret:
        """Return a secret of that `term` that ends in so many days, or has ended."""
        end = self.now + timedelta(days=ends_in)
        return Secret(self._guid(), description, end - term, end, self.value(), end - term)

    def _guid(self) -> str:
        return str(uuid.UUID(int=self.ids.getrandbits(128), version=4))


def build(
    scenario: str,
    make_secret: Callable[[], str],
    faults: FaultPlan,
    replication_delay: float,
    now: datetime | None = None,
) -> World:
    """Return the world as `scenario` has it. Raises `ValueError` for one that is not in `SCENARIOS`."""
    if scenario not in SCENARIOS:
        raise ValueError(f"there is no scenario called {scenario}")
    clock = _clock(faults)
    ids = random.Random(scenario)  # noqa: S311  # made-up identifiers, the same in every rehearsal
    maker = _Maker(ids, (now or clock()).replace(microsecond=0), make_secret)
    target = _target(scenario, faults, maker)
    registrations = [target, *_others(faults, maker)]
    away = faults.from_the_start("wrong-directory")
    if away or faults.from_the_start("app-not-found"):
        registrations.remove(target)
    return World(
        ELSEWHERE if away else HOME,
        registrations,
        target.application_id,
        target.secrets[0],
        make_secret,
        faults,
        replication_delay,
        clock,
    )


def _target(scenario: str, faults: FaultPlan, maker: _Maker) -> Registration:
    """Return the application whose secret is rotated; the first of its secrets is the one that the vendor has."""
    target = maker.registration(NAME, 1_201, banner=_BANNERS[scenario])
    target.secrets.append(maker.secret("Arctic Wolf Secret", 12 if scenario == "expiring" else -10))
    if scenario == "both-expired-and-valid":
        target.secrets.append(maker.secret("Reporting job", 300, timedelta(days=365)))
    if faults.from_the_start("several-expired"):
        target.secrets.append(maker.secret("Arctic Wolf Secret", -375))
    if faults.from_the_start("odd-descriptions"):
        odd = ("", "ÿþA\x80w", "Password uploaded on Tue Jun 23 2026")
        target.secrets += [maker.secret(text, 200 + at) for at, text in enumerate(odd)]
    target.active = not faults.from_the_start("app-deactivated")
    return target


def _others(faults: FaultPlan, maker: _Maker) -> Iterator[Registration]:
    """Yield the applications that are registered beside it."""
    owned = () if faults.from_the_start("owned-tab-empty") else _OWNED
    for name, age, ends_in in _OTHERS:
        other = maker.registration(name, age, owned=name in owned)
        if ends_in is not None:
            other.secrets.append(maker.secret(f"{name} secret", ends_in))
        yield other


def _clock(faults: FaultPlan) -> Callable[[], datetime]:
    """Return the portals' clock, which is right; whose clock is wrong when they differ is another's."""
    ahead = _OFF if faults.from_the_start("clock-ahead") else timedelta()
    behind = _OFF if faults.from_the_start("clock-behind") else timedelta()
    return lambda: datetime.now(UTC) - ahead + behind
