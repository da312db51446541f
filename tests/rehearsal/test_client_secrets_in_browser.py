"""What the replica's Certificates & secrets shows, seen by a plain browser without any page object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from keyturn.secret_format import is_guid

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.rehearsal.portal import Portal


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
