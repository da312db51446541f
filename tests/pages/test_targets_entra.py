"""A person is shown where an action of the admin center begins: there, and nowhere else, is its first gesture made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pages import REGISTRY
from pages.entra import AddClientSecretPane, AdminCenterPage, AppRegistrationsPage, ClientSecretsPage
from pages.entra import RegistrationOverviewPage as Overview
from tests.pages.conftest import in_both_renderings
from tests.pages.gesture import actions, first_gesture, same_element, shown_right

if TYPE_CHECKING:
    from pages.page import Page
    from tests.pages.conftest import Opening, Portal

GOES_OR_LOOKS = {("sign-in", "open"), ("sign-in", "wait_until_signed_in"), ("registration-overview", "open"),
                 ("registration-overview", "read_essentials"), ("client-secrets", "find_old_secret")}  # fmt: skip


def menu(portal: Portal) -> Page:
    return AdminCenterPage(portal.tab, portal.url).arrive()


def registrations(portal: Portal) -> Page:
    return AdminCenterPage(portal.tab, portal.url).arrive().open_app_registrations()


def client_secrets(portal: Portal) -> Page:
    return portal.client_secrets()


def with_new_secret(portal: Portal) -> Page:
    pane = portal.client_secrets().open_new_client_secret()
    pane.add_and_copy_value(portal.application_id)
    return ClientSecretsPage(portal.tab, portal.url).arrive()


def pane(portal: Portal) -> Page:
    return portal.client_secrets().open_new_client_secret()


def overview(portal: Portal) -> Page:
    return portal.overview()


def argument(name: str, portal: Portal) -> Any:
    """Return what fits an argument: an ID that there is, or anything."""
    return {
        "application_id": portal.application_id,
        "secret_id": portal.secrets()[-1]["secret_id"],
        "expires": "730 days (24 months)",
        "within_days": 30,
    }.get(name, "a text")


PLACES: list[tuple[Any, dict[str, tuple[str, ...]]]] = [
    (menu, {"open_app_registrations": ()}),
    (
        registrations,
        {"open_registration": ("application_id",), "list_registrations": (), "find_expiring_secrets": ("within_days",)},
    ),
    (overview, {"read_essentials": (), "create_a_new_one": (), "open_certificates_and_secrets": ()}),
    (
        client_secrets,
        {
            "find_old_secret": ("application_id",),
            "open_new_client_secret": (),
            "delete_secret": ("application_id", "secret_id"),
        },
    ),
    (with_new_secret, {"copy_value": ("secret_id",)}),
    (pane, {"enter_description": ("description",), "select_expires": ("expires",), "cancel": ()}),
    (pane, {"add_and_copy_value": ("application_id",)}),
]


@in_both_renderings
@pytest.mark.parametrize(("place", "verbs"), PLACES, ids=lambda one: one.__name__ if callable(one) else "+".join(one))
def test_an_action_begins_where_a_person_is_shown(
    place: Any, verbs: dict[str, tuple[str, ...]], rendering: str, admin_center: Opening
) -> None:
    portal = admin_center(rendering=rendering)
    page = place(portal)
    for verb, names in verbs.items():
        assert shown_right(page, verb, {name: argument(name, portal) for name in names}), verb


@pytest.mark.parametrize(
    ("options", "kind"),
    [({"menu": "identity"}, "admin-center"), ({"faults": "manage-collapsed"}, "registration-overview")],
    ids=["older menu", "folded menu"],
)
def test_a_group_that_is_folded_is_shown_before_what_it_holds(
    options: dict[str, str], kind: str, admin_center: Opening
) -> None:
    faults = [options.pop("faults")] if "faults" in options else []
    portal = admin_center(*faults, **options)
    page: Any = (
        overview(portal) if kind == "registration-overview" else AdminCenterPage(portal.tab, portal.url).arrive()
    )
    verb = "open_certificates_and_secrets" if kind == "registration-overview" else "open_app_registrations"
    group = page.manage_button if kind == "registration-overview" else page.identity_button
    target = page.target(verb, {})
    assert target is not None
    assert same_element(target, group)
    assert shown_right(page, verb, {})


def test_every_action_that_presses_something_is_among_these() -> None:
    secrets = dict.fromkeys((client_secrets, with_new_secret), ClientSecretsPage)
    pages = {menu: AdminCenterPage, registrations: AppRegistrationsPage, overview: Overview, pane: AddClientSecretPane}
    pages |= secrets
    proven = {(pages[place].name, verb) for place, verbs in PLACES for verb in verbs}
    there = {(name, verb) for name, page in REGISTRY["entra"].items() for verb in actions(page)}
    assert there - proven <= GOES_OR_LOOKS
    nowhere = {(name, verb) for name, verb in there if not getattr(REGISTRY["entra"][name], verb).keyturn_at}
    assert nowhere <= GOES_OR_LOOKS


def test_what_goes_or_looks_presses_nothing(admin_center: Opening) -> None:
    portal = admin_center()
    page = portal.overview()
    for verb, args in (("open", {"application_id": portal.application_id}), ("read_essentials", {})):
        assert first_gesture(page, verb, args) is None


def test_no_row_is_shown_for_a_secret_that_is_not_there(admin_center: Opening) -> None:
    page = admin_center().client_secrets()
    target = page.target("delete_secret", {"secret_id": "11111111-2222-3333-4444-555555555555"})
    assert target is not None
    assert target.count() == 0


def test_a_page_that_is_not_there_shows_nothing(sign_in_waits: Opening) -> None:
    portal = sign_in_waits()
    portal.tab.goto("about:blank")
    page = ClientSecretsPage(portal.tab, portal.url)
    assert page.target("delete_secret", {"secret_id": "11111111-2222-3333-4444-555555555555"}) is None
    portal.tab.close()
    assert page.target("open_new_client_secret", {}) is None
