"""The newer rendering: content in a frame of another origin, with spare frames beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlparse

import pytest
from playwright.sync_api import expect

from keyturn.secret_format import is_guid

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FrameLocator, Locator
    from playwright.sync_api import Page as Tab

    from rehearsal import Replicas

ACTIVE = "iframe.fxs-reactview-frame-active"


@pytest.fixture
def opened(
    page: Tab, serve: Callable[..., Replicas], sign_in: Callable[[Replicas], None]
) -> Callable[..., tuple[Replicas, FrameLocator]]:
    def of(item: str, *faults: str) -> tuple[Replicas, FrameLocator]:
        replicas = serve(*faults, rendering="react")
        sign_in(replicas)
        view = f"#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/{item}"
        page.goto(f"{replicas.entra_url}/{view}/appId/{replicas.inputs['application_id']}")
        return replicas, page.frame_locator(ACTIVE)

    return of


def test_one_frame_is_active_and_its_twin_is_hidden_and_empty(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]]
) -> None:
    replicas, content = opened("Overview")
    value = content.locator(f'[class^="essentialsValue-"][title="{replicas.inputs["application_id"]}"]')
    expect(value).to_be_visible()
    twins = page.locator('iframe[name="ApplicationOverview.ReactView"]')
    expect(twins).to_have_count(2)
    expect(page.locator(ACTIVE)).to_have_count(1)
    origin = urlparse(page.locator(ACTIVE).get_attribute("src")).netloc
    assert origin != urlparse(page.url).netloc
    expect(page.get_by_text(replicas.inputs["application_id"])).to_have_count(0)


def test_leaving_a_blade_leaves_no_second_active_frame(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]]
) -> None:
    _, content = opened("Overview")
    content.get_by_role("link", name="Create a new one").click()
    expect(page.locator('iframe[name="ApplicationCredentials.ReactView"]')).to_have_count(2)
    expect(page.locator(ACTIVE)).to_have_count(1)


def test_a_secret_is_added_copied_and_deleted_in_the_frame(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]]
) -> None:
    replicas, content = opened("Credentials")
    content.get_by_role("button", name="New client secret").click()
    content.get_by_role("textbox", name="Description").fill("Arctic Wolf Secret")
    content.get_by_role("combobox", name="Expires").click()
    content.get_by_role("option", name="730 days (24 months)", exact=True).click()
    content.get_by_role("button", name="Add", exact=True).click()
    row = content.get_by_role("row").filter(has_text="8Q~")
    row.get_by_role("gridcell").nth(2).get_by_role("button").click()
    expect(content.get_by_text("Copied")).to_be_visible()
    expect(page.locator(".fxs-toast-item")).to_contain_text("Successfully updated application")
    secrets = replicas.state()["registrations"][replicas.inputs["application_id"]]["secrets"]
    assert page.evaluate("navigator.clipboard.readText()") == secrets[-1]["value"]
    content.get_by_role("row").filter(has_text=secrets[0]["secret_id"]).get_by_role("button", name="Delete").click()
    content.get_by_role("dialog").get_by_role("button", name="Yes", exact=True).click()
    expect(content.get_by_role("row").filter(has_text=secrets[0]["secret_id"])).to_have_count(0)
    expect(content.get_by_text("8Q~")).to_have_count(0)
    assert replicas.state()["presses"] == {"add_secret": 1, "delete_secret": 1}


def add(content: FrameLocator) -> Locator:
    """Add a secret and return the list's rows."""
    content.get_by_role("button", name="New client secret").click()
    content.get_by_role("textbox", name="Description").fill("Arctic Wolf Secret")
    content.get_by_role("button", name="Add", exact=True).click()
    return content.locator(".ms-DetailsRow")


@pytest.mark.soak
@pytest.mark.parametrize(
    "fault", ["add-refused-policy", "add-lifetime-cap", "insufficient-privileges", "credential-limit", "server-500"]
)
def test_a_refused_add_is_told_over_the_frame_and_the_pane_stays(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]], fault: str
) -> None:
    _, content = opened("Credentials", fault)
    expect(add(content)).to_have_count(1)
    expect(page.locator(".fxs-toast-error")).to_contain_text("Failed to add password")
    expect(content.get_by_role("textbox", name="Description")).to_have_value("Arctic Wolf Secret")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("fault", "rows", "fresh"),
    [("toast-without-row", 1, 0), ("row-late", 2, 1), ("masked-after-reload", 2, 0), ("concurrent-secret", 3, 1)],
)
def test_a_new_row_can_stay_away_come_late_masked_or_with_another(
    opened: Callable[..., tuple[Replicas, FrameLocator]], fault: str, rows: int, fresh: int
) -> None:
    _, content = opened("Credentials", fault)
    found = add(content)
    expect(content.get_by_role("dialog")).to_have_count(0)
    expect(found).to_have_count(rows)
    expect(found.filter(has_text="8Q~")).to_have_count(fresh)


@pytest.mark.soak
@pytest.mark.parametrize("fault", ["read-only-role", "secrets-blocked"])
def test_new_client_secret_can_be_greyed_out_in_the_frame(
    opened: Callable[..., tuple[Replicas, FrameLocator]], fault: str
) -> None:
    _, content = opened("Credentials", fault)
    expect(content.get_by_role("button", name="New client secret")).to_be_disabled()
    expect(content.get_by_text("blocked by tenant-wide policy")).to_have_count(int(fault == "secrets-blocked"))


@pytest.mark.soak
@pytest.mark.parametrize(
    ("fault", "looks"), [("secret-id-copied", is_guid), ("value-cut", lambda text: len(text) == 24)]
)
def test_a_copy_can_go_wrong_in_the_frame(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]], fault: str, looks: Callable[[str], bool]
) -> None:
    _, content = opened("Credentials", fault)
    cell = add(content).filter(has_text="8Q~").get_by_role("gridcell").nth(2)
    cell.get_by_role("button").click()
    expect(content.get_by_text("Copied")).to_be_visible()
    assert looks(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.soak
def test_the_frame_s_copy_button_can_be_refused_the_clipboard(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]]
) -> None:
    replicas, content = opened("Credentials", "clipboard-denied")
    with page.expect_response("**/api/strike/clipboard-denied"):
        add(content).filter(has_text="8Q~").get_by_role("gridcell").nth(2).get_by_role("button").click()
    assert replicas.state()["faults_struck"] == ["clipboard-denied"]
    expect(content.get_by_text("Copied")).to_have_count(0)


@pytest.mark.soak
@pytest.mark.parametrize("fault", ["delete-refused", "concurrent-delete"])
def test_a_refused_deletion_is_told_over_the_frame(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]], fault: str
) -> None:
    replicas, content = opened("Credentials", fault)
    content.get_by_role("button", name="Delete").click()
    content.get_by_role("dialog").get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator(".fxs-toast-error")).to_be_visible()
    assert replicas.state()["presses"] == {"delete_secret": 1}


@pytest.mark.soak
def test_a_survey_and_a_toast_can_lie_over_the_pane_of_the_frame(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]]
) -> None:
    _, content = opened("Credentials", "survey-over-add", "toast-over-x")
    content.get_by_role("button", name="New client secret").click()
    expect(content.get_by_role("alertdialog")).to_be_visible()
    expect(page.locator(".fxs-toast-item")).to_contain_text("Preview features")


@pytest.mark.soak
def test_the_delete_icon_can_be_off_screen_in_the_frame(
    opened: Callable[..., tuple[Replicas, FrameLocator]],
) -> None:
    _, content = opened("Credentials", "trash-off-screen")
    box = content.get_by_role("button", name="Delete").bounding_box()
    assert box
    assert box["x"] > 1280


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("content-closed", "Content closed"),
        ("admin-center-refused", "401"),
        ("app-not-found", "does not exist"),
        ("wrong-directory", "does not exist"),
    ],
)
def test_a_blade_can_fail_before_its_frame_is_there(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]], fault: str, words: str
) -> None:
    opened("Credentials", fault)
    expect(page.locator("section.fxs-blade:not(.fxs-display-none)")).to_contain_text(words)
    expect(page.locator(ACTIVE)).to_have_count(0)


def test_a_frame_can_stay_empty(page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]]) -> None:
    _, content = opened("Credentials", "blank-blade")
    expect(page.locator(ACTIVE)).to_have_count(1)
    expect(content.locator("#root")).to_be_empty()


@pytest.mark.parametrize(("fault", "owned"), [("owned-tab-empty", 0), ("app-deactivated", 2)])
def test_the_list_in_the_frame_opens_on_what_the_operator_owns(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]], fault: str, owned: int
) -> None:
    replicas, _ = opened("Overview", fault)
    page.goto(f"{replicas.entra_url}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade")
    content = page.frame_locator(f'{ACTIVE}[name="ApplicationsList.ReactView"]')
    expect(content.get_by_text("This account isn't listed as an owner")).to_have_count(0 if owned else 1)
    expect(content.locator(".ms-DetailsRow")).to_have_count(owned)
    content.get_by_role("tab", name="All applications").click()
    expect(content.locator(".ms-DetailsRow")).to_have_count(10 - int(fault == "app-deactivated"))


def test_the_trap_in_the_frame_can_delete_the_registration_unasked(
    opened: Callable[..., tuple[Replicas, FrameLocator]],
) -> None:
    replicas, content = opened("Overview", "registration-delete-unasked")
    content.get_by_role("menuitem", name="Delete", exact=True).click()
    expect(content.get_by_role("tab", name="Owned applications")).to_be_visible()
    assert replicas.state()["presses"] == {"delete_registration": 1}


def test_a_session_that_ends_in_the_frame_ends_in_the_portal(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]]
) -> None:
    opened("Credentials", "session-ended")
    expect(page).to_have_title("Sign in to your account")


def test_the_frame_shows_nothing_without_a_session(serve: Callable[..., Replicas], page: Tab) -> None:
    replicas = serve(rendering="react")
    assert page.request.get(f"{replicas.world.urls['sandbox']}/ReactView").status == 401
