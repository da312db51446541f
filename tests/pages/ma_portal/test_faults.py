"""Each fault of the MA Portal, and the error by which the page tells of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pages.errors import NoEffect, NotOne, NotYet, PortalRefused, SessionEnded, Unreachable
from pages.ma_portal import sign_in
from pages.ma_portal.menu import MenuPage
from pages.ma_portal.saved_credentials import SavedCredentialsPage
from pages.ma_portal.sign_in import SignInPage
from pages.ma_portal.user_management import UserManagementPage
from pages.waiting import wait_for_any
from rehearsal import Operator
from rehearsal.ma_portal import MA_FAULTS, app

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from pages.errors import PageError
    from pages.ma_portal.new_integration import NewIntegrationPage
    from tests.pages.ma_portal.conftest import Bench

IMPATIENCE = 800  # ms for what is not to happen
STAFF = "Awareness - All Staff"


def management(here: Bench) -> UserManagementPage:
    return UserManagementPage(here.tab, here.replicas.ma_portal_url).arrive()


def ready_to_test(here: Bench, value: str = "") -> NewIntegrationPage:
    form = here.new_integration(value or here.new_secret().value)
    form.enter_expiration_date("2028-01-08")
    return form


def without_group(here: Bench) -> UserManagementPage:
    """Bring up the page as it is after new credentials have been saved: no group, never synchronised."""
    assert here.portal.integration is not None
    here.portal.integration.group_id, here.portal.integration.last_sync = "", None
    here.go()
    return management(here)


def test_every_fault_has_a_test() -> None:
    text = Path(__file__).read_text(encoding="utf-8") + Path(__file__).with_name("test_rotation.py").read_text("utf-8")
    assert [name for name in MA_FAULTS if f'"{name}"' not in text] == []


def test_whoever_signs_in_as_soon_as_the_page_is_there_is_not_taken_for_a_refusal(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = bench(signed_in=False)
    page = SignInPage(here.tab, here.replicas.ma_portal_url)

    def gone(*these: Locator) -> None:
        wait_for_any(*these)
        here.tab.goto("about:blank")  # as between the sign-in page and the next

    monkeypatch.setattr(sign_in, "wait_for_any", gone)
    page.open()
    assert here.tab.url == "about:blank"


@pytest.mark.parametrize(
    ("fault", "asked", "said", "advice"),
    [
        ("ma-password-wrong", "e-mail address and password", "Wrong email or password.", "enter the password again"),
        ("ma-code-expired", "the one-time code", "The code you entered has expired. .*", "wait for the authenticator"),
        ("ma-code-wrong", "the one-time code", "The code you entered is invalid.", "wait for the authenticator"),
    ],
)
def test_what_was_wrong_at_the_sign_in_is_named_and_asked_for_again(
    bench: Callable[..., Bench], fault: str, asked: str, said: str, advice: str
) -> None:
    here = bench(fault, signed_in=False)
    page = SignInPage(here.tab, here.replicas.ma_portal_url)
    page.open()
    if "code" in fault:
        assert page.screen() == "the MA Portal's sign-in page: enter e-mail address and password"
        here.portal.move_on()
    here.tab.get_by_role("alert").wait_for()
    assert re.fullmatch(f"the MA Portal's sign-in page: enter {asked}; it says “{said}”: {advice}.*", page.screen())
    with Operator(here.replicas):
        assert page.wait_until_signed_in().account == here.portal.account
    assert page.screen() == ""


def test_nobody_signing_in_is_told_as_such(bench: Callable[..., Bench]) -> None:
    here = bench(signed_in=False)
    page = SignInPage(here.tab, here.replicas.ma_portal_url)
    page.open()
    here.be_patient(IMPATIENCE)
    with pytest.raises(SessionEnded) as caught:
        page.wait_until_signed_in()
    assert caught.value.expected == "a person to sign in"


def test_an_ended_session_is_told_before_anything_is_pressed(bench: Callable[..., Bench]) -> None:
    here = bench()
    management(here)
    here.portal.sessions.clear()
    with pytest.raises(SessionEnded):
        management(here).sync_now()
    assert here.portal.pressed["sync"] == 0


def test_a_session_that_ends_by_fault_takes_the_page_away(bench: Callable[..., Bench]) -> None:
    here = bench("ma-session-ended")
    here.be_patient(IMPATIENCE)
    with pytest.raises(SessionEnded):
        management(here)


@pytest.mark.parametrize("beside", ["ma-banner-alert", ""])
def test_lost_access_is_told_in_the_portals_words(beside: str, bench: Callable[..., Bench]) -> None:
    here = bench(*filter(None, ["ma-access-lost", beside]))
    with pytest.raises(PortalRefused, match="no longer an active user") as caught:
        SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive().reset_integration()
    assert caught.value.pressed
    with pytest.raises(PortalRefused, match="no longer an active user"):
        SignInPage(here.tab, here.replicas.ma_portal_url).open()


def test_a_slow_portal_is_waited_for(bench: Callable[..., Bench]) -> None:
    assert management(bench("ma-slow")).read_integration().group == STAFF


def test_another_customers_portal_is_told_by_its_header_and_its_application(bench: Callable[..., Bench]) -> None:
    here = bench("ma-wrong-customer")
    found = SignInPage(here.tab, here.replicas.ma_portal_url).wait_until_signed_in()
    assert found.organisation == "Harbor Point Dental Partners"
    assert management(here).read_integration().application_id != here.replicas.world.application_id


def test_a_reset_that_is_cancelled_resets_nothing(bench: Callable[..., Bench]) -> None:
    here = bench("ma-reset-cancelled")
    page = SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive()
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect, match="the question whether to reset the integration") as caught:
        page.reset_integration()
    assert not caught.value.pressed
    assert here.portal.pressed["reset"] == 0


def test_a_page_that_is_gone_after_the_reset_is_told_and_the_reset_found_done(bench: Callable[..., Bench]) -> None:
    here = bench("ma-reset-tab-lost")
    page = SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive()
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect, match="an empty tab") as caught:
        page.reset_integration()
    assert caught.value.pressed
    here.be_patient()
    here.go()
    assert management(here).read_integration().state == "none"


def test_an_alert_that_stood_there_before_is_no_answer(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SLOW", 0.4)  # seconds in which the banner is all that there is
    here = bench("ma-banner-alert", "ma-slow")
    SignInPage(here.tab, here.replicas.ma_portal_url).open()
    here.go()
    page = management(here)
    page.select_group("Awareness - Pilot", "")
    page.sync_now()
    assert here.tab.get_by_role("alert").is_visible()
    SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive().reset_integration()
    assert dict(here.portal.pressed) == {"reset": 1, "sync": 1, "save_group": 1}


def test_beside_an_alert_that_stood_there_before_a_refusal_is_seen_each_time(bench: Callable[..., Bench]) -> None:
    here = bench("ma-banner-alert", "ma-reset-refused")
    page = SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive()
    for _ in range(2):
        with pytest.raises(PortalRefused) as caught:
            page.reset_integration()
        assert caught.value.seen == "“The integration could not be reset. Please try again later.”"


def test_an_alert_that_stood_there_before_does_not_explain_what_came_after(bench: Callable[..., Bench]) -> None:
    here = bench("ma-banner-alert", "ma-group-not-kept")
    page = without_group(here)
    here.be_patient(2 * IMPATIENCE)
    with pytest.raises(NoEffect) as caught:
        page.select_group(STAFF, "")
    assert caught.value.pressed


def test_the_result_of_the_test_before_is_not_that_of_this_one(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SLOW", 0.4)
    here = bench("ma-result-stays", "ma-slow")
    secret = here.new_secret()
    form = ready_to_test(here, secret.value)
    form.test_connection()
    form.acknowledge()
    form.test_connection()  # It may say the same once more.
    registration = here.replicas.world.registration(here.replicas.world.application_id)
    assert registration
    registration.secrets.remove(secret)
    with pytest.raises(NotYet):
        form.test_connection()
    assert here.portal.pressed["test"] == 3


def test_a_result_that_is_the_same_once_more_is_seen_by_its_coming_anew(bench: Callable[..., Bench]) -> None:
    here = bench("ma-no-dialog")
    form = ready_to_test(here)
    form.test_connection()
    form.test_connection()
    assert here.portal.pressed["test"] == 2


@pytest.mark.parametrize("fault", ["ma-reset-refused", "ma-server-error"])
def test_a_refused_reset_leaves_the_integration(fault: str, bench: Callable[..., Bench]) -> None:
    here = bench(fault)
    with pytest.raises(PortalRefused) as caught:
        SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive().reset_integration()
    assert caught.value.pressed
    assert here.portal.integration is not None
    assert here.portal.pressed["reset"] == 1


def test_a_reset_whose_answer_never_comes_is_found_done_afterwards(bench: Callable[..., Bench]) -> None:
    here = bench("ma-reset-breaks")
    page = SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive()
    here.be_patient(4_000)  # The question is to be answered first, on a busy machine too.
    with pytest.raises(NoEffect) as caught:
        page.reset_integration()
    assert caught.value.pressed
    here.be_patient()
    here.go()
    assert management(here).read_integration().state == "none"
    assert here.portal.pressed["reset"] == 1


def test_a_field_that_takes_no_paste_is_noticed(bench: Callable[..., Bench]) -> None:
    here = bench("ma-paste-blocked")
    with pytest.raises(NoEffect, match="an empty field"):
        here.new_integration("whatever")


def test_a_date_form_that_nobody_knows_is_not_guessed(bench: Callable[..., Bench]) -> None:
    form = bench("ma-odd-date").new_integration()
    with pytest.raises(NoEffect, match="Day of expiry"):
        form.enter_expiration_date("2028-01-08")
    assert form.expiration_date_field.input_value() == ""


@pytest.mark.parametrize("fault", ["ma-first-test-fails", "ma-secret-id-entered", None])
def test_a_secret_not_known_yet_may_be_tested_again(fault: str | None, bench: Callable[..., Bench]) -> None:
    here = bench(*filter(None, [fault]), replication_delay=0.0 if fault else 3600.0)
    secret = here.new_secret()
    form = ready_to_test(here, secret.value)
    with pytest.raises(NotYet) as caught:
        form.test_connection()
    assert caught.value.passing
    assert not form.has_test_passed()
    assert form.save_button.is_disabled()
    secret.usable_from = secret.start
    if fault == "ma-secret-id-entered":  # It is the same text; only the time that passes tells them apart.
        with pytest.raises(NotYet):
            form.test_connection()
        return
    form.test_connection()
    assert form.has_test_passed()


def test_no_error_text_holds_the_value(bench: Callable[..., Bench]) -> None:
    here = bench("ma-first-test-fails")
    secret = here.new_secret()
    form = ready_to_test(here, secret.value)
    with pytest.raises(NotYet) as caught:
        form.test_connection()
    assert secret.value not in str(caught.value)
    assert caught.value.__context__ is None


def entered(form: NewIntegrationPage, what: str) -> None:
    """Spoil one field of a form that is otherwise right."""
    if what == "application":
        form.enter_application_id("not-a-guid")
    elif what == "stranger":
        form.enter_application_id("11111111-1111-4111-8111-111111111111")
    elif what == "directory":
        form.enter_directory_id("11111111-1111-4111-8111-111111111111")
    elif what == "date":
        form.enter_expiration_date("2020-01-08")


@pytest.mark.parametrize(
    ("fault", "what", "words"),
    [
        ("ma-insufficient-privileges", "", "Insufficient Privileges"),
        ("ma-date-passed", "", "must not have already occurred"),
        ("ma-no-guid", "", "not a valid GUID"),
        ("ma-directory-unknown", "", "correct tenant ID"),
        ("ma-server-error", "", "500 error"),
        (None, "application", "not a valid GUID"),
        (None, "stranger", "AADSTS700016"),
        (None, "directory", "correct tenant ID"),
        (None, "date", "must not have already occurred"),
    ],
)
def test_any_other_refusal_of_the_test_is_final(
    fault: str | None, what: str, words: str, bench: Callable[..., Bench]
) -> None:
    here = bench(*filter(None, [fault]))
    form = ready_to_test(here)
    entered(form, what)
    with pytest.raises(PortalRefused, match=words) as caught:
        form.test_connection()
    assert not caught.value.passing
    assert caught.value.advice
    assert not form.has_test_passed()
    assert not here.tab.get_by_role("dialog").is_visible()


def test_a_secret_id_is_not_taken_for_the_value(bench: Callable[..., Bench]) -> None:
    here = bench()
    form = ready_to_test(here, here.new_secret().secret_id)
    with pytest.raises(NotYet, match="Client Secret ID"):
        form.test_connection()
    assert not form.has_test_passed()


@pytest.mark.parametrize("fault", ["ma-no-dialog", "ma-late-dialog"])
def test_a_missing_or_late_dialog_does_not_keep_the_credentials_from_being_saved(
    fault: str, bench: Callable[..., Bench]
) -> None:
    here = bench(fault)
    form = ready_to_test(here)
    form.test_connection()
    form.acknowledge()
    if fault == "ma-late-dialog":
        form.test_passed_dialog.wait_for()
    form.save_credentials()
    assert here.portal.integration is not None


def test_the_test_is_not_acknowledged_before_it_has_passed(bench: Callable[..., Bench]) -> None:
    here = bench()
    form = ready_to_test(here)
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect):
        form.acknowledge()


@pytest.mark.parametrize(
    ("fault", "error", "pressed"),
    [
        ("ma-save-disabled", NoEffect, False),
        ("ma-save-refused", PortalRefused, True),
        ("ma-save-forgotten", NoEffect, True),
    ],
)
def test_credentials_that_are_not_saved_are_not_told_as_saved(
    fault: str, error: type[PageError], pressed: bool, bench: Callable[..., Bench]
) -> None:
    here = bench(fault)
    form = ready_to_test(here)
    form.test_connection()
    form.acknowledge()
    here.be_patient(IMPATIENCE)
    with pytest.raises(error) as caught:
        form.save_credentials()
    assert caught.value.pressed is pressed
    assert here.portal.integration is None
    assert here.portal.pressed["save"] == int(pressed)


@pytest.mark.parametrize(
    ("fault", "group", "otherwise", "seen"),
    [
        (None, "", "", "set ad_group"),
        (None, "No such group", STAFF, "none of that name"),
        ("ma-no-groups", STAFF, "", "without groups"),
        ("ma-twin-groups", STAFF, "", "2 of that name"),
    ],
)
def test_a_group_that_is_not_exactly_one_is_not_chosen(
    fault: str | None, group: str, otherwise: str, seen: str, bench: Callable[..., Bench]
) -> None:
    here = bench(*filter(None, [fault]))
    page = without_group(here)
    with pytest.raises(NotOne, match=seen):
        page.select_group(group, otherwise)
    assert here.portal.pressed["save_group"] == 0


def test_a_group_without_users_is_not_saved(bench: Callable[..., Bench]) -> None:
    here = bench("ma-empty-group")
    page = without_group(here)
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect, match="at least one user"):
        page.select_group(STAFF, "")
    assert here.portal.pressed["save_group"] == 0
    editor: Any = here.page("group-editor")  # It stays open, the group selected that was asked for.
    assert [editor.has_selected_group(group) for group in (STAFF, "Awareness - Pilot")] == [True, False]


@pytest.mark.parametrize(("fault", "error"), [("ma-group-not-kept", NoEffect), ("ma-server-error", PortalRefused)])
def test_a_group_that_is_not_kept_is_not_told_as_selected(
    fault: str, error: type[PageError], bench: Callable[..., Bench]
) -> None:
    here = bench(fault)
    page = without_group(here)
    here.be_patient(2 * IMPATIENCE)
    with pytest.raises(error) as caught:
        page.select_group(STAFF, "")
    assert caught.value.pressed
    assert here.portal.pressed["save_group"] == 1


@pytest.mark.parametrize(("fault", "error"), [("ma-sync-unchanged", NoEffect), ("ma-sync-refused", PortalRefused)])
def test_a_synchronisation_that_did_not_happen_is_not_told_as_done(
    fault: str, error: type[PageError], bench: Callable[..., Bench]
) -> None:
    here = bench(fault)
    page = management(here)
    here.be_patient(2 * IMPATIENCE)
    with pytest.raises(error) as caught:
        page.sync_now()
    assert caught.value.pressed
    assert here.portal.pressed["sync"] == 1


def test_a_group_that_is_blank_from_the_beginning_is_asked_for(bench: Callable[..., Bench]) -> None:
    here = bench("ma-group-blank")
    page = management(here)
    assert page.read_integration().group == ""
    with pytest.raises(NotOne, match="set ad_group"):
        page.select_group("", "")


def test_a_group_that_is_lost_before_the_synchronisation_is_told_in_the_portals_words(
    bench: Callable[..., Bench],
) -> None:
    page = management(bench("ma-group-lost"))
    with pytest.raises(PortalRefused, match="No group is selected") as caught:
        page.sync_now()
    assert caught.value.pressed


def test_nothing_is_synchronised_without_a_group(bench: Callable[..., Bench]) -> None:
    here = bench()
    page = without_group(here)
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect, match="a group to be selected"):
        page.sync_now()
    assert here.portal.pressed["sync"] == 0


def test_a_change_whose_answer_is_cut_is_told_as_pressed(bench: Callable[..., Bench]) -> None:
    here = bench("ma-net-cut@reset")
    page = SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive()
    here.replicas.at_step("reset")
    with pytest.raises(PortalRefused, match="could not be reached") as caught:
        page.reset_integration()
    assert caught.value.pressed
    assert here.portal.integration is None
    assert here.portal.pressed["reset"] == 1


def test_a_link_to_a_server_that_is_gone_is_told(bench: Callable[..., Bench]) -> None:
    here = bench("ma-net-dns@later")
    here.replicas.at_step("later")
    with pytest.raises(Unreachable, match="the name of the server is not known") as caught:
        MenuPage(here.tab, here.replicas.ma_portal_url).open_user_management()
    assert caught.value.__context__ is None
