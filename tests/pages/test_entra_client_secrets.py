"""The list of client secrets: which one is old, and that only that one is deleted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from keyturn.catalogue import Catalogue
from keyturn.model import Probe
from keyturn.run.session import Session
from keyturn.run.state import RunState
from pages.entra import ClientSecretsPage
from pages.errors import NoEffect, NotOne, PortalRefused, SessionEnded
from tests.pages.conftest import IMPATIENCE, in_both_renderings

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.pages.conftest import Opening, Portal


def ids(portal: Portal) -> list[str]:
    return [one["secret_id"] for one in portal.secrets()]


def test_the_expired_secret_is_found_beside_a_valid_one(admin_center: Opening) -> None:
    portal = admin_center(scenario="both-expired-and-valid")
    found = portal.client_secrets().find_old_secret(portal.application_id)
    assert (found.secret_id, found.state, found.description) == (ids(portal)[0], "expired", "Arctic Wolf Secret")
    assert found.expires_on == portal.secrets()[0]["end"][:10]


def test_the_secret_that_ends_soon_is_found_where_none_has_expired(admin_center: Opening) -> None:
    portal = admin_center(scenario="expiring")
    found = portal.client_secrets().find_old_secret(portal.application_id)
    assert (found.secret_id, found.state) == (ids(portal)[0], "valid")


def test_the_secret_asked_for_is_found_whatever_its_state_and_case(admin_center: Opening) -> None:
    portal = admin_center(scenario="both-expired-and-valid")
    valid = ids(portal)[1]
    found = portal.client_secrets().find_old_secret(portal.application_id, valid.upper())
    assert (found.secret_id, found.state) == (valid, "valid")


def test_of_several_expired_secrets_none_is_chosen_and_all_are_named(admin_center: Opening) -> None:
    portal = admin_center("several-expired")
    with pytest.raises(NotOne) as caught:
        portal.client_secrets().find_old_secret(portal.application_id)
    assert all(one in caught.value.seen for one in ids(portal))
    assert "old_secret_id" in caught.value.expected


def test_a_secret_asked_for_that_is_not_there_is_not_one(admin_center: Opening) -> None:
    portal = admin_center()
    with pytest.raises(NotOne) as caught:
        portal.client_secrets().find_old_secret(portal.application_id, "00000000-0000-4000-8000-000000000000")
    assert ids(portal)[0] in caught.value.seen


def test_without_any_secret_there_is_none_to_replace(admin_center: Opening) -> None:
    portal = admin_center()
    portal.registration().secrets.clear()
    page = portal.client_secrets()
    assert page.find_old_secret(portal.application_id) == ("", "", "none", "")
    assert page.secret_ids() == ()


def test_a_secret_that_ends_today_has_not_expired(admin_center: Opening) -> None:
    portal = admin_center("several-expired", scenario="expiring")
    ending, expired = ids(portal)
    page = portal.client_secrets()
    page.tab.evaluate(
        "document.querySelector('.fxc-gc-rows .date').textContent = new Date().toLocaleDateString('en-US')"
    )
    assert page.find_old_secret(portal.application_id, ending).state == "valid"
    assert page.find_old_secret(portal.application_id).secret_id == expired


def test_a_row_whose_description_holds_another_rows_id_is_not_taken_for_it(admin_center: Opening) -> None:
    portal = admin_center(scenario="both-expired-and-valid")
    registration = portal.registration()
    old, valid = registration.secrets
    valid.description = f"replaces {old.secret_id}"
    page = portal.client_secrets()
    page.delete_secret(portal.application_id, old.secret_id)
    assert ids(portal) == [valid.secret_id]


@pytest.mark.usefixtures("no_second_look")
@pytest.mark.parametrize(("language", "date"), [("fr", "11/14/2026"), ("", "11/14/2026"), ("en-US", "14/11/2026")])
def test_a_date_without_a_certain_meaning_is_an_error(admin_center: Opening, language: str, date: str) -> None:
    portal = admin_center()
    page = portal.client_secrets()
    page.tab.evaluate(
        "([lang, date]) => { document.documentElement.lang = lang;"
        " document.querySelector('.fxc-gc-rows .date').textContent = date; }",
        [language, date],
    )
    expect.set_options(timeout=IMPATIENCE)
    with pytest.raises(NoEffect) as caught:
        page.find_old_secret(portal.application_id)
    assert date in caught.value.seen


@pytest.mark.usefixtures("no_second_look")
def test_a_cut_secret_id_is_read_from_its_tooltip_and_without_one_is_an_error(admin_center: Opening) -> None:
    portal = admin_center()
    page = portal.client_secrets()
    cut = """(keep) => {
      const id = document.querySelector('.fxc-gc-columncell_3 span');
      id.textContent = 'abc…';
      if (!keep) id.removeAttribute('title');
    }"""
    page.tab.evaluate(cut, True)
    assert page.secret_ids() == tuple(ids(portal))
    assert page.has_secret(ids(portal)[0])
    page.tab.evaluate(cut, False)
    expect.set_options(timeout=IMPATIENCE)
    with pytest.raises(NoEffect) as caught:
        page.find_old_secret(portal.application_id)
    assert caught.value.expected == "the whole Secret ID in every row"


def test_a_stale_copy_of_the_blade_is_not_read(admin_center: Opening) -> None:
    portal = admin_center("stale-twin")
    page = portal.client_secrets()
    expect(page.tab.locator("section.fxs-blade.fxs-display-none .fxc-gc-rows")).to_have_count(1)
    page.delete_secret(portal.application_id, ids(portal)[0])
    assert page.secret_ids() == ()


@pytest.mark.parametrize(
    ("fault", "rendering"),
    [
        ("odd-descriptions", "classic"),
        ("several-expired", "react"),
        ("trash-off-screen", "classic"),
        pytest.param("odd-descriptions", "react", marks=pytest.mark.soak),
        pytest.param("several-expired", "classic", marks=pytest.mark.soak),
        pytest.param("trash-off-screen", "react", marks=pytest.mark.soak),
    ],
)
def test_exactly_the_secret_asked_for_is_deleted_by_one_press(
    admin_center: Opening, fault: str, rendering: str
) -> None:
    portal = admin_center(fault, scenario="both-expired-and-valid", rendering=rendering)
    page = portal.client_secrets()
    *others, last = ids(portal)
    page.delete_secret(portal.application_id, last)
    assert ids(portal) == others
    assert not page.has_secret(last)
    assert all(page.has_secret(one) for one in others)
    assert portal.pressed("delete_secret") == 1


@in_both_renderings
def test_a_deletion_that_the_portal_refuses_is_told_in_its_words(admin_center: Opening, rendering: str) -> None:
    portal = admin_center("delete-refused", rendering=rendering)
    page = portal.client_secrets()
    with pytest.raises(PortalRefused) as caught:
        page.delete_secret(portal.application_id, ids(portal)[0])
    assert "Insufficient privileges" in caught.value.seen
    assert caught.value.pressed
    assert page.has_secret(ids(portal)[0])
    assert portal.pressed("delete_secret") == 1


def test_a_secret_that_another_person_deleted_meanwhile_is_told_and_pressed_once(admin_center: Opening) -> None:
    portal = admin_center("concurrent-delete")
    page = portal.client_secrets()
    with pytest.raises(PortalRefused) as caught:
        page.delete_secret(portal.application_id, ids(portal)[0])
    assert caught.value.pressed
    assert portal.pressed("delete_secret") == 1


def test_nothing_is_pressed_for_a_secret_that_is_not_listed(admin_center: Opening) -> None:
    portal = admin_center()
    page = portal.client_secrets()
    with pytest.raises(NotOne) as caught:
        page.delete_secret(portal.application_id, "00000000-0000-4000-8000-000000000000")
    assert not caught.value.pressed
    assert portal.pressed("delete_secret") == 0


def test_a_grid_gone_blank_does_not_prove_a_deletion(admin_center: Opening) -> None:
    portal = admin_center()
    page = portal.client_secrets()
    grid = page.grid
    assert grid.without("00000000-0000-4000-8000-000000000000").count() == 1
    page.tab.evaluate("document.querySelector('.fxc-gc-rows').replaceChildren()")
    assert grid.without("00000000-0000-4000-8000-000000000000").count() == 0


@in_both_renderings
def test_a_list_whose_rows_are_still_to_come_proves_no_absence(
    admin_center: Opening, context: BrowserContext, rendering: str
) -> None:
    portal = admin_center(rendering=rendering)
    page = portal.client_secrets()
    runbook: Any = SimpleNamespace(portals={"entra": SimpleNamespace(pages="entra", url=portal.url)})
    session = Session(context, Catalogue.of(["entra"]), RunState("a-run", runbook, {}), lambda *_: None)
    session.adopt()

    def answer(ask: str, secret_id: str) -> bool:
        return session.answer(Probe(page="entra.client-secrets", ask=ask, args={"secret_id": secret_id}))

    here, gone = ids(portal)[0], "00000000-0000-4000-8000-000000000000"
    assert [answer("has_secret", here), answer("has_no_secret", here), answer("has_no_secret", gone)] == [
        True,
        False,
        True,
    ]
    page.grid.rows.evaluate_all("rows => rows.forEach((row) => row.remove())")
    assert page.grid.header_row.is_visible()
    assert not page.is_on_screen()
    assert [answer("has_no_secret", here), answer("has_no_secret", gone)] == [False, False]


def test_the_page_is_there_when_the_list_is_filled_in(admin_center: Opening) -> None:
    portal = admin_center("list-late")
    assert portal.client_secrets().has_secret(ids(portal)[0])


def test_a_secret_that_is_listed_twice_is_not_absent(admin_center: Opening) -> None:
    portal = admin_center()
    page = portal.client_secrets()
    page.tab.evaluate(
        "(() => { const row = document.querySelector('.fxc-gc-rows > *'); row.after(row.cloneNode(true)); })()"
    )
    assert page.grid.rows.count() == 2
    assert page.has_secret(ids(portal)[0])


@pytest.mark.parametrize(
    ("fault", "seen", "advice"),
    [
        ("read-only-role", "it is greyed out", "this account may only read here"),
        ("secrets-blocked", "blocked by tenant-wide policy", "the organisation forbids client secrets"),
    ],
)
@in_both_renderings
def test_a_button_that_is_greyed_out_is_a_refusal(
    admin_center: Opening, fault: str, seen: str, advice: str, rendering: str
) -> None:
    page = admin_center(fault, rendering=rendering).client_secrets()
    with pytest.raises(PortalRefused) as caught:
        page.open_new_client_secret()
    assert seen in caught.value.seen
    assert caught.value.advice.startswith(advice)
    assert not caught.value.pressed


def test_the_copy_button_of_a_masked_row_is_never_pressed(admin_center: Opening) -> None:
    portal = admin_center()
    page = portal.client_secrets()
    portal.tab.evaluate("navigator.clipboard.writeText('before')")
    portal.tab.context.set_default_timeout(500)
    with pytest.raises(NoEffect) as caught:
        page.copy_value(ids(portal)[0])
    assert caught.value.expected == "the value still to be shown, with its copy button"
    assert portal.clipboard() == "before"


def test_the_sign_in_page_in_place_of_the_list_is_an_ended_session(admin_center: Opening) -> None:
    portal = admin_center()
    page = portal.client_secrets()
    portal.replicas.world.desk.end_sessions()
    portal.tab.reload()
    expect.set_options(timeout=1_000)
    with pytest.raises(SessionEnded):
        ClientSecretsPage(page.tab, page.url).arrive()


@in_both_renderings
def test_a_question_that_stands_there_about_another_secret_is_answered_no(
    admin_center: Opening, rendering: str
) -> None:
    portal = admin_center(scenario="both-expired-and-valid", rendering=rendering)
    expired, valid = ids(portal)
    page = portal.client_secrets()
    page.delete_button_of(valid).click()
    expect(page.question.yes_button).to_be_visible()
    page.delete_secret(portal.application_id, expired)
    assert ids(portal) == [valid]
