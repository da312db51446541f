"""Every page of the MA Portal against its replica: its proof holds, and each locator finds exactly one thing."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from playwright.sync_api import Locator

from pages.ma_portal import PAGES
from rehearsal.vendor_sign_in import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pages.page import Component, Page
    from tests.pages.ma_portal.conftest import Bench

RUNBOOK = Path(__file__).parents[3] / "runbooks" / "update-entra-client-secret.yaml"
# What is there only in another state of the same page, and so is proven by the behaviour tests.
ELSEWHERE = {
    "sync_dialog",
    "sync_yes_button",
    "reset_dialog",
    "reset_yes_button",
    "new_integration_pane",
    "test_passed_dialog",
    "acknowledge_button",
    "tested_notice",
    "saved_heading",
    "found_notice",
    "user_rows",
    "user_management_link",
}


def bring_up(name: str, bench: Bench) -> None:
    """Bring the replica into the state in which the page is on screen."""
    if name == "sign-in":
        bench.portal.sessions["test"] = Stage.CODE
        bench.go()
    elif name == "new-integration":
        bench.new_integration()
    elif name == "group-editor":
        bench.tab.get_by_role("button", name="View/Edit Group").click()


def locators(thing: Page | Component) -> Iterator[tuple[str, Locator]]:
    """Give the locators of a page and of the components it holds, by name."""
    for name, value in vars(thing).items():
        if isinstance(value, Locator):
            yield name, value
        elif name == "saved":
            yield from locators(value)


@pytest.mark.parametrize("name", PAGES)
def test_its_page_is_on_screen_and_every_locator_finds_exactly_one_element(
    name: str, bench: Callable[..., Bench]
) -> None:
    here = bench()
    bring_up(name, here)
    page = here.page(name).arrive()
    assert page.is_on_screen()
    counts = {what: found.count() for what, found in locators(page) if what not in ELSEWHERE}
    assert counts == dict.fromkeys(counts, 1)


def test_no_page_takes_another_screen_for_its_own(bench: Callable[..., Bench]) -> None:
    here = bench()
    here.tab.goto(here.replicas.ma_portal_url)  # the dashboard
    here.page("menu").arrive()
    assert [name for name in PAGES if name != "menu" and here.page(name).is_on_screen()] == []


def test_the_runbook_asks_only_for_what_the_pages_have() -> None:
    asked = set()
    for step in yaml.safe_load(RUNBOOK.read_text(encoding="utf-8"))["steps"]:
        if step["page"].startswith("ma."):
            asked.add((step["page"].removeprefix("ma."), step["do"], frozenset(step.get("with", {})) - {"secret"}))
        for probe in [next(iter(one.items())) for one in step.get("expect", []) + step.get("done_when", [])]:
            where, _, what = probe[0].rpartition(".")
            where = where or step["page"]
            if where.startswith("ma."):
                asked.add((where.removeprefix("ma."), what, frozenset(probe[1])))
    assert len(asked) > 20
    for page, what, arguments in asked:
        method = getattr(PAGES[page], what)
        assert method.keyturn_kind == ("probe" if what.startswith("has_") else "action")
        assert set(inspect.signature(method).parameters) - {"self"} == arguments
