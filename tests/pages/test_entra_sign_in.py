"""The sign-in pages: told apart, waited for, never typed into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.base import NoEffect, PortalRefused
from pages.entra import SignInPage
from pages.entra import shell as shell_module
from rehearsal import Operator

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.pages.conftest import Opening, Portal


def opened(portal: Portal) -> SignInPage:
    page = SignInPage(portal.tab, portal.url)
    page.open()
    return page


def test_opening_the_portal_signed_out_shows_the_account_picker(sign_in_waits: Opening) -> None:
    page = opened(sign_in_waits())
    assert page.is_on_screen()
    assert page.screen() == "the sign-in page: choose an account"


def test_each_screen_is_told_apart_and_the_number_to_match_is_told(sign_in_waits: Opening) -> None:
    portal = sign_in_waits("email-asked", "number-match-timeout", "more-information-required")
    page = opened(portal)
    desk = portal.replicas.world.desk
    seen = []
    while waiting := desk.waiting():
        ((key, screen),) = waiting
        expect(portal.tab.locator(f"[data-screen={screen}]")).not_to_have_class(re.compile("moveOffScreen"))
        seen.append(page.screen())
        assert not page.is_signed_in()
        number = desk.sign_ins[key].number
        desk.pass_screen(key, screen)
    expect(page.around.account_notice).to_be_visible()
    told = [one.removeprefix("the sign-in page: ") for one in seen]
    assert told[:2] == ["enter the e-mail address", "enter the password"]
    assert f"approve the request; the number to match is {number}" in told
    assert {"nobody answered the request in time", "more information required", "stay signed in?"} <= set(told)
    assert page.screen() == ""
    expect(page.around.account_notice).to_have_text(re.compile("@"))
    assert page.is_signed_in()


@pytest.mark.parametrize("fault", ["two-accounts", "kmsi-before-mfa", "email-asked", "number-match-timeout"])
def test_the_wait_lasts_through_the_screens_in_any_order(sign_in_waits: Opening, fault: str) -> None:
    portal = sign_in_waits(fault)
    page = opened(portal)
    with Operator(portal.replicas):
        account = page.wait_until_signed_in()
    who = portal.replicas.world.directory
    assert account.account == who.account
    assert who.name.upper() in account.directory


def test_the_wait_ends_at_once_with_the_services_own_words_when_it_refuses(sign_in_waits: Opening) -> None:
    portal = sign_in_waits("conditional-access-block")
    page = opened(portal)
    with Operator(portal.replicas), pytest.raises(PortalRefused) as caught:
        page.wait_until_signed_in()
    assert "AADSTS53003" in caught.value.seen


def test_a_person_who_never_comes_is_no_effect_and_no_ended_session(sign_in_waits: Opening) -> None:
    page = opened(sign_in_waits())
    expect.set_options(timeout=300)
    with pytest.raises(NoEffect) as caught:
        page.wait_until_signed_in()
    assert caught.value.expected == "a person to sign in"
    assert caught.value.seen == "the sign-in page: choose an account"


def test_a_shell_that_stays_blank_is_loaded_once_more(sign_in_waits: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell_module, "BLANK", 700)
    portal = sign_in_waits()
    left = [2]  # the first load and the one that changes the fragment alone

    def blank(route: Route) -> None:
        left[0] -= 1
        if left[0] >= 0:
            route.fulfill(body="<title>…</title>", content_type="text/html")
        else:
            route.fallback()

    portal.tab.route(f"{portal.url}/", blank)
    assert opened(portal).is_on_screen()
    assert left[0] < 0


def test_what_is_asked_over_and_over_answers_even_where_the_tab_is_gone(sign_in_waits: Opening) -> None:
    page = opened(sign_in_waits())
    page.tab.close()
    assert page.screen() == ""
    assert not page.is_signed_in()
