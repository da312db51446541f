from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from rehearsal import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.state import World


@pytest.mark.parametrize(
    ("scenario", "banner", "ends_in"),
    [
        ("expired", "expired", [-10]),
        ("expiring", "expiring", [12]),
        ("both-expired-and-valid", "expired", [-10, 300]),
        ("no-banner", "", [-10]),
    ],
)
def test_a_scenario_has_the_secrets_and_the_message_it_tells_of(
    a_world: Callable[..., World], scenario: str, banner: str, ends_in: list[int]
) -> None:
    world = a_world(scenario=scenario)
    found = world.registration(world.application_id)
    assert found
    assert found.banner == banner
    assert [secret.end - world.clock() for secret in found.secrets] == [timedelta(days=days) for days in ends_in]
    assert scenario in SCENARIOS


def test_two_registrations_bear_the_same_name(a_world: Callable[..., World]) -> None:
    world = a_world()
    names = [one.name for one in world.registrations]
    target = world.registration(world.application_id)
    assert target
    assert names.count(target.name) == 2
    assert len({one.application_id for one in world.registrations}) == len(names)


def test_an_unknown_scenario_is_refused(a_world: Callable[..., World]) -> None:
    with pytest.raises(ValueError, match="no scenario called nonsense"):
        a_world(scenario="nonsense")


@pytest.mark.parametrize("fault", ["app-not-found", "wrong-directory"])
def test_a_registration_can_be_absent(a_world: Callable[..., World], fault: str) -> None:
    world = a_world(fault)
    assert world.registration(world.application_id) is None
    assert world.vendor_secret.value


def test_several_can_have_expired(a_world: Callable[..., World]) -> None:
    world = a_world("several-expired")
    found = world.registration(world.application_id)
    assert found
    assert sum(secret.end < world.clock() for secret in found.secrets) == 2


def test_descriptions_can_be_odd(a_world: Callable[..., World]) -> None:
    world = a_world("odd-descriptions")
    found = world.registration(world.application_id)
    assert found
    assert "" in [secret.description for secret in found.secrets]
