"""Signing in to the MA Portal, where it does not go as it should."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pages.errors import SessionEnded
from pages.ma_portal import sign_in
from pages.ma_portal.sign_in import SignInPage
from pages.waiting import wait_for_any
from rehearsal import Operator
from tests.pages.ma_portal.conftest import IMPATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.pages.ma_portal.conftest import Bench


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
