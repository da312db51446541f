"""What the replica of the admin center shows, seen by a plain browser without any page object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from keyturn.secret_format import is_guid

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

    from rehearsal import Replicas

LEFT = "section.fxs-blade:not(.fxs-display-none)"

TOLD = """cell => ({ copied: new Promise((done) => {
  const look = new MutationObserver(() => {
    if (cell.querySelector('[role=status]')?.textContent === 'Copied') done(true);
  });
  look.observe(cell, { childList: true, subtree: true });
  setTimeout(done, 10000, false);
}) })"""


class Portal:
    """The signed-in browser on Certificates & secrets."""

    def __init__(self, tab: Tab, replicas: Replicas) -> None:
        self.tab, self.replicas = tab, replicas
        self.application_id = replicas.inputs["application_id"]

    def open(self, item: str = "Credentials") -> Portal:
        view = f"#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/{item}/appId/{self.application_id}"
        self.tab.goto(f"{self.replicas.entra_url}/{view}")
        return self

    def add(self) -> Portal:
        self.tab.locator('div[title="New client secret"]').click()
        self.tab.get_by_role("textbox", name="Description").fill("Arctic Wolf Secret")
        self.tab.locator('div[role="button"][title="Add"]').click()
        return self

    @property
    def rows(self) -> Locator:
        return self.tab.locator(f"{LEFT} .fxc-gc-rows .fxc-gc-row")

    @property
    def fresh(self) -> Locator:
        return self.rows.filter(has_text="8Q~")

    def copy(self) -> str:
        cell = self.fresh.get_by_role("gridcell").nth(2)
        told = cell.evaluate_handle(TOLD)  # From before the press: a busy machine may look when it is gone again.
        cell.get_by_role("button").click()
        assert told.evaluate("one => one.copied")
        text: str = self.tab.evaluate("navigator.clipboard.readText()")
        return text

    def values(self) -> list[str]:
        found = self.replicas.state()["registrations"][self.application_id]["secrets"]
        return [secret["value"] for secret in found]


@pytest.fixture
def a_portal(page: Tab, serve: Callable[..., Replicas], sign_in: Callable[[Replicas], None]) -> Callable[..., Portal]:
    def of(*faults: str, **options: str) -> Portal:
        replicas = serve(*faults, **options)
        sign_in(replicas)
        return Portal(page, replicas)

    return of


def test_the_value_is_shown_once_and_copied_whole(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal().open().add()
    expect(portal.rows).to_have_count(2)
    value = portal.copy()
    assert value == portal.values()[-1]
    portal.tab.reload()
    expect(portal.rows).to_have_count(2)
    expect(portal.rows.last).to_contain_text(value[:3] + "*" * 18)
    assert value not in portal.tab.content()


def test_another_operation_masks_the_value(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal().open().add()
    expect(portal.fresh).to_have_count(1)
    portal.rows.first.get_by_title("Delete").click()
    portal.tab.locator('.fxs-messagebox-buttons div[title="Yes"]').click()
    expect(portal.rows).to_have_count(1)
    expect(portal.fresh).to_have_count(0)
    expect(portal.rows.get_by_title("Copy to clipboard")).to_have_count(1)


def test_leaving_the_tab_masks_the_value(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal().open().add()
    expect(portal.fresh).to_have_count(1)
    portal.tab.get_by_role("tab", name="Certificates (0)").click()
    portal.tab.get_by_role("tab", name="Client secrets (2)").click()
    expect(portal.rows).to_have_count(2)
    expect(portal.fresh).to_have_count(0)


def test_no_leaves_the_secret_alone(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal().open()
    portal.rows.first.get_by_title("Delete").click()
    portal.tab.locator('.fxs-messagebox-buttons div[title="No"]').click()
    expect(portal.tab.locator(".fxs-messagebox")).to_have_count(0)
    assert portal.replicas.state()["presses"] == {}
    assert len(portal.values()) == 1


def test_the_pane_has_the_traps_of_the_real_one(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal().open()
    portal.tab.locator('div[title="New client secret"]').click()
    expect(portal.tab.locator('[aria-label="Expires"]')).to_have_count(2)
    control = portal.tab.get_by_role("combobox", name="Expires")
    control.evaluate("(element) => element.click()")
    expect(portal.tab.locator(".fxc-dropdown-option")).to_have_count(0)
    control.click()
    expect(portal.tab.locator("body > .fxc-dropdown-popup .fxc-dropdown-option")).to_have_text(
        [
            "Recommended: 180 days (6 months)",
            "90 days (3 months)",
            "365 days (12 months)",
            "545 days (18 months)",
            "730 days (24 months)",
            "Custom",
        ]
    )


@pytest.mark.soak
@pytest.mark.parametrize(
    ("fault", "looks"),
    [
        ("secret-id-copied", is_guid),
        ("value-with-space", lambda text: text.endswith(" ")),
        ("value-cut", lambda text: len(text) == 24),
    ],
)
def test_a_copy_can_go_wrong(a_portal: Callable[..., Portal], fault: str, looks: Callable[[str], bool]) -> None:
    assert looks(a_portal(fault).open().add().copy())


@pytest.mark.soak
def test_a_refused_clipboard_stays_as_it_was(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("clipboard-denied").open().add()
    portal.tab.evaluate("navigator.clipboard.writeText('before')")
    portal.fresh.get_by_title("Copy to clipboard").first.click()
    expect(portal.tab.get_by_text("Copied")).to_have_count(0)
    assert portal.tab.evaluate("navigator.clipboard.readText()") == "before"


@pytest.mark.soak
def test_a_row_can_stay_away_and_come_masked(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("toast-without-row").open().add()
    expect(portal.tab.locator(".fxs-toast-item")).to_contain_text("Successfully updated application")
    expect(portal.rows).to_have_count(1)
    portal.tab.reload()
    expect(portal.rows).to_have_count(2)
    expect(portal.fresh).to_have_count(0)


@pytest.mark.soak
def test_a_row_can_come_late(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("row-late").open().add()
    expect(portal.tab.locator(".fxs-toast-item")).to_be_visible()
    assert portal.rows.count() == 1
    expect(portal.fresh).to_have_count(1)


@pytest.mark.soak
def test_the_list_can_stand_there_without_its_rows(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("list-late").open()
    expect(portal.tab.get_by_role("columnheader", name="Secret ID")).to_be_visible()
    assert portal.rows.count() == 0
    assert portal.tab.get_by_text("No client secrets have been created").count() == 0
    expect(portal.rows).to_have_count(1)


def test_the_page_can_reload_by_itself(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("masked-after-reload").open().add()
    expect(portal.rows).to_have_count(2)
    expect(portal.fresh).to_have_count(0)


@pytest.mark.soak
def test_the_count_can_lag(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("count-lags").open().add()
    expect(portal.rows).to_have_count(2)
    expect(portal.tab.get_by_role("tab", name="Client secrets (1)")).to_be_visible()


@pytest.mark.soak
@pytest.mark.parametrize(
    "fault", ["add-refused-policy", "add-lifetime-cap", "insufficient-privileges", "credential-limit"]
)
def test_a_refused_add_leaves_the_pane_open_with_what_was_typed(a_portal: Callable[..., Portal], fault: str) -> None:
    portal = a_portal(fault).open().add()
    expect(portal.tab.locator(".fxs-toast-error")).to_contain_text("Failed to add password")
    expect(portal.tab.get_by_role("textbox", name="Description")).to_have_value("Arctic Wolf Secret")
    expect(portal.rows).to_have_count(1)


@pytest.mark.soak
def test_a_refused_deletion_leaves_the_row(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("delete-refused").open()
    portal.rows.first.get_by_title("Delete").click()
    portal.tab.locator('.fxs-messagebox-buttons div[title="Yes"]').click()
    expect(portal.tab.locator(".fxs-toast-error")).to_be_visible()
    expect(portal.rows).to_have_count(1)
    assert portal.replicas.state()["presses"] == {"delete_secret": 1}


@pytest.mark.soak
@pytest.mark.parametrize("fault", ["read-only-role", "secrets-blocked"])
def test_new_client_secret_can_be_greyed_out(a_portal: Callable[..., Portal], fault: str) -> None:
    portal = a_portal(fault).open()
    button = portal.tab.locator('div[title="New client secret"]')
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    expect(portal.tab.locator(".fxs-contextpane")).to_have_count(0)


def test_a_survey_lies_over_add_until_it_is_declined(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("survey-over-add").open()
    portal.tab.locator('div[title="New client secret"]').click()
    survey = portal.tab.get_by_role("alertdialog")
    expect(survey).to_be_visible()
    add = portal.tab.locator('div[role="button"][title="Add"]')
    box = add.bounding_box()
    assert box
    on_top = "([x, y]) => document.elementFromPoint(x, y).closest('[role=alertdialog]') !== null"
    assert portal.tab.evaluate(on_top, [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    survey.get_by_role("button", name="No thanks").click()
    add.click()
    expect(portal.rows).to_have_count(2)


@pytest.mark.soak
def test_a_toast_lies_over_the_panes_x(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("toast-over-x").open()
    portal.tab.locator('div[title="New client secret"]').click()
    expect(portal.tab.locator(".fxs-toast-item")).to_be_visible()
    box = portal.tab.locator(".fxs-contextpane-close").bounding_box()
    assert box
    on_top = "([x, y]) => document.elementFromPoint(x, y).closest('.fxs-toast-item') !== null"
    assert portal.tab.evaluate(on_top, [box["x"] + 4, box["y"] + 4])


@pytest.mark.soak
def test_the_delete_icon_can_be_off_screen(a_portal: Callable[..., Portal]) -> None:
    portal = a_portal("trash-off-screen").open()
    box = portal.rows.first.get_by_title("Delete").bounding_box()
    assert box
    assert box["x"] > 1280


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
