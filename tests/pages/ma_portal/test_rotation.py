"""What the pages of the MA Portal do when all is well, and what the portal then holds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from pages.components.vendor_field import count, moment
from pages.ma_portal.menu import MenuPage
from pages.ma_portal.saved_credentials import SavedCredentialsPage
from pages.ma_portal.sign_in import SignInPage
from pages.ma_portal.user_management import UserManagementPage
from rehearsal import Operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.pages.ma_portal.conftest import Bench


def management(here: Bench) -> UserManagementPage:
    return UserManagementPage(here.tab, here.replicas.ma_portal_url).arrive()


def test_sign_in_waits_for_the_person(bench: Callable[..., Bench]) -> None:
    here = bench(signed_in=False)
    page = SignInPage(here.tab, here.replicas.ma_portal_url)
    page.open()
    assert page.screen() == "the MA Portal's sign-in page: enter e-mail address and password"
    assert not page.is_signed_in()
    with Operator(here.replicas):
        account, organisation = page.wait_until_signed_in()
    assert page.is_signed_in()
    assert page.screen() == ""
    assert organisation == here.portal.organisation
    assert MenuPage(here.tab, page.url).has_account(account.upper())
    assert not MenuPage(here.tab, page.url).has_account("somebody@else.example")


def test_the_menu_leads_to_user_management(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.tab.goto(here.replicas.ma_portal_url)
    page = MenuPage(here.tab, here.replicas.ma_portal_url).arrive().open_user_management()
    found = page.read_integration()
    assert (found.group, found.state) == ("Awareness - All Staff", "saved")
    assert found.application_id == here.replicas.world.application_id
    assert found.last_successful_sync == here.portal.snapshot()["integration"]["last_sync"]


def test_a_rotation_ends_with_the_new_value_saved_and_everybody_synchronised(bench: Callable[..., Bench]) -> None:
    here = bench()
    secret = here.new_secret()
    management(here)
    form = SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive().reset_integration()
    assert here.portal.snapshot()["integration"] is None
    assert management(here).read_integration() == ("", "", "", "none")
    form = here.new_integration(secret.value)
    day = secret.end.date().isoformat()
    form.enter_expiration_date(day)
    assert form.has_expiration_date(day)
    assert form.has_integration_type("Microsoft Entra ID")
    assert not form.has_integration_type("Google Workspace")
    form.test_connection()
    form.acknowledge()
    form.save_credentials()
    page = management(here)
    assert page.has_integration("Arctic Wolf Secret")
    assert not page.has_integration("Another")
    assert page.select_group("", "Awareness - All Staff").group == "Awareness - All Staff"
    assert page.has_group("Awareness - All Staff")
    made = page.sync_now()
    assert made.users == "13"
    assert page.has_synchronised_since(made.last_successful_sync)
    held = here.portal.snapshot()
    assert (held["integration"]["value"], held["integration"]["expires_on"]) == (secret.value, day)
    assert held["pressed"] == {"reset": 1, "test": 1, "save": 1, "save_group": 1, "sync": 1}


def test_state_is_there_after_leaving_and_returning(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.portal.reset()
    here.tab.goto("about:blank")
    here.go()
    assert management(here).read_integration().state == "none"


def test_a_group_that_is_selected_already_is_left_alone(bench: Callable[..., Bench]) -> None:
    here = bench()
    assert management(here).select_group("Awareness - All Staff", "").group == "Awareness - All Staff"
    assert here.portal.pressed["save_group"] == 0


@pytest.mark.parametrize(
    ("group", "otherwise", "seen"),
    [("", "Awareness - All Staff", True), ("Awareness - Pilot", "Awareness - All Staff", False), ("", "", True)],
)
def test_only_the_wanted_group_is_taken_for_the_one_that_a_person_selected(
    group: str, otherwise: str, seen: bool, bench: Callable[..., Bench]
) -> None:
    assert (management(bench()).selected_group(group, otherwise) is not None) is seen


def test_the_wanted_group_goes_before_the_one_of_old(bench: Callable[..., Bench]) -> None:
    here = bench()
    assert management(here).select_group("Awareness - Pilot", "Awareness - All Staff").group == "Awareness - Pilot"
    assert here.portal.snapshot()["integration"]["group"] == "Awareness - Pilot"


def test_pasting_replaces_what_was_in_the_field(bench: Callable[..., Bench]) -> None:
    here = bench()
    form = here.new_integration("first")
    here.put_on_clipboard("second")
    form.paste_client_secret_value()
    assert form.has_client_secret_value()
    assert form.client_secret_value_field.input_value() == "second"


def test_an_empty_field_holds_no_value(bench: Callable[..., Bench]) -> None:
    assert not bench().new_integration().has_client_secret_value()


def test_the_date_is_written_as_the_field_takes_it(bench: Callable[..., Bench]) -> None:
    form = bench().new_integration()
    form.enter_expiration_date("2028-01-08")
    assert form.expiration_date_field.input_value() == "01/08/2028"


def test_the_date_is_written_in_iso_form_where_the_field_takes_that(bench: Callable[..., Bench]) -> None:
    form = bench("ma-iso-date").new_integration()
    form.enter_expiration_date("2028-01-08")
    assert form.expiration_date_field.input_value() == "2028-01-08"


def test_older_wording_is_understood(bench: Callable[..., Bench]) -> None:
    here = bench("ma-old-wording")
    page = MenuPage(here.tab, here.replicas.ma_portal_url).arrive().open_user_management()
    assert page.read_integration().state == "saved"
    form = SavedCredentialsPage(here.tab, page.url).arrive().reset_integration()
    form.select_integration_type("Entra ID")
    assert form.has_integration_type("Microsoft Entra ID")


def test_a_change_after_the_test_takes_its_result_away(bench: Callable[..., Bench]) -> None:
    here = bench()
    form = here.new_integration(here.new_secret().value)
    form.enter_expiration_date("2028-01-08")
    form.test_connection()
    form.acknowledge()
    assert form.has_test_passed()
    form.enter_nickname("Another")
    assert not form.has_test_passed()
    assert form.save_button.is_disabled()


def test_only_a_synchronisation_at_or_after_the_moment_counts(bench: Callable[..., Bench]) -> None:
    here = bench()
    page = management(here)
    saved = here.portal.integration
    assert saved is not None
    assert saved.last_sync is not None
    last = saved.last_sync.replace(microsecond=0)
    assert page.has_synchronised_since(last.isoformat())
    assert page.has_synchronised_since(last.replace(tzinfo=None).isoformat())
    assert not page.has_synchronised_since((last + timedelta(seconds=1)).isoformat())
    assert not page.has_synchronised_since("")


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("11/24/2026, 07:05:00 PM UTC", "2026-11-24T19:05:00+00:00"),
        ("11/24/2026 7:05 AM", "2026-11-24T07:05:00"),
        ("2026-11-24 07:05:00 UTC", "2026-11-24T07:05:00+00:00"),
        ("2026-11-24T07:05:00", "2026-11-24T07:05:00"),
        ("Never", ""),
        ("", ""),
        ("24/11/2026, 07:05:00 AM", ""),
    ],
)
def test_a_moment_is_read_and_never_guessed(shown: str, meant: str) -> None:
    assert moment(shown) == meant


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("13", "13"),
        ("1,204", "1204"),
        (" 1.204.001 ", "1204001"),
        ("1\u202f204 users", "1204"),
        ("1’204", "1204"),
        ("0", "0"),
        ("12,04", ""),
        ("13 of 14", ""),
        ("Loading…", ""),
        ("", ""),
    ],
)
def test_a_count_is_read_in_digits_and_never_guessed(shown: str, meant: str) -> None:
    assert count(shown) == meant


def test_a_synchronisation_whose_count_cannot_be_read_is_done_all_the_same(bench: Callable[..., Bench]) -> None:
    here = bench()
    page = management(here)
    here.tab.add_init_script(
        "addEventListener('DOMContentLoaded', () => document.querySelector('#integration-3 + dd').textContent = '–')"
    )
    assert page.sync_now().users == ""
    assert page.last_sync() is not None


def test_a_menu_and_a_question_that_an_earlier_act_left_open_are_gone_on_with(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.tab.goto(here.replicas.ma_portal_url)
    menu = MenuPage(here.tab, here.replicas.ma_portal_url).arrive()
    menu.settings_button.click()
    page = menu.open_user_management()
    page.saved.sync_button.click()
    page.sync_now()
    page.saved.reset_button.click()
    SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive().reset_integration()
    presses = here.replicas.state()["presses"]
    assert (presses["ma-sync"], presses["ma-reset"]) == (1, 1)


def test_the_connection_is_tested_anew_where_an_earlier_result_was_never_taken_in(bench: Callable[..., Bench]) -> None:
    here = bench()
    secret = here.new_secret()
    form = here.new_integration(secret.value)
    form.enter_expiration_date(secret.end.date().isoformat())
    form.test_button.click()
    form.test_passed_dialog.wait_for()
    form.test_connection()
    assert here.replicas.state()["presses"]["ma-test"] == 2
