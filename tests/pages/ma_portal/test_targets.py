"""A person is shown where an action of the MA Portal begins: there, and nowhere else, is its first gesture made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pages.ma_portal import PAGES
from tests.pages.gesture import actions, shown_right

if TYPE_CHECKING:
    from collections.abc import Callable

    from pages.page import Page
    from tests.pages.ma_portal.conftest import Bench

GOES_OR_LOOKS = {("sign-in", "open"), ("sign-in", "wait_until_signed_in"), ("user-management", "read_integration")}
FORM: dict[str, dict[str, str]] = {
    "select_integration_type": {"integration_type": "Microsoft Entra ID"},
    "enter_nickname": {"nickname": "a name"},
    "enter_application_id": {"application_id": "an ID"},
    "enter_directory_id": {"directory_id": "an ID"},
    "enter_expiration_date": {"expires_on": "2028-01-08"},
    "paste_client_secret_value": {},
    "test_connection": {},
}


def menu(here: Bench) -> Page:
    here.tab.goto(here.replicas.ma_portal_url)
    return here.page("menu").arrive()


def user_management(here: Bench) -> Page:
    return here.page("user-management").arrive()


def saved_credentials(here: Bench) -> Page:
    return here.page("saved-credentials").arrive()


def group_editor(here: Bench) -> Page:
    here.tab.get_by_role("button", name="View/Edit Group").click()
    return here.page("group-editor").arrive()


def group_queried(here: Bench) -> Page:
    page: Any = group_editor(here)
    page.select_group("Awareness - Pilot")
    return page  # type: ignore[no-any-return]


def new_integration(here: Bench) -> Page:
    return here.new_integration()


def passed(here: Bench) -> Page:
    secret = here.new_secret()
    page = here.new_integration(secret.value)
    page.enter_expiration_date(secret.end.date().isoformat())
    page.test_connection()
    return page


def acknowledged(here: Bench) -> Page:
    page: Any = passed(here)
    page.acknowledge()
    return page  # type: ignore[no-any-return]


PLACES: list[tuple[Callable[[Bench], Page], dict[str, dict[str, str]]]] = [
    (menu, {"open_user_management": {}}),
    (
        user_management,
        {"read_integration": {}, "select_group": {"group": "Awareness - Pilot", "otherwise": ""}, "sync_now": {}},
    ),
    (saved_credentials, {"reset_integration": {}}),
    (group_editor, {"select_group": {"group": "Awareness - Pilot"}}),
    (group_queried, {"save_integration": {}}),
    (new_integration, FORM),
    (passed, {"acknowledge": {}}),
    (acknowledged, {"save_credentials": {}}),
]
OF: dict[Callable[[Bench], Page], str] = {
    menu: "menu",
    user_management: "user-management",
    saved_credentials: "saved-credentials",
    group_editor: "group-editor",
    group_queried: "group-editor",
}


@pytest.mark.parametrize(("place", "verbs"), PLACES, ids=lambda one: one.__name__ if callable(one) else "+".join(one))
def test_an_action_begins_where_a_person_is_shown(
    place: Callable[[Bench], Page], verbs: dict[str, dict[str, str]], bench: Callable[..., Bench]
) -> None:
    page = place(bench())
    for verb, args in verbs.items():
        assert shown_right(page, verb, args), verb


def test_every_action_that_presses_something_is_among_these() -> None:
    proven = {(OF.get(place, "new-integration"), verb) for place, verbs in PLACES for verb in verbs}
    there = {(name, verb) for name, page in PAGES.items() for verb in actions(page)}
    assert there - proven <= GOES_OR_LOOKS
    assert {(name, verb) for name, verb in there if not getattr(PAGES[name], verb).keyturn_at} <= GOES_OR_LOOKS
