"""The ways to the blades of the replica, and what may come in between, seen by a plain browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.rehearsal.portal import LEFT, Portal

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal import Replicas


def test_an_ended_session_leads_back_to_the_same_blade(
    a_portal: Callable[..., Portal], sign_in: Callable[[Replicas], None]
) -> None:
    portal = a_portal("session-ended")
    portal.open()
    expect(portal.tab).to_have_title("Sign in to your account")
    assert portal.replicas.world.desk.sessions == set()
    sign_in(portal.replicas)
    portal.tab.goto(portal.replicas.entra_url)
    expect(portal.rows).to_have_count(1)


def test_a_direct_link_can_bounce_to_home_once(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("home-bounce").open()
    expect(portal.tab.get_by_role("heading", name="Welcome, Nora")).to_be_visible()
    portal.open()
    expect(portal.rows).to_have_count(1)


def test_a_direct_link_can_leave_a_blank_shell_once(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("blank-first-load")
    with portal.tab.expect_response("**/strike/blank-first-load"):  # Before it there is no blade either.
        portal.open()
    expect(portal.tab.locator(".fxs-avatarmenu-username")).to_be_visible()
    expect(portal.tab.locator("section.fxs-blade")).to_have_count(0)
    portal.tab.reload()
    expect(portal.rows).to_have_count(1)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("content-closed", "Content closed"),
        ("admin-center-refused", "401"),
        ("app-not-found", "does not exist"),
        ("wrong-directory", "does not exist"),
    ],
)
def test_a_blade_can_fail(a_portal: Callable[..., Portal], fault: str, words: str) -> None:
    portal = a_portal(fault).open()
    expect(portal.tab.locator(LEFT)).to_contain_text(words)


@pytest.mark.soak
def test_a_blade_can_stay_blank(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("blank-blade").open()
    expect(portal.tab.get_by_role("progressbar")).to_be_visible()
    expect(portal.rows).to_have_count(0)


def test_hidden_twins_bear_the_same_labels(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("stale-twin").open()
    expect(portal.rows).to_have_count(1)
    expect(portal.tab.locator("section.fxs-blade .fxc-gc-rows")).to_have_count(2)


@pytest.mark.parametrize("scenario", ["expired", "expiring", "no-banner"])
def test_the_overview_tells_what_its_scenario_says(a_portal: Callable[..., Portal], scenario: str) -> None:
    portal = a_portal(scenario=scenario).open("Overview")
    expect(portal.tab.get_by_text(portal.application_id)).to_be_visible()
    words = {"expired": "has expired", "expiring": "is expiring soon"}.get(scenario)
    link = portal.tab.get_by_role("link", name="Create a new one")
    if words is None:
        expect(link).to_have_count(0)
    else:
        expect(portal.tab.get_by_text(f"A certificate or secret {words}.")).to_be_visible()
        link.click()
        expect(portal.rows).to_have_count(1)


def test_the_older_address_leads_to_the_same_blade(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal()
    path = (
        f"#blade/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/Credentials/appId/{portal.application_id}/isMSAApp/"
    )
    portal.tab.goto(f"{portal.replicas.entra_url}/{path}")
    expect(portal.rows).to_have_count(1)


@pytest.mark.parametrize(("menu", "groups"), [("entra-id", ["Entra ID"]), ("identity", ["Identity", "Applications"])])
def test_both_menus_lead_to_the_list_which_opens_on_the_operators_own(
    a_portal: Callable[..., Portal], menu: str, groups: list[str]
) -> None:
    portal = a_portal("owned-tab-empty", menu=menu)
    portal.tab.goto(portal.replicas.entra_url)
    for group in groups:
        portal.tab.get_by_role("button", name=group, exact=True).click()
    portal.tab.get_by_role("link", name="App registrations").click()
    expect(portal.tab.get_by_text("This account isn't listed as an owner")).to_be_visible()
    portal.tab.get_by_title("View all applications in the directory").click()
    expect(portal.tab.get_by_text("10 applications found")).to_be_visible()
    portal.tab.get_by_role("searchbox").fill(portal.application_id)
    expect(portal.tab.get_by_text("1 applications found")).to_be_visible()


def test_what_the_operator_owns_is_not_what_is_meant_though_it_has_the_name(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal()
    portal.tab.goto(f"{portal.replicas.entra_url}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade")
    expect(portal.tab.get_by_text("2 applications found")).to_be_visible()
    expect(portal.rows.filter(has_text="Arctic Wolf Managed Awareness")).to_have_count(1)
    expect(portal.rows.filter(has_text=portal.application_id)).to_have_count(0)


def test_the_trap_asks_before_it_deletes_the_registration(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal().open("Overview")
    portal.tab.locator('li[title="Delete"]').click()
    portal.tab.locator('div[role="button"][title="Delete"].fxs-button').click()
    assert portal.replicas.state()["presses"] == {}
    portal.tab.get_by_label("I understand the implications").check()
    portal.tab.locator('div[role="button"][title="Delete"].fxs-button').click()
    expect(portal.tab.get_by_role("heading", name="App registrations")).to_be_visible()
    assert portal.replicas.state()["presses"] == {"delete_registration": 1}


def test_the_trap_can_delete_the_registration_unasked(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("registration-delete-unasked").open("Overview")
    portal.tab.locator('li[title="Delete"]').click()
    expect(portal.tab.get_by_role("heading", name="App registrations")).to_be_visible()
    assert portal.replicas.state()["presses"] == {"delete_registration": 1}
