"""The newer rendering: content in a frame of another origin, with spare frames beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlparse

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FrameLocator
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


def test_a_session_that_ends_in_the_frame_ends_in_the_portal(
    page: Tab, opened: Callable[..., tuple[Replicas, FrameLocator]]
) -> None:
    opened("Credentials", "session-ended")
    expect(page).to_have_title("Sign in to your account")


def test_the_frame_shows_nothing_without_a_session(serve: Callable[..., Replicas], page: Tab) -> None:
    replicas = serve(rendering="react")
    assert page.request.get(f"{replicas.world.urls['sandbox']}/ReactView").status == 401
