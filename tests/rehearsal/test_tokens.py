from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rehearsal import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.state import Secret, World
    from tests.rehearsal.conftest import Clock

STRANGER = "11111111-2222-4333-8444-555555555555"


def fresh(world: World) -> Secret:
    found = world.registration(world.application_id)
    assert found
    now = world.clock()
    return world.new_secret(found, "new", now, now.replace(year=now.year + 1))


def code(answer: dict[str, str] | None) -> str:
    return "" if answer is None else answer["error_description"].split(":")[0]


def test_the_right_value_for_the_right_application_in_the_right_directory_passes(a_world: Callable[..., World]) -> None:
    world = a_world()
    assert world.tokens.check(world.directory.directory_id, world.application_id, fresh(world).value) is None


@pytest.mark.parametrize(
    ("directory", "application", "error"),
    [
        ("no guid", "", "AADSTS900023"),
        (STRANGER, "", "AADSTS90002"),
        ("", STRANGER, "AADSTS700016"),
    ],
)
def test_a_wrong_directory_or_application_is_told_apart(
    a_world: Callable[..., World], directory: str, application: str, error: str
) -> None:
    world = a_world()
    value = fresh(world).value
    found = world.tokens.check(directory or world.directory.directory_id, application or world.application_id, value)
    assert code(found) == error


def test_a_wrong_value_and_the_secret_id_are_refused_as_no_value(a_world: Callable[..., World]) -> None:
    world = a_world()
    secret = fresh(world)
    for value in ("", secret.value[:-1], f"{secret.value} ", secret.secret_id):
        found = world.tokens.check(world.directory.directory_id, world.application_id, value)
        assert code(found) == "AADSTS7000215"


def test_a_secret_of_another_application_is_refused(a_world: Callable[..., World]) -> None:
    world = a_world()
    other = next(one for one in world.registrations if one.secrets and one.application_id != world.application_id)
    found = world.tokens.check(world.directory.directory_id, world.application_id, other.secrets[0].value)
    assert code(found) == "AADSTS7000215"


def test_an_expired_secret_is_refused_as_expired(a_world: Callable[..., World]) -> None:
    world = a_world()
    found = world.tokens.check(world.directory.directory_id, world.application_id, world.vendor_secret.value)
    assert code(found) == "AADSTS7000222"


def test_a_new_secret_is_unknown_until_it_has_replicated(a_world: Callable[..., World], clock: Clock) -> None:
    world = a_world(delay=10)
    value = fresh(world).value
    clock.move(9.9)
    assert code(world.tokens.check(world.directory.directory_id, world.application_id, value)) == "AADSTS7000215"
    clock.move(0.2)
    assert world.tokens.check(world.directory.directory_id, world.application_id, value) is None


def test_a_deactivated_registration_gets_no_token(a_world: Callable[..., World]) -> None:
    world = a_world("app-deactivated")
    found = world.tokens.check(world.directory.directory_id, world.application_id, fresh(world).value)
    assert code(found) == "AADSTS70001"


def test_a_deleted_secret_gets_no_token(a_world: Callable[..., World]) -> None:
    world = a_world()
    secret = fresh(world)
    found = world.registration(world.application_id)
    assert found
    found.secrets.remove(secret)
    assert code(world.tokens.check(world.directory.directory_id, world.application_id, secret.value)) == "AADSTS7000215"


def test_replication_faults_keep_a_good_secret_out(a_world: Callable[..., World], clock: Clock) -> None:
    slow, never = a_world("replication-slow"), a_world("replication-never")
    values = fresh(slow).value, fresh(never).value
    clock.move(7)
    assert slow.tokens.check(slow.directory.directory_id, slow.application_id, values[0]) is None
    assert never.tokens.check(never.directory.directory_id, never.application_id, values[1]) is not None


def test_no_error_repeats_the_value(a_world: Callable[..., World]) -> None:
    world = a_world()
    value = world.vendor_secret.value
    assert value not in str(world.tokens.check(world.directory.directory_id, world.application_id, value))


def test_the_endpoint_answers_over_http_as_oauth_has_it(a_world: Callable[..., World]) -> None:
    world = a_world()
    client = sign_in.make_app(world).test_client()
    form = {"grant_type": "client_credentials", "client_id": world.application_id}
    address = f"/{world.directory.directory_id}/oauth2/v2.0/token"
    good = client.post(address, data={**form, "client_secret": fresh(world).value})
    assert good.status_code == 200
    assert good.json
    assert good.json["token_type"] == "Bearer"
    bad = client.post(address, data={**form, "client_secret": "wrong"})
    assert bad.status_code == 401
    assert bad.json
    assert bad.json["error"] == "invalid_client"
