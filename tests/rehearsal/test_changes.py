from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.secret_format import faults as flaws
from keyturn.secret_format import is_guid

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from rehearsal.state import World

    Worlds = Callable[..., World]
    Clients = Callable[[World], FlaskClient]


def path(world: World) -> str:
    return f"/api/registrations/{world.application_id}/credentials"


def secrets(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.snapshot()["registrations"][world.application_id]["secrets"]
    return found


def add(client: FlaskClient, world: World, **asked: Any) -> TestResponse:
    return client.post(path(world), json={"description": "Arctic Wolf Secret", "days": 730, **asked})


def test_a_value_leaves_the_server_in_one_answer_only(a_world: Worlds, a_client: Clients) -> None:
    world = a_world()
    client = a_client(world)
    answer = add(client, world)
    assert answer.json
    value = answer.json["value"]
    assert value == secrets(world)[-1]["value"]
    for address in ("/api/registrations", f"/api/registrations/{world.application_id}", path(world), "/api/session"):
        assert value not in client.get(address).text
    rows = client.get(path(world)).json
    assert rows
    assert rows["secrets"][-1]["masked"] == value[:3] + "*" * 18


@pytest.mark.parametrize("days", [90, 180, 365, 545, 730])
def test_a_lifetime_is_so_many_times_24_hours(a_world: Worlds, a_client: Clients, days: int) -> None:
    world = a_world()
    add(a_client(world), world, days=days)
    made = secrets(world)[-1]
    start, end = datetime.fromisoformat(made["start"]), datetime.fromisoformat(made["end"])
    assert start == world.clock()
    assert end - start == timedelta(days=days)


@pytest.mark.parametrize("asked", [{"days": 800}, {"days": 0}, {"days": "soon"}, {"days": None}, {"days": 10**12}])
def test_a_lifetime_that_is_not_allowed_makes_no_secret(
    a_world: Worlds, a_client: Clients, asked: dict[str, object]
) -> None:
    world = a_world()
    assert add(a_client(world), world, **asked).status_code == 400
    assert len(secrets(world)) == 1


def test_a_blank_description_is_named_by_the_portal(a_world: Worlds, a_client: Clients) -> None:
    world = a_world()
    add(a_client(world), world, description="")
    assert secrets(world)[-1]["description"] == "Password uploaded on Mon Nov 23 2026"


def test_every_press_is_counted_even_when_it_is_refused(a_world: Worlds, a_client: Clients) -> None:
    world = a_world("credential-limit", "delete-refused")
    client = a_client(world)
    add(client, world)
    client.delete(f"{path(world)}/{secrets(world)[0]['secret_id']}")
    assert world.presses == {"add_secret": 1, "delete_secret": 1}
    assert len(secrets(world)) == 1


def test_deleting_takes_that_secret_and_no_other(a_world: Worlds, a_client: Clients) -> None:
    world = a_world(scenario="both-expired-and-valid")
    gone, stays = (secret["secret_id"] for secret in secrets(world))
    before = {key: value for key, value in world.snapshot()["registrations"].items() if key != world.application_id}
    assert a_client(world).delete(f"{path(world)}/{gone}").status_code == 200
    assert [secret["secret_id"] for secret in secrets(world)] == [stays]
    after = {key: value for key, value in world.snapshot()["registrations"].items() if key != world.application_id}
    assert after == before


def test_deleting_what_is_not_there_is_refused(a_world: Worlds, a_client: Clients) -> None:
    world = a_world()
    assert a_client(world).delete(f"{path(world)}/nothing").status_code == 404
    assert len(secrets(world)) == 1


def test_the_trap_deletes_the_registration_and_is_counted(a_world: Worlds, a_client: Clients) -> None:
    world = a_world()
    a_client(world).delete(f"/api/registrations/{world.application_id}")
    assert world.presses["delete_registration"] == 1
    assert world.registration(world.application_id) is None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("add-refused-policy", "blocked by tenant-wide policy"),
        ("add-lifetime-cap", "exceeds the max value"),
        ("insufficient-privileges", "Insufficient privileges"),
        ("credential-limit", "credential limit has been reached"),
        ("server-500", "unexpected error"),
    ],
)
def test_a_refused_add_says_why_and_makes_nothing(a_world: Worlds, a_client: Clients, fault: str, words: str) -> None:
    world = a_world(fault)
    answer = add(a_client(world), world)
    assert answer.status_code >= 400
    assert answer.json
    assert words in answer.json["text"]
    assert len(secrets(world)) == 1


def test_what_is_copied_is_what_the_fault_makes_of_it(a_world: Worlds, a_client: Clients) -> None:
    def copied(*faults: str) -> tuple[str, str]:
        world = a_world(*faults)
        answer = add(a_client(world), world).json
        assert answer
        return str(answer["copied"]), str(answer["value"])

    whole, value = copied()
    assert whole == value
    assert not flaws(value)
    assert is_guid(copied("secret-id-copied")[0])
    spaced, value = copied("value-with-space")
    assert spaced == f"{value} "
    cut, value = copied("value-cut")
    assert value.startswith(cut)
    assert len(cut) < len(value)
    changed, value = copied("value-checksum")
    assert len(changed) == len(value)
    assert [flaw.says for flaw in flaws(changed)] == ["its checksum is wrong: it was cut, mixed up or mistyped"]


def test_another_administrators_secret_comes_at_the_same_moment(a_world: Worlds, a_client: Clients) -> None:
    world = a_world("concurrent-secret")
    add(a_client(world), world)
    assert [secret["description"] for secret in secrets(world)][1:] == [
        "Added by another administrator",
        "Arctic Wolf Secret",
    ]


def test_a_row_that_another_administrator_deleted_cannot_be_deleted(a_world: Worlds, a_client: Clients) -> None:
    world = a_world("concurrent-delete")
    answer = a_client(world).delete(f"{path(world)}/{secrets(world)[0]['secret_id']}")
    assert answer.status_code == 404
    assert not secrets(world)


def test_without_a_session_nothing_is_told_or_changed(a_world: Worlds, a_client: Clients) -> None:
    world = a_world()
    client = a_client(world)
    world.desk.end_sessions()
    assert client.get(path(world)).status_code == 401
    assert add(client, world).status_code == 401
    assert not world.presses


def test_a_session_ends_at_its_place_once(a_world: Worlds, a_client: Clients) -> None:
    world = a_world("session-ended")
    client = a_client(world)
    assert client.get("/api/registrations").status_code == 200
    assert client.get(path(world)).status_code == 401
    world.desk.sessions.add("a-session")
    assert client.get(path(world)).status_code == 200


def test_the_history_names_what_was_pressed_and_never_a_value(a_world: Worlds, a_client: Clients) -> None:
    world = a_world()
    add(a_client(world), world)
    assert [entry["button"] for entry in world.history] == ["add_secret"]
    assert secrets(world)[-1]["value"] not in str(world.history)
