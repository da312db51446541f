"""The sign-in pages, dealt with by the operator and by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from rehearsal import Operator

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page as Tab

    from rehearsal import Replicas


def up(page: Tab, css: str) -> None:
    expect(page.locator(f".screen:not(.moveOffScreen) {css}")).to_be_visible()


def test_the_operator_signs_in_and_the_address_is_kept(page: Tab, serve: Callable[..., Replicas]) -> None:
    replicas = serve()
    with Operator(replicas, pace=0.01):
        view = "#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview"
        page.goto(f"{replicas.entra_url}/{view}/appId/{replicas.inputs['application_id']}")
        expect(page.locator(".fxs-avatarmenu-username")).to_have_text("nora.lindqvist@cedarridge.example")
        expect(page.get_by_text("Directory (tenant) ID")).to_be_visible()


def test_a_person_can_sign_in_by_hand_and_nothing_typed_is_sent(page: Tab, serve: Callable[..., Replicas]) -> None:
    replicas = serve()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    page.goto(replicas.entra_url)
    page.locator('[data-test-id="nora.lindqvist@cedarridge.example"]').click()
    up(page, "#i0118")
    page.locator("#i0118").fill("a password")
    page.locator("#idSIButton9").click()
    up(page, "#idRichContext_DisplaySign")
    page.get_by_role("button", name="Entered in the app").click()
    up(page, "#KmsiDescription")
    page.locator("#idSIButton9").click()
    expect(page.locator(".fxs-avatarmenu-tenant")).to_have_text("CEDAR RIDGE MEDICAL GROUP (CEDARRIDGE.EXAMPLE)")
    assert "a password" not in str(sent)


def test_all_screens_live_in_one_document_and_the_number_has_two_digits(
    page: Tab, serve: Callable[..., Replicas]
) -> None:
    replicas = serve()
    page.goto(replicas.entra_url)
    up(page, "#tilesHolder")
    expect(page.locator("#i0118")).to_have_count(1)
    (key,) = replicas.world.desk.sign_ins
    for screen in ("picker", "password"):
        assert replicas.world.desk.pass_screen(key, screen)
    number = page.locator("#idRichContext_DisplaySign")
    expect(number).to_be_visible()
    assert number.inner_text().isdecimal()
    assert len(number.inner_text()) == 2


@pytest.mark.parametrize(
    ("fault", "marks"),
    [
        ("email-asked", ["#i0116", "#i0118"]),
        ("kmsi-before-mfa", ["#tilesHolder", "#i0118", "#KmsiDescription", "#idDiv_SAOTCAS_Description"]),
        ("number-match-timeout", ["#tilesHolder", "#i0118", "#idDiv_SAASTO_Description", "#idDiv_SAOTCAS_Description"]),
        ("more-information-required", ["#tilesHolder", "#i0118", "#skipMfaRegistrationLink"]),
        ("two-accounts", ['[data-test-id="n.lindqvist@personal.example"]', "#i0118"]),
    ],
)
def test_screens_come_in_the_order_of_the_fault(
    page: Tab, serve: Callable[..., Replicas], fault: str, marks: list[str]
) -> None:
    replicas = serve(fault)
    page.goto(replicas.entra_url)
    for mark in marks:
        up(page, mark)
        ((key, screen),) = replicas.world.desk.waiting()
        assert replicas.world.desk.pass_screen(key, screen)


@pytest.mark.parametrize(
    ("fault", "code"), [("conditional-access-block", "AADSTS53003"), ("app-not-in-directory", "AADSTS700016")]
)
def test_a_sign_in_can_be_refused_for_good(page: Tab, serve: Callable[..., Replicas], fault: str, code: str) -> None:
    replicas = serve(fault)
    with Operator(replicas, pace=0.01):
        page.goto(replicas.entra_url)
        expect(page.locator("#service_exception_message")).to_contain_text(code)
        expect(page.locator("#tilesHolder")).not_to_be_in_viewport()
