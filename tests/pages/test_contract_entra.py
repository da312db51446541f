"""The contract: every page and locator of the Entra package against the replica, and the runbooks against both."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from playwright.sync_api import Locator, expect

from pages import REGISTRY
from pages.entra import AdminCenterPage, AppRegistrationsPage, SignInPage
from pages.entra.blade import Blade
from pages.entra.sign_in_screen import SignInScreen
from pages.page import Component, Page
from pages.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.pages.conftest import Opening

RUNBOOKS = sorted(Path(__file__).parents[2].joinpath("runbooks").glob("*.yaml"))
KINDS = re.compile(r"(^|_)(button|link|field|list|option|row|tab|dialog|pane|heading|notice|section|question)$")
PARTS = (Component, Surroundings, Blade, SignInScreen)


def sign_in(waits: Opening, _: Opening) -> Page:
    portal = waits()
    page = SignInPage(portal.tab, portal.url)
    page.open()
    return page


def number_match(waits: Opening, _: Opening) -> Page:
    portal = waits()
    page = SignInPage(portal.tab, portal.url)
    page.open()
    desk = portal.replicas.world.desk
    while (waiting := desk.waiting()) and waiting[0][1] != "number":
        desk.pass_screen(*waiting[0])
    # The number stands in the document before its screen does, off screen like all that is not shown.
    expect(page.around.sign_in.number_notice).to_have_text(re.compile(r"\d\d"))
    return page


def refused(waits: Opening, _: Opening) -> Page:
    portal = waits("conditional-access-block")
    page = SignInPage(portal.tab, portal.url)
    page.open()
    desk = portal.replicas.world.desk
    while waiting := desk.waiting():
        desk.pass_screen(*waiting[0])
    page.around.sign_in.refusal_notice.wait_for()
    return page


def wrong_address(waits: Opening, _: Opening) -> Page:
    portal = waits("email-refused")
    page = SignInPage(portal.tab, portal.url)
    page.open()
    desk = portal.replicas.world.desk
    desk.pass_screen(*desk.waiting()[0])
    page.around.sign_in.error_notice.wait_for()
    return page


def menu_of(generation: str) -> Callable[[Opening, Opening], Page]:
    def admin_center(_: Opening, opens: Opening) -> Page:
        portal = opens(menu=generation)
        page = AdminCenterPage(portal.tab, portal.url)
        page.open_app_registrations()
        return page

    return admin_center


def registrations(_: Opening, opens: Opening) -> Page:
    portal = opens()
    return AdminCenterPage(portal.tab, portal.url).arrive().open_app_registrations()


def nothing_found(waits: Opening, opens: Opening) -> Page:
    page = registrations(waits, opens)
    assert isinstance(page, AppRegistrationsPage)
    page.all_applications_tab.click()
    page.search_field.fill("no such registration")
    page.nothing_notice.wait_for()
    return page


def overview(_: Opening, opens: Opening) -> Page:
    return opens("manage-collapsed").overview()


def overview_unfolded(_: Opening, opens: Opening) -> Page:
    return opens().overview()


def client_secrets(_: Opening, opens: Opening) -> Page:
    return opens().client_secrets()


def no_secrets(_: Opening, opens: Opening) -> Page:
    portal = opens()
    portal.registration().secrets.clear()
    return portal.client_secrets()


def asked_whether_to_delete(_: Opening, opens: Opening) -> Page:
    portal = opens()
    page = portal.client_secrets()
    page.grid.delete_button(portal.secrets()[0]["secret_id"]).click()
    page.question.yes_button.wait_for()
    return page


def copied(_: Opening, opens: Opening) -> Page:
    page = opens().client_secrets()
    page.tab.evaluate("window.setTimeout = () => 0")  # The balloon stays.
    page.grid.rows.get_by_role("button", name="Copy to clipboard").click()
    page.grid.copied_notice.wait_for()
    return page


def blocked(_: Opening, opens: Opening) -> Page:
    return opens("secrets-blocked").client_secrets()


def pane(_: Opening, opens: Opening) -> Page:
    return opens("odd-descriptions").client_secrets().open_new_client_secret()


def pane_with_toast(_: Opening, opens: Opening) -> Page:
    page = opens("add-lifetime-cap").client_secrets().open_new_client_secret()
    page.tab.evaluate("window.setTimeout = () => 0")  # The toast stays.
    page.add_button.click()
    page.around.toasts.refusal_notice.wait_for()
    return page


STATES: dict[str, list[Callable[[Opening, Opening], Page]]] = {
    "sign-in": [sign_in, number_match, refused],
    "admin-center": [menu_of("entra-id"), menu_of("identity")],
    "app-registrations": [registrations, nothing_found],
    "registration-overview": [overview, overview_unfolded],
    "client-secrets": [client_secrets, no_secrets, asked_whether_to_delete, copied, blocked],
    "add-client-secret": [pane, pane_with_toast],
}


def locators(thing: Any, prefix: str = "") -> Iterator[tuple[str, Locator]]:
    """Give every locator that a page holds, by name, with those of its parts."""
    names = [name for name in dir(type(thing)) if isinstance(inspect.getattr_static(thing, name), property)]
    for name in sorted({*names, *vars(thing)}):
        if name.startswith("_") or (prefix.endswith("around.") and name == "tab"):
            continue
        value = getattr(thing, name)
        if isinstance(value, Locator) and KINDS.search(name):
            yield prefix + name, value
        elif isinstance(value, PARTS):
            yield from locators(value, f"{prefix}{name}.")


@pytest.mark.parametrize("name", REGISTRY["entra"])
def test_every_page_is_proven_and_every_locator_finds_one_element_in_a_known_state(
    name: str, sign_in_waits: Opening, admin_center: Opening
) -> None:
    found: dict[str, list[int]] = defaultdict(list)
    for state in STATES[name]:
        page = state(sign_in_waits, admin_center)
        if page.name == name:
            assert page.arrive().is_on_screen(), state
        for locator_name, locator in locators(page):
            found[locator_name].append(locator.count())
    mine = {one: counts for one, counts in found.items() if not one.startswith("around.")}
    assert {one: counts for one, counts in mine.items() if max(counts) != 1} == {}


def test_every_locator_of_the_shell_finds_one_element_in_a_known_state(
    sign_in_waits: Opening, admin_center: Opening
) -> None:
    found: dict[str, list[int]] = defaultdict(list)
    for state in (number_match, wrong_address, refused, pane_with_toast):
        page = state(sign_in_waits, admin_center)
        for name, locator in locators(page.around, "around."):
            found[name].append(locator.count())
    assert found
    wrong = {one: counts for one, counts in found.items() if max(counts) != 1}
    assert wrong == {}


def test_every_page_of_the_package_has_states_to_be_proven_in() -> None:
    assert set(STATES) == set(REGISTRY["entra"])
    assert {page.name for page in REGISTRY["entra"].values()} == set(REGISTRY["entra"])


def steps_and_probes() -> Iterator[tuple[str, str, str, dict[str, Any], dict[str, str]]]:
    """Give page, kind, name, arguments and outputs of everything that the runbooks ask of the Entra package."""
    for path in RUNBOOKS:
        runbook = yaml.safe_load(path.read_text(encoding="utf-8"))
        portals = [name for name, portal in runbook["portals"].items() if portal["pages"] == "entra"]
        for step in runbook["steps"]:
            portal, _, page = step["page"].partition(".")
            if portal in portals:
                yield page, "action", step["do"], step.get("with", {}), step.get("outputs", {})
                undo = step.get("undo", {})
                if "do" in undo:
                    yield undo["page"].partition(".")[2], "action", undo["do"], undo["with"], {}
            for probe in step.get("done_when", []) + step.get("expect", []):
                ((ask, args),) = probe.items()
                *where, has = ask.split(".")
                place = [portal, page] if not where else ([portal, *where] if len(where) == 1 else where)
                if place[0] in portals:
                    yield place[1], "probe", has.replace("has_no_", "has_"), args, {}


def test_whatever_a_runbook_asks_of_a_page_is_there() -> None:
    asked = list(steps_and_probes())
    assert len(asked) > 40
    for page, kind, name, args, outputs in asked:
        method = getattr(REGISTRY["entra"][page], name)
        assert method.keyturn_kind == kind
        inspect.signature(method).bind(None, **args)
        if fields := {field for output, field in outputs.items() if output != "secret"}:
            returned = inspect.get_annotations(inspect.unwrap(method), eval_str=True)["return"]
            assert fields <= set(returned._fields)
        if "secret" in outputs:
            assert method.keyturn_secret == "copies"
