"""Sophos Central's pages against their replica: a rotation, its faults, and the proofs."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from playwright.sync_api import Locator, expect

from keyturn import secret_format
from pages.errors import NoEffect, NotYet, PageError, PortalRefused, SessionEnded
from pages.sophos_central import PAGES
from pages.sophos_central.menu import MenuPage
from pages.sophos_central.sign_in import SignInPage
from pages.sophos_central.sync_status import SyncStatusPage
from rehearsal import Operator, Replicas
from rehearsal.sophos.app import COOKIE
from rehearsal.vendor_sign_in import Stage
from tests.pages.gesture import actions, shown_right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext
    from playwright.sync_api import Page as Tab

    from pages.sophos_central.edit_sync import EditSyncPage
    from rehearsal.sophos import SophosCentral
    from rehearsal.state import Secret

PATIENCE = 8_000  # ms for what is to happen
IMPATIENCE = 800  # ms for what is not to happen


class Bench:
    """One replica and one tab in front of it, signed in."""

    def __init__(self, replicas: Replicas, tab: Tab) -> None:
        self.replicas, self.tab = replicas, tab
        self.central = cast("SophosCentral", replicas.world.portals["sophos"])
        self.url = replicas.sophos_url
        self.central.sessions["test"] = Stage.IN
        tab.context.add_cookies([{"name": COOKIE, "value": "test", "url": self.url}])

    def be_patient(self, milliseconds: float = PATIENCE) -> None:
        expect.set_options(timeout=milliseconds)
        self.tab.context.set_default_timeout(milliseconds)

    def status(self) -> SyncStatusPage:
        self.tab.goto(f"{self.url}/settings/azure-ad-sync")
        return SyncStatusPage(self.tab, self.url).arrive()

    def new_secret(self) -> Secret:
        world = self.replicas.world
        registration = world.registration(self.central.settings.client_id)
        assert registration is not None
        return world.new_secret(registration, "Sophos", world.clock(), world.clock() + timedelta(days=365))

    def filled_in(self, value: str) -> EditSyncPage:
        page = self.status().edit()
        self.tab.evaluate("text => navigator.clipboard.writeText(text)", value)
        page.paste_application_key()
        page.enter_expiration("2028-01-08")
        return page


@pytest.fixture
def bench(context: BrowserContext) -> Iterator[Callable[..., Bench]]:
    with ExitStack() as stack:

        def make(*faults: str) -> Bench:
            replicas = stack.enter_context(Replicas(make_secret=secret_format.make, faults=faults))
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=replicas.sophos_url)
            here = Bench(replicas, context.new_page())
            here.be_patient()
            return here

        yield make
    expect.set_options(timeout=5_000)


def test_a_rotation_ends_with_the_new_key_saved_and_synchronised(bench: Callable[..., Bench]) -> None:
    here = bench()
    secret = here.new_secret()
    here.tab.goto(here.url)
    before = MenuPage(here.tab, here.url).arrive().open_sync_settings().read_settings()
    assert before.client_id == here.central.settings.client_id
    form = here.filled_in(secret.value)
    form.enter_client_id(before.client_id)
    form.enter_tenant_domain(before.tenant_domain)
    assert (form.has_client_id(before.client_id), form.has_client_id("another")) == (True, False)
    assert (form.has_tenant_domain(before.tenant_domain), form.has_tenant_domain("another.example")) == (True, False)
    assert form.has_application_key()
    assert form.has_expiration("2028-01-08")
    form.test_connection()
    assert form.has_test_passed()
    form.save()
    page = SyncStatusPage(here.tab, here.url).arrive()
    assert page.has_expiration("2028-01-08")
    assert page.has_client_id(before.client_id)
    assert here.central.settings.key == secret.value
    made = page.sync()
    assert page.has_synchronised_since(made.last_sync)
    assert not page.has_synchronised_since("2999-01-01T00:00:00+00:00")
    assert dict(here.central.pressed) == {"test": 1, "save": 1, "sync": 1}


def test_sign_in_waits_for_the_person(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.central.sessions.clear()
    page = SignInPage(here.tab, here.url)
    page.open()
    assert page.screen() == "Sophos Central's sign-in page: enter e-mail address and password"
    assert not page.is_signed_in()
    with Operator(here.replicas):
        assert page.wait_until_signed_in().account == here.central.account
    assert page.is_signed_in()
    assert page.screen() == ""


@pytest.mark.parametrize(
    ("fault", "asked", "said"),
    [
        ("sophos-password-wrong", "e-mail address and password", "The email or password is incorrect."),
        ("sophos-code-expired", "the security code", "The security code has expired."),
        ("sophos-code-wrong", "the security code", "The security code is incorrect."),
    ],
)
def test_what_was_wrong_at_the_sign_in_is_named_and_asked_for_again(
    bench: Callable[..., Bench], fault: str, asked: str, said: str
) -> None:
    here = bench(fault)
    here.central.sessions.clear()
    page = SignInPage(here.tab, here.url)
    page.open()
    if "code" in fault:
        here.central.move_on()
    here.tab.get_by_role("alert").wait_for()
    assert page.screen().startswith(f"Sophos Central's sign-in page: enter {asked}; it says “{said}”: ")
    with Operator(here.replicas):
        assert page.wait_until_signed_in().account == here.central.account
    assert page.screen() == ""


def test_every_locator_finds_exactly_one_element(bench: Callable[..., Bench]) -> None:
    here = bench()
    elsewhere = {"tested_notice", "saved_heading", "sync_settings_link"}  # there only in another state
    for name in sorted(set(PAGES) - {"sign-in"}):
        page = here.status()
        found = (page.edit() if name == "edit-sync" else PAGES[name](here.tab, here.url)).arrive()
        counts = {what: one.count() for what, one in vars(found).items() if isinstance(one, Locator)}
        assert {what for what, count in counts.items() if count != 1} <= elsewhere


def test_a_key_not_known_yet_may_be_tested_again(bench: Callable[..., Bench]) -> None:
    form = (here := bench("sophos-first-test-fails")).filled_in(here.new_secret().value)
    with pytest.raises(NotYet):
        form.test_connection()
    assert not form.has_test_passed()
    form.test_connection()
    assert form.has_test_passed()


def test_a_wrong_directory_is_refused_for_good(bench: Callable[..., Bench]) -> None:
    form = (here := bench()).filled_in(here.new_secret().value)
    form.enter_tenant_domain("elsewhere.example")
    with pytest.raises(PortalRefused, match="AADSTS900023") as caught:
        form.test_connection()
    assert caught.value.advice.startswith("this is no identifier of a directory")


def test_a_mask_for_the_key_that_is_saved_is_not_taken_for_the_new_one(bench: Callable[..., Bench]) -> None:
    here = bench("sophos-key-masked")
    form = here.status().edit()
    field = form.application_key_field
    assert not form.has_application_key()
    field.press("Delete")  # As somebody begins who wants to empty it.
    assert form.put_in() is None
    form = here.filled_in(here.new_secret().value)
    assert form.has_application_key()
    first = form.put_in()
    field.press("ControlOrMeta+A")
    field.press("ControlOrMeta+V")
    second = form.put_in()
    assert None not in {first, second}
    assert first != second
    form.test_connection()
    here.tab.reload()
    assert field.input_value()
    assert not form.has_application_key()
    for act in (form.test_connection, form.save):  # With the former key, and the date of the new one.
        with pytest.raises(NoEffect, match="nothing was put since"):
            act()
    assert dict(here.central.pressed) == {"test": 1}


def test_an_empty_clipboard_is_noticed(bench: Callable[..., Bench]) -> None:
    here = bench()
    with pytest.raises(NoEffect, match="an empty field"):
        here.filled_in("")


def test_what_was_not_tested_cannot_be_saved(bench: Callable[..., Bench]) -> None:
    form = (here := bench()).filled_in(here.new_secret().value)
    here.be_patient(IMPATIENCE)
    with pytest.raises(NoEffect, match="Save to be enabled"):
        form.save()
    assert here.central.pressed["save"] == 0


@pytest.mark.parametrize(("fault", "error"), [("sophos-save-refused", PortalRefused), ("", SessionEnded)])
def test_a_save_that_fails_leaves_the_former_settings(
    fault: str, error: type[PageError], bench: Callable[..., Bench]
) -> None:
    here = bench(*filter(None, [fault]))
    former = here.central.settings
    form = here.filled_in(here.new_secret().value)
    form.test_connection()
    if not fault:
        here.central.sessions.clear()
    with pytest.raises(error) as caught:
        form.save()
    assert caught.value.pressed
    assert here.central.settings == former


def test_an_ended_session_is_told_as_such(bench: Callable[..., Bench]) -> None:
    here = bench("sophos-session-ended")
    here.be_patient(IMPATIENCE)
    with pytest.raises(SessionEnded):
        here.status()


def test_a_forgotten_save_does_not_show_the_new_date(bench: Callable[..., Bench]) -> None:
    form = (here := bench("sophos-save-forgotten")).filled_in(here.new_secret().value)
    form.test_connection()
    form.save()
    assert not SyncStatusPage(here.tab, here.url).arrive().has_expiration("2028-01-08")


@pytest.mark.parametrize(
    ("fault", "error"), [("sophos-sync-unchanged", NoEffect), ("sophos-sync-refused", PortalRefused)]
)
def test_a_synchronisation_that_did_not_happen_is_not_told_as_done(
    fault: str, error: type[PageError], bench: Callable[..., Bench]
) -> None:
    here = bench(fault)
    page = here.status()
    here.be_patient(2 * IMPATIENCE)
    with pytest.raises(error) as caught:
        page.sync()
    assert caught.value.pressed
    assert here.central.pressed["sync"] == 1


def test_no_screen_holds_the_key(bench: Callable[..., Bench]) -> None:
    here = bench()
    for path in ("/", "/settings", "/settings/azure-ad-sync", "/settings/azure-ad-sync/edit"):
        here.tab.goto(here.url + path)
        assert here.central.settings.key not in here.tab.content()


def test_a_person_is_shown_where_each_action_begins(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.tab.goto(here.url)
    menu = MenuPage(here.tab, here.url).arrive()
    proven = {("menu", "open_sync_settings"): shown_right(menu, "open_sync_settings", {})}
    status = here.status()
    proven |= {("sync-status", verb): shown_right(status, verb, {}) for verb in ("read_settings", "edit", "sync")}
    form = here.filled_in(here.new_secret().value)
    asked: dict[str, dict[str, str]] = {
        "enter_client_id": {"client_id": "an ID"},
        "enter_tenant_domain": {"tenant_domain": "a domain"},
        "paste_application_key": {},
        "enter_expiration": {"expires_on": "2028-01-08"},
        "test_connection": {},
    }
    proven |= {("edit-sync", verb): shown_right(form, verb, args) for verb, args in asked.items()}
    form.enter_client_id(here.central.settings.client_id)
    form.enter_tenant_domain(here.central.settings.tenant_domain)
    form.test_connection()
    proven["edit-sync", "save"] = shown_right(form, "save", {})
    assert set(proven.values()) == {True}
    there = {(name, verb) for name, page in PAGES.items() for verb in actions(page)}
    assert there - set(proven) == {("sign-in", "open"), ("sign-in", "wait_until_signed_in")}
