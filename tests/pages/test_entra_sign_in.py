"""The sign-in pages: told apart, waited for, never typed into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.components.advice import SIGN_IN_SERVICE, advised
from pages.entra import SignInPage
from pages.entra import shell as shell_module
from pages.errors import NoEffect, PortalRefused
from rehearsal import Operator
from rehearsal.sign_in import REFUSALS

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab
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


def told(page: SignInPage, portal: Portal) -> list[str]:
    """Return what a person is told of every screen that is passed, up to the end or to one that leads nowhere."""
    desk = portal.replicas.world.desk
    seen = []
    ((key, sign_in),) = desk.sign_ins.items()
    while sign_in.screen:
        shown = portal.tab.locator(f"[data-screen={sign_in.screen.removesuffix('-again')}]")
        expect(shown).not_to_have_class(re.compile("moveOffScreen"))
        if sign_in.screen.endswith("-again"):
            expect(shown.locator(".again")).to_be_visible()
        assert not page.is_signed_in()
        seen.append(page.screen().removeprefix("the sign-in page: "))
        if not desk.pass_screen(key, sign_in.screen):
            break
    return seen


NUMBER = r"approve the request; the number to match is \d\d"
PICK, EMAIL, PASSWORD = "choose an account", "enter the e-mail address", "enter the password"
STAY = r"stay signed in\?"
OTHER = "a screen that is not known here; do what it says"
MORE = "more information required; set it up, or put it off where you may"


@pytest.mark.parametrize(
    ("faults", "screens"),
    [
        (["two-accounts", "kmsi-before-mfa"], [PICK, PASSWORD, STAY, NUMBER]),
        (["email-asked", "federated-password", "phone-check"],
         [EMAIL, PASSWORD, "verify the telephone number", "enter the code", STAY]),
        (["code-refused"], [PICK, PASSWORD, "enter the code", "enter the code; it says “You didn’t enter .*”", STAY]),
        (["code-asked", "approval-required"],
         [PICK, PASSWORD, "enter the code", "an administrator has to approve this application; ask for it there"]),
        (["certificate-failed"], [PICK, "it cannot check your certificate; its More details say why"]),
        (["email-refused", "work-or-personal", "password-refused", "more-information-required", "method-asked",
          "number-match-timeout", "number-match-denied"],
         [EMAIL, f"{EMAIL}; it says “We couldn’t find .*”", "work or personal account", PASSWORD,
          f"{PASSWORD}; it says “Your account or password is incorrect.*”", MORE,
          "choose how to confirm that it is you", "nobody answered the request in time; send another one",
          "the request was denied; send another one and approve that", NUMBER, STAY]),
    ],
    ids=lambda one: "+".join(one) if "-" in one[0] else "",
)  # fmt: skip
def test_each_screen_is_named_to_the_person(sign_in_waits: Opening, faults: list[str], screens: list[str]) -> None:
    portal = sign_in_waits(*faults)
    page = opened(portal)
    found = told(page, portal)
    assert len(found) == len(screens)
    assert [one for one, wanted in zip(found, screens, strict=True) if not re.fullmatch(wanted, one)] == []
    if screens[-1] in {NUMBER, STAY}:
        expect(page.around.account_notice).to_have_text(re.compile("@"))
        assert page.is_signed_in()
        assert page.screen() == ""


def test_a_refusal_is_named_by_its_number_with_what_to_do(sign_in_waits: Opening) -> None:
    portal = sign_in_waits()
    page = opened(portal)
    ((_, sign_in),) = portal.replicas.world.desk.sign_ins.items()
    for text in REFUSALS.values():
        sign_in.error = text
        number = text.partition(":")[0]
        expect(page.around.sign_in.refusal_notice).to_contain_text(f"{number}:")
        advice = advised(text, SIGN_IN_SERVICE)
        assert page.screen() == f"the sign-in page: it refuses, {number}: {advice}"
        with pytest.raises(PortalRefused) as caught:
            page.wait_until_signed_in()
        assert caught.value.advice == advice
    sign_in.error = "The service is not available."  # without a number
    expect(portal.tab.locator("#service_exception_message")).to_have_text(sign_in.error)
    assert page.screen() == "the sign-in page: it refuses"


def test_a_screen_that_only_prompts_is_not_told_as_an_error(sign_in_waits: Opening) -> None:
    portal = sign_in_waits("email-refused")
    page = opened(portal)
    ((key, _),) = portal.replicas.world.desk.waiting()
    portal.replicas.world.desk.pass_screen(key, "email")
    portal.tab.locator("#usernameError").wait_for()
    portal.tab.locator("#usernameError").evaluate("element => { element.textContent = 'Please enter your address.' }")
    assert page.screen() == "the sign-in page: enter the e-mail address"


def test_more_information_that_cannot_be_put_off_is_named_too(sign_in_waits: Opening) -> None:
    portal = sign_in_waits("more-information-required")
    page = opened(portal)
    portal.tab.locator("#skipMfaRegistrationLink").evaluate("element => element.remove()")
    desk = portal.replicas.world.desk
    while (waiting := desk.waiting()) and waiting[0][1] != "proofup":
        desk.pass_screen(*waiting[0])
    expect(portal.tab.get_by_role("heading", name="More information required")).to_be_in_viewport()
    assert page.screen() == f"the sign-in page: {MORE}"
    assert page.is_on_screen()


@pytest.mark.parametrize(
    ("fault", "screen", "named"),
    [
        ("more-information-required", "proofup", MORE),
        ("approval-required", "approval", OTHER),
        ("certificate-failed", "certificate", OTHER),
        ("kmsi-before-mfa", "kmsi", "stay signed in?"),
    ],
)
def test_a_screen_in_another_language_is_one_of_these_all_the_same(
    sign_in_waits: Opening, fault: str, screen: str, named: str
) -> None:
    portal = sign_in_waits(fault)
    page = opened(portal)
    words = "element => { element.textContent = 'Etwas anderes'; element.removeAttribute('id') }"
    portal.tab.locator(f"[data-screen={screen}]").locator("h1, p, a").evaluate_all(f"all => all.forEach({words})")
    ((key, sign_in),) = portal.replicas.world.desk.sign_ins.items()
    while sign_in.screen != screen:
        portal.replicas.world.desk.pass_screen(key, sign_in.screen)
    expect(portal.tab.locator(f"[data-screen={screen}]")).not_to_have_class(re.compile("moveOffScreen"))
    assert page.screen() == f"the sign-in page: {named}"
    assert page.is_on_screen()


@pytest.mark.parametrize("fault", ["two-accounts", "kmsi-before-mfa", "email-asked", "number-match-timeout"])
def test_the_wait_lasts_through_the_screens_in_any_order(sign_in_waits: Opening, fault: str) -> None:
    portal = sign_in_waits(fault)
    page = opened(portal)
    with Operator(portal.replicas):
        account = page.wait_until_signed_in()
    who = portal.replicas.world.directory
    assert account.account == who.account
    assert who.name.upper() in account.directory
    assert account.domain == who.domain


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


@pytest.mark.parametrize("late", ["username", "tenant"])
def test_whoever_is_not_named_yet_is_not_signed_in_and_is_waited_for(page: Tab, late: str) -> None:
    names = {"username": "ada@cedarridge.example", "tenant": "CEDAR RIDGE (CEDARRIDGE.EXAMPLE)"}
    shown = (
        f'<p style="height: 1em" class="fxs-avatarmenu-{which}">{"" if which == late else name}</p>'
        for which, name in names.items()
    )
    page.set_content("".join(shown))
    sign_in = SignInPage(page, "https://entra.invalid")
    assert not sign_in.is_signed_in()
    fill = "([at, name]) => setTimeout(() => { document.querySelector(at).textContent = ` ${name} `; }, 400)"
    page.evaluate(fill, [f".fxs-avatarmenu-{late}", names[late]])
    assert sign_in.wait_until_signed_in() == (names["username"], names["tenant"], "cedarridge.example")


def test_only_digits_are_told_as_the_number_to_match_and_only_a_mark_in_sight_counts(page: Tab) -> None:
    page.set_content(
        '<p class="moveOffScreen"><input id="i0118"></p><p id="usernameError" class="moveOffScreen">Wrong</p>'
        '<p id="idRichContext_DisplaySign">abc8Q~made.up</p>'
    )
    screen = SignInPage(page, "https://entra.invalid").screen()
    assert screen.startswith("the sign-in page: approve the request")
    assert "number to match" not in screen
    assert "it says" not in screen
