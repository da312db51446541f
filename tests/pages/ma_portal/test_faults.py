"""Faults of the MA Portal that may strike anywhere, and the error by which the page tells of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pages.errors import NoEffect, PortalRefused, SessionEnded, Unreachable
from pages.ma_portal.menu import MenuPage
from pages.ma_portal.saved_credentials import SavedCredentialsPage
from pages.ma_portal.sign_in import SignInPage
from rehearsal.ma_portal import MA_FAULTS, app
from tests.pages.ma_portal.conftest import IMPATIENCE, STAFF

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.pages.ma_portal.conftest import Bench


def test_every_fault_has_a_test() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert [name for name in MA_FAULTS if f'"{name}"' not in text] == []


def test_an_ended_session_is_told_before_anything_is_pressed(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.management()
    here.portal.sessions.clear()
    with pytest.raises(SessionEnded):
        here.management().sync_now()
    assert here.portal.pressed["sync"] == 0


def test_a_session_that_ends_by_fault_takes_the_page_away(bench: Callable[..., Bench]) -> None:
    here = bench("ma-session-ended")
    here.be_patient(IMPATIENCE)
    with pytest.raises(SessionEnded):
        here.management()


@pytest.mark.parametrize("beside", ["ma-banner-alert", ""])
def test_lost_access_is_told_in_the_portals_words(beside: str, bench: Callable[..., Bench]) -> None:
    here = bench(*filter(None, ["ma-access-lost", beside]))
    with pytest.raises(PortalRefused, match="no longer an active user") as caught:
        SavedCredentialsPage(here.tab, here.replicas.ma_portal_url).arrive().reset_integration()
    assert caught.value.pressed
    with pytest.raises(PortalRefused, match="no longer an active user"):
        SignInPage(here.tab, here.replicas.ma_portal_url).open()


def test_a_slow_portal_is_waited_for(bench: Callable[..., Bench]) -> None:
    assert bench("ma-slow").management().read_integration().group == STAFF


def test_another_customers_portal_is_told_by_its_header_and_its_application(bench: Callable[..., Bench]) -> None:
    here = bench("ma-wrong-customer")
    found = SignInPage(here.tab, here.replicas.ma_portal_url).wait_until_signed_in()
    assert found.organisation == "Harbor Point Dental Partners"
    assert here.management().read_integration().application_id != here.replicas.world.application_id


def test_an_alert_that_stood_there_before_is_no_answer(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SLOW", 0.4)  # seconds in which the banner is all that there is
    here = bench("ma-banner-alert", "ma-slow")
    SignInPage(here.tab, here.replicas.ma_portal_url).open()
    here.go()
    page = here.management()
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


@pytest.mark.soak
def test_an_alert_that_stood_there_before_does_not_explain_what_came_after(bench: Callable[..., Bench]) -> None:
    here = bench("ma-banner-alert", "ma-group-not-kept")
    page = here.without_group()
    here.be_patient(2 * IMPATIENCE)
    with pytest.raises(NoEffect) as caught:
        page.select_group(STAFF, "")
    assert caught.value.pressed


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
