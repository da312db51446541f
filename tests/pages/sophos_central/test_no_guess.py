"""Sophos Central as no replica shows it: what is not certain there is not told, and nothing is waited for in vain."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pages.errors import NoEffect, NotYet, PortalRefused
from pages.sophos_central.menu import MenuPage
from pages.sophos_central.portal import SophosCentral
from pages.sophos_central.sign_in import SignInPage
from pages.sophos_central.sync_status import SyncStatusPage

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

URL = "https://central.invalid"  # never resolves (RFC 2606)
STATUS = """<section aria-label="Azure AD Sync Status"><span role="group" aria-label="Last Sync" id="last">Never</span>
  <button onclick="last.textContent = '24.11.26'">Sync</button></section>"""


def test_a_synchronisation_whose_moment_cannot_be_read_is_not_told_as_done(page: Tab) -> None:
    page.set_content(STATUS)
    with pytest.raises(NoEffect, match="Last Sync to change") as caught:
        SyncStatusPage(page, URL).sync()
    assert caught.value.pressed
    assert SyncStatusPage(page, URL).last_sync() is None


def test_what_stands_there_while_it_synchronises_is_waited_out(page: Tab) -> None:
    done = "last.textContent = '11/25/2026, 07:05:00 AM UTC'"
    under_way = f"last.textContent = 'Synchronizing…'; setTimeout(() => {{ {done} }}, 400)"
    page.set_content(STATUS.replace("last.textContent = '24.11.26'", under_way))
    assert SyncStatusPage(page, URL).sync().last_sync == "2026-11-25T07:05:00+00:00"


def test_where_no_synchronisation_is_shown_none_is_waited_for(page: Tab) -> None:
    page.set_default_timeout(500)
    assert SyncStatusPage(page, URL).last_sync() is None


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("Connection failed. AADSTS7000215: Invalid client secret provided.", NotYet),
        ("Connection failed. AADSTS7000222: The provided client secret keys are expired.", NotYet),
        ("Connection failed. AADSTS700016: Application was not found.", PortalRefused),
    ],
)
def test_only_what_settles_by_itself_is_worth_asking_again(
    page: Tab, words: str, error: type[PortalRefused | NotYet]
) -> None:
    page.set_content(f"<div role=alert>{words}</div>")
    trouble = SophosCentral(page).trouble()
    assert trouble is not None
    assert trouble.error is error


def test_an_account_and_a_client_are_the_same_in_capitals_and_others_are_not() -> None:
    menu: Any = object.__new__(MenuPage)
    menu.around = SimpleNamespace(account_notice=SimpleNamespace(inner_text=lambda: " Ada@Example.com "))
    assert [menu.has_account(name) for name in ("ada@EXAMPLE.com", "da@example.com")] == [True, False]
    status: Any = object.__new__(SyncStatusPage)
    status.client_id_notice = SimpleNamespace(inner_text=lambda: " AbC ")
    assert [status.has_client_id(one) for one in ("aBc", "bc")] == [True, False]


def test_a_header_that_does_not_name_the_account_yet_is_waited_for(page: Tab) -> None:
    page.set_content('<div role="group" aria-label="Signed-in account"></div>')
    page.evaluate("setTimeout(() => { document.querySelector('div').textContent = ' ada@example.com '; }, 400)")
    assert SignInPage(page, URL).wait_until_signed_in() == ("ada@example.com",)
