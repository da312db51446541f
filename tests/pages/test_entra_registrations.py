"""From the menu to the registration: both generations of the menu, names that repeat, and links that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.entra import AdminCenterPage, AppRegistrationsPage, RegistrationOverviewPage
from pages.entra import shell as shell_module
from pages.errors import NoEffect, NotOne, PortalRefused, ScreenNotReached, SessionEnded

if TYPE_CHECKING:
    from tests.pages.conftest import Opening, Portal


def opened_list(portal: Portal) -> AppRegistrationsPage:
    return AdminCenterPage(portal.tab, portal.url).arrive().open_app_registrations()


@pytest.mark.parametrize("menu", ["entra-id", "identity"])
def test_the_menu_of_either_generation_leads_to_app_registrations(admin_center: Opening, menu: str) -> None:
    assert opened_list(admin_center(menu=menu)).is_on_screen()


@pytest.mark.soak
def test_the_newer_rendering_leads_by_the_same_way_to_the_same_pages(admin_center: Opening) -> None:
    portal = admin_center(rendering="react")
    overview = opened_list(portal).open_registration(portal.application_id)
    assert portal.tab.locator("iframe[name='ApplicationOverview.ReactView']").count() == 2  # One is a hidden spare.
    assert overview.read_essentials().display_name == "Arctic Wolf Managed Awareness"  # Not doubled, without glyphs.
    assert overview.create_a_new_one().find_old_secret(portal.application_id).state == "expired"


def test_a_group_of_the_menu_that_is_open_already_stays_open(admin_center: Opening) -> None:
    portal = admin_center()
    page = AdminCenterPage(portal.tab, portal.url).arrive()
    page.entra_id_button.click()
    assert page.open_app_registrations().is_on_screen()


def test_the_account_signed_in_is_told_whatever_the_case(admin_center: Opening) -> None:
    portal = admin_center()
    page = AdminCenterPage(portal.tab, portal.url)
    assert page.has_account(portal.replicas.world.directory.account.upper())
    assert not page.has_account("somebody.else@cedarridge.example")


def test_a_welcome_tour_is_declined_in_the_way_to_the_menu(admin_center: Opening) -> None:
    assert opened_list(admin_center("welcome-tour")).is_on_screen()


def test_of_two_registrations_of_one_name_the_one_with_the_id_is_opened(admin_center: Opening) -> None:
    portal = admin_center()
    names = [one["name"] for one in portal.replicas.state()["registrations"].values()]
    assert names.count("Arctic Wolf Managed Awareness") == 2
    overview = opened_list(portal).open_registration(portal.application_id.upper())
    assert overview.has_application_id(portal.application_id)


@pytest.mark.parametrize("fault", ["app-not-found", "wrong-directory"])
def test_an_id_that_is_not_in_the_directory_is_not_one(admin_center: Opening, fault: str) -> None:
    portal = admin_center(fault)
    page = opened_list(portal)
    with pytest.raises(NotOne) as caught:
        page.open_registration(portal.application_id)
    assert portal.application_id in caught.value.expected
    assert caught.value.seen == "none in this directory"


@pytest.mark.parametrize(
    ("scenario", "message"),
    [("expired", "has expired"), ("expiring", "is expiring soon"), ("no-banner", "none")],
)
def test_the_essentials_say_who_it_is_and_which_message_is_shown(
    admin_center: Opening, scenario: str, message: str
) -> None:
    portal = admin_center(scenario=scenario)
    found = portal.overview().read_essentials()
    assert found == (
        "Arctic Wolf Managed Awareness",
        portal.application_id,
        portal.replicas.state()["directory_id"],
        message,
    )


def test_the_essentials_are_read_in_a_narrow_window_too(admin_center: Opening) -> None:
    portal = admin_center()
    portal.tab.set_viewport_size({"width": 900, "height": 700})
    assert portal.overview().read_essentials().application_id == portal.application_id


@pytest.mark.parametrize("fault", ["home-bounce", "blank-first-load"])
def test_a_direct_link_that_fails_at_first_is_followed_once_more(
    admin_center: Opening, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell_module, "BLANK", 1_000)
    portal = admin_center()
    portal.tab.goto("about:blank")  # The trap is in loading the portal with the link.
    portal.replicas.world.faults.chosen[fault] = ""
    assert portal.overview().has_application_id(portal.application_id)
    assert fault in portal.replicas.state()["faults_struck"]


def test_a_direct_link_to_another_registration_than_asked_for_is_an_error(admin_center: Opening) -> None:
    portal = admin_center()
    page = RegistrationOverviewPage(portal.tab, portal.url)
    other = next(one for one in portal.replicas.state()["registrations"] if one != portal.application_id)
    instead = f"{portal.url}/api/registrations/{other}"
    portal.tab.route("**/api/registrations/*", lambda route: route.continue_(url=instead))
    with pytest.raises(NoEffect) as caught:
        page.open(portal.application_id)
    assert caught.value.seen == f"the registration {other}"


def test_a_direct_link_to_no_registration_tells_the_portals_words(
    admin_center: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell_module, "BLANK", 500)
    expect.set_options(timeout=1_000)
    with pytest.raises(PortalRefused) as caught:
        admin_center("app-not-found").overview()
    assert "does not exist" in caught.value.seen


@pytest.mark.parametrize(
    ("fault", "error", "seen"),
    [
        ("admin-center-refused", PortalRefused, "401"),
        ("content-closed", PortalRefused, "Content closed"),
        ("blank-blade", ScreenNotReached, "the blade “App registrations”"),
    ],
)
def test_a_blade_that_does_not_come_is_told_as_what_it_is(
    admin_center: Opening, fault: str, error: type[Exception], seen: str
) -> None:
    portal = admin_center()
    portal.replicas.world.faults.chosen[fault] = ""
    portal.tab.goto(f"{portal.url}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade")
    portal.tab.reload()
    expect.set_options(timeout=1_000)
    with pytest.raises(error) as caught:
        AppRegistrationsPage(portal.tab, portal.url).arrive()
    assert seen in caught.value.seen  # type: ignore[attr-defined]


def test_a_session_that_has_ended_is_told_as_such(admin_center: Opening) -> None:
    portal = admin_center()
    overview = portal.overview()
    portal.replicas.world.desk.end_sessions()
    expect.set_options(timeout=1_000)
    with pytest.raises(SessionEnded) as caught:
        overview.open_certificates_and_secrets()
    assert caught.value.seen == "the sign-in page: choose an account"


def test_both_ways_lead_to_certificates_and_secrets(admin_center: Opening) -> None:
    portal = admin_center()
    assert portal.overview().create_a_new_one().is_on_screen()
    assert portal.overview().open_certificates_and_secrets().is_on_screen()


def test_the_menus_group_is_unfolded_where_it_is_folded(admin_center: Opening) -> None:
    assert admin_center("manage-collapsed").overview().open_certificates_and_secrets().is_on_screen()


def test_no_page_knows_the_button_that_deletes_the_registration(admin_center: Opening) -> None:
    portal = admin_center()
    overview = portal.overview()
    expect(portal.tab.get_by_role("button", name="Delete", exact=True)).to_be_visible()  # The trap is there.
    names = [name for name in dir(RegistrationOverviewPage) if "delete" in name]
    overview.read_essentials()
    assert names == []
    assert portal.pressed("delete_registration") == 0
