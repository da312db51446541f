"""The form of a new integration, its test and its saving, where they do not go as they should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pages.errors import NoEffect, NotYet, PortalRefused
from rehearsal.ma_portal import app
from tests.pages.ma_portal.conftest import IMPATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pages.errors import PageError
    from pages.ma_portal.new_integration import NewIntegrationPage
    from tests.pages.ma_portal.conftest import Bench


def test_the_result_of_the_test_before_is_not_that_of_this_one(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SLOW", 0.4)
    here = bench("ma-result-stays", "ma-slow")
    secret = here.new_secret()
    form = here.ready_to_test(secret.value)
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
    form = here.ready_to_test()
    form.test_connection()
    form.test_connection()
    assert here.portal.pressed["test"] == 2


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
    form = here.ready_to_test(secret.value)
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
    form = here.ready_to_test(secret.value)
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
    form = here.ready_to_test()
    entered(form, what)
    with pytest.raises(PortalRefused, match=words) as caught:
        form.test_connection()
    assert not caught.value.passing
    assert caught.value.advice
    assert not form.has_test_passed()
    assert not here.tab.get_by_role("dialog").is_visible()


def test_a_secret_id_is_not_taken_for_the_value(bench: Callable[..., Bench]) -> None:
    here = bench()
    form = here.ready_to_test(here.new_secret().secret_id)
    with pytest.raises(NotYet, match="Client Secret ID"):
        form.test_connection()
    assert not form.has_test_passed()


@pytest.mark.parametrize("fault", ["ma-no-dialog", "ma-late-dialog"])
def test_a_missing_or_late_dialog_does_not_keep_the_credentials_from_being_saved(
    fault: str, bench: Callable[..., Bench]
) -> None:
    here = bench(fault)
    form = here.ready_to_test()
    form.test_connection()
    form.acknowledge()
    if fault == "ma-late-dialog":
        form.test_passed_dialog.wait_for()
    form.save_credentials()
    assert here.portal.integration is not None


def test_the_test_is_not_acknowledged_before_it_has_passed(bench: Callable[..., Bench]) -> None:
    here = bench()
    form = here.ready_to_test()
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
    form = here.ready_to_test()
    form.test_connection()
    form.acknowledge()
    here.be_patient(IMPATIENCE)
    with pytest.raises(error) as caught:
        form.save_credentials()
    assert caught.value.pressed is pressed
    assert here.portal.integration is None
    assert here.portal.pressed["save"] == int(pressed)
