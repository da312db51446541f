"""Making a secret and copying its value: once, the right one, or an error that says what is there now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.components.advice import advised
from pages.components.interruption import Interruption
from pages.entra import ClientSecretsPage
from pages.entra.advice import ADVICE
from pages.entra.lifetime import option as known_as
from pages.errors import NoEffect, NotOne, PortalRefused, SessionEnded
from tests.pages.conftest import in_both_renderings

if TYPE_CHECKING:
    from pages.entra import AddClientSecretPane
    from tests.pages.conftest import Opening, Portal

EXPIRES = "730 days (24 months)"


def filled_in(portal: Portal) -> AddClientSecretPane:
    pane = portal.client_secrets().open_new_client_secret()
    pane.enter_description("Arctic Wolf Secret")
    pane.select_expires(EXPIRES)
    return pane


def test_what_is_entered_and_selected_is_what_the_pane_shows(admin_center: Opening) -> None:
    pane = filled_in(admin_center())
    assert pane.has_pane()
    assert pane.has_description("Arctic Wolf Secret")
    assert not pane.has_description("Arctic Wolf")
    assert pane.has_expires(EXPIRES)
    assert not pane.has_expires("180 days (6 months)")


@pytest.mark.parametrize("rendering", ["classic", "react"])
def test_the_new_secret_is_listed_and_its_value_and_no_other_text_is_on_the_clipboard(
    admin_center: Opening, rendering: str
) -> None:
    portal = admin_center(scenario="both-expired-and-valid", rendering=rendering)
    pane = filled_in(portal)
    before = pane.known_ids(portal.application_id)
    made = pane.add_and_copy_value(portal.application_id)
    new = portal.secrets()[-1]
    assert made.secret_id == new["secret_id"]
    assert made.secret_id not in before
    assert made.expires_on == new["end"][:10]
    assert datetime.fromisoformat(new["end"]) - datetime.fromisoformat(new["start"]) == timedelta(days=730)
    assert portal.clipboard() == new["value"]
    assert portal.pressed("add_secret") == 1


def test_neither_results_nor_errors_nor_what_is_seen_hold_the_value(admin_center: Opening) -> None:
    portal = admin_center()
    pane = filled_in(portal)
    made = pane.add_and_copy_value(portal.application_id)
    value = portal.secrets()[-1]["value"]
    told = [repr(made), pane.seen(), str(pane.failure("add_and_copy_value")), repr(vars(pane))]
    assert not any(value in text or value[3:20] in text for text in told)


def test_the_value_can_be_copied_again_while_the_portal_shows_it(admin_center: Opening) -> None:
    portal = admin_center()
    pane = filled_in(portal)
    made = pane.add_and_copy_value(portal.application_id)
    portal.tab.evaluate("navigator.clipboard.writeText('lost')")
    assert ClientSecretsPage(portal.tab, portal.url).copy_value(made.secret_id) == made
    assert portal.clipboard() == portal.secrets()[-1]["value"]


def test_the_first_secret_of_a_registration_is_made_too(admin_center: Opening) -> None:
    portal = admin_center()
    portal.registration().secrets.clear()
    assert filled_in(portal).add_and_copy_value(portal.application_id).secret_id == portal.secrets()[0]["secret_id"]


@in_both_renderings
@pytest.mark.parametrize("fault", ["survey-over-add", "toast-over-x", "row-late", "count-lags", "months-wording"])
def test_what_only_gets_in_the_way_does_not_stop_it(admin_center: Opening, fault: str, rendering: str) -> None:
    portal = admin_center(fault, rendering=rendering)
    filled_in(portal).add_and_copy_value(portal.application_id)
    assert portal.clipboard() == portal.secrets()[-1]["value"]
    assert portal.pressed("add_secret") == 1
    assert fault in portal.replicas.state()["faults_struck"]


def test_an_earlier_value_that_is_still_shown_is_not_taken_for_the_new_one(admin_center: Opening) -> None:
    portal = admin_center("row-late")
    pane = filled_in(portal)
    portal.tab.evaluate(
        "document.querySelector('.fxc-gc-rows .fxc-gc-columncell_2').append(document.createElement('button'))"
    )
    made = pane.add_and_copy_value(portal.application_id)
    assert made.secret_id == portal.secrets()[-1]["secret_id"]
    assert portal.clipboard() == portal.secrets()[-1]["value"]


def test_another_persons_secret_of_the_same_moment_is_not_taken_for_ours(admin_center: Opening) -> None:
    portal = admin_center("concurrent-secret")
    made = filled_in(portal).add_and_copy_value(portal.application_id)
    *_, theirs, ours = portal.secrets()
    assert theirs["description"] == "Added by another administrator"
    assert made.secret_id == ours["secret_id"]
    assert portal.clipboard() == ours["value"]


@in_both_renderings
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("add-refused-policy", "blocked by tenant-wide policy"),
        ("add-lifetime-cap", "exceeds the max value"),
        ("insufficient-privileges", "Insufficient privileges"),
        ("credential-limit", "credential limit"),
        ("server-500", "unexpected error"),
    ],
)
def test_a_refusal_is_told_at_once_in_the_portals_words_and_nothing_is_pressed_again(
    admin_center: Opening, fault: str, words: str, rendering: str
) -> None:
    portal = admin_center(fault, rendering=rendering)
    pane = filled_in(portal)
    with pytest.raises(PortalRefused) as caught:
        pane.add_and_copy_value(portal.application_id)
    assert words in caught.value.seen
    assert caught.value.advice == advised(words, ADVICE)
    assert caught.value.advice
    assert caught.value.pressed
    assert pane.has_description("Arctic Wolf Secret")  # The pane stays open with what was typed.
    assert len(portal.secrets()) == 1
    assert portal.pressed("add_secret") <= 1


@pytest.mark.parametrize("fault", ["toast-without-row", "masked-after-reload"])
def test_a_value_that_is_not_shown_is_an_error_after_the_press(admin_center: Opening, fault: str) -> None:
    portal = admin_center(fault)
    pane = filled_in(portal)
    pane.known_ids(portal.application_id)
    expect.set_options(timeout=2_500)
    with pytest.raises(NoEffect) as caught:
        pane.add_and_copy_value(portal.application_id)
    assert caught.value.pressed
    orphan = portal.secrets()[-1]["secret_id"]
    assert (orphan in caught.value.seen) is (fault == "masked-after-reload")
    assert portal.pressed("add_secret") == 1


def test_a_clipboard_that_is_denied_leaves_it_as_it_was(admin_center: Opening) -> None:
    portal = admin_center("clipboard-denied")
    pane = filled_in(portal)
    portal.tab.evaluate("navigator.clipboard.writeText('sentinel')")
    pane.add_and_copy_value(portal.application_id)
    assert portal.clipboard() == "sentinel"  # That is how whoever reads it knows.


def test_a_list_that_changed_since_it_was_journalled_stops_before_the_press(admin_center: Opening) -> None:
    portal = admin_center()
    pane = filled_in(portal)
    pane.known_ids(portal.application_id)
    portal.tab.evaluate(
        "() => { const row = document.querySelector('.fxc-gc-rows > .fxc-gc-row'); const copy = row.cloneNode(true);"
        " const id = copy.querySelector('.fxc-gc-columncell_3 span');"
        " id.textContent = id.title = '00000000-0000-4000-8000-000000000000'; row.after(copy); }"
    )
    with pytest.raises(NotOne) as caught:
        pane.add_and_copy_value(portal.application_id)
    assert not caught.value.pressed
    assert portal.pressed("add_secret") == 0


def test_a_list_that_does_not_fill_in_is_told_in_our_words(admin_center: Opening) -> None:
    portal = admin_center()
    pane = filled_in(portal)
    portal.tab.evaluate("() => document.querySelectorAll('.fxc-gc-rows > .fxc-gc-row').forEach((row) => row.remove())")
    expect.set_options(timeout=500)
    with pytest.raises(NoEffect) as caught:
        pane.known_ids(portal.application_id)
    assert caught.value.expected == "the client secrets to be listed"
    assert not caught.value.pressed
    assert caught.value.__context__ is None


def test_a_sign_in_page_in_place_of_the_list_is_an_ended_session(admin_center: Opening) -> None:
    portal = admin_center()
    pane = filled_in(portal)
    portal.replicas.world.desk.end_sessions()
    portal.tab.reload()
    expect.set_options(timeout=1_500)
    with pytest.raises(SessionEnded):
        pane.known_ids(portal.application_id)


def test_a_lifetime_that_a_policy_removed_is_told_with_what_is_offered(admin_center: Opening) -> None:
    portal = admin_center("long-lifetimes-removed")
    pane = portal.client_secrets().open_new_client_secret()
    with pytest.raises(NotOne) as caught:
        pane.select_expires(EXPIRES)
    assert "365 days (12 months)" in caught.value.seen
    assert "545" not in caught.value.seen


def test_leaving_the_pane_makes_no_secret(admin_center: Opening) -> None:
    portal = admin_center()
    pane = filled_in(portal)
    pane.cancel()
    assert not pane.is_on_screen()
    assert len(portal.secrets()) == 1


def test_a_session_that_ends_at_add_is_told_and_counts_as_pressed(admin_center: Opening) -> None:
    portal = admin_center()
    pane = filled_in(portal)
    portal.replicas.world.desk.end_sessions()
    expect.set_options(timeout=1_500)
    with pytest.raises(SessionEnded) as caught:
        pane.add_and_copy_value(portal.application_id)
    assert caught.value.pressed


def test_a_question_that_is_no_survey_is_left_alone(admin_center: Opening) -> None:
    portal = admin_center()
    pane = filled_in(portal)
    question = "<div role=alertdialog id=asked>Discard?<button>Close</button></div>"
    portal.tab.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", question)
    assert Interruption(portal.tab, portal.tab).survey_dialog.count() == 0
    pane.add_and_copy_value(portal.application_id)
    expect(portal.tab.locator("#asked")).to_be_visible()


@pytest.mark.parametrize(
    ("asked", "option", "same"),
    [
        ("180 days (6 months)", "Recommended: 180 days (6 months)", True),
        ("180 days (6 months)", "180 days (6 months)", True),
        ("730 days (24 months)", "24 months", True),
        ("730 days (24 months)", "4 months", False),
        ("90 days (3 months)", "Recommended: 180 days (6 months)", False),
        ("30 days (1 months)", "730 days (24 months)", False),
    ],
)
def test_an_option_is_matched_whole_in_each_known_wording(asked: str, option: str, same: bool) -> None:
    assert bool(known_as(asked).fullmatch(option)) is same


def test_the_end_is_read_from_the_grid_and_not_computed(admin_center: Opening) -> None:
    portal = admin_center()
    made = filled_in(portal).add_and_copy_value(portal.application_id)
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", made.expires_on)
    assert made.expires_on == (datetime.now(UTC) + timedelta(days=730)).date().isoformat()
