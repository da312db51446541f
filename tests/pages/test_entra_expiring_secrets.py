"""A survey of the directory's secrets: none is missed, none is made up, nothing is touched."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from playwright.sync_api import expect

from pages.entra import AdminCenterPage, AppRegistrationsPage, app_registrations
from pages.entra.blade import Blade
from pages.entra.expiring_secrets import Found, registrations, survey
from pages.entra.registrations_grid import RegistrationRow, RegistrationsGrid
from pages.entra.secrets_grid import SecretRow
from pages.errors import NoEffect, NotOne
from tests.pages.conftest import in_both_renderings

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page as Tab
    from playwright.sync_api import Route

    from tests.pages.conftest import Opening, Portal

TODAY = date(2026, 11, 24)
ONE = RegistrationRow("Backup", "35624bad-7988-469b-9304-6a84194aba4c", "Current")


def opened_list(portal: Portal) -> AppRegistrationsPage:
    return AdminCenterPage(portal.tab, portal.url).arrive().open_app_registrations()


def held(portal: Portal) -> dict[str, Any]:
    """Return all registrations as the server holds them, and every press of a button that counts."""
    state = portal.replicas.state()
    return {"registrations": state["registrations"], "presses": state["presses"]}


def ends(secret: dict[str, str]) -> timedelta:
    return datetime.fromisoformat(secret["end"]) - datetime.now(UTC)


@in_both_renderings
def test_every_secret_that_ends_in_time_is_listed_with_its_registration_and_nothing_is_touched(
    admin_center: Opening, rendering: str
) -> None:
    portal = admin_center(scenario="both-expired-and-valid", rendering=rendering)
    before = held(portal)

    found = opened_list(portal).find_expiring_secrets(30)

    due = {
        (one["name"], application_id, secret["secret_id"])
        for application_id, one in before["registrations"].items()
        for secret in one["secrets"]
        if ends(secret) <= timedelta(days=30)
    }
    lines = found.listing.splitlines()
    told = {tuple(line.split(" | ")[1:4]) for line in lines}
    assert told == {(name, f"application ID {of}", f"secret ID {secret}") for name, of, secret in due}
    assert lines == sorted(lines, key=lambda line: line[:10])
    secrets = [secret for one in before["registrations"].values() for secret in one["secrets"]]
    assert (found.expired, found.expiring) == (2, 2)
    assert found.secrets == len(secrets)
    assert found.registrations == sum(bool(one["secrets"]) for one in before["registrations"].values())
    assert held(portal) == before
    assert before["presses"] == {}


@pytest.mark.soak
def test_an_expired_secret_is_found_where_the_list_calls_the_registration_current(admin_center: Opening) -> None:
    portal = admin_center(scenario="both-expired-and-valid")
    page = opened_list(portal)
    status = {line.split(" | ")[1]: line.split(" | ")[2] for line in page.list_registrations().listing.splitlines()}
    assert status[f"application ID {portal.application_id}"] == "Current"
    assert portal.secrets()[0]["secret_id"] in page.find_expiring_secrets(0).listing


@in_both_renderings
def test_all_registrations_are_listed_whoever_owns_them(admin_center: Opening, rendering: str) -> None:
    portal = admin_center(rendering=rendering)
    there = portal.replicas.state()["registrations"]
    found = opened_list(portal).list_registrations()
    assert found.total == len(there)
    assert {tuple(line.split(" | ")[:2]) for line in found.listing.splitlines()} == {
        (one["name"], f"application ID {of}") for of, one in there.items()
    }
    assert found.with_credentials == sum(bool(one["secrets"]) for one in there.values())


def test_a_directory_without_registrations_has_none(admin_center: Opening) -> None:
    portal = admin_center()
    portal.replicas.world.registrations.clear()
    page = opened_list(portal)
    assert page.list_registrations() == ("none", 0, 0)
    assert page.find_expiring_secrets(365) == ("none", 0, 0, 0, 0)


def test_a_list_of_which_some_rows_are_not_in_the_page_does_not_pass_for_a_whole_one(admin_center: Opening) -> None:
    portal = admin_center()
    page = opened_list(portal)
    total = len(portal.replicas.state()["registrations"])
    portal.tab.evaluate(
        """(total) => new MutationObserver(() => {
          const rows = document.querySelectorAll('.fxc-gc-rows [role=row]');
          if (rows.length === total) rows[total - 1].remove();
        }).observe(document.body, {childList: true, subtree: true})""",
        total,
    )
    expect.set_options(timeout=1_000)
    with pytest.raises(NoEffect) as caught:
        page.find_expiring_secrets(30)
    assert caught.value.expected == f"all {total} registrations in the list"
    assert caught.value.seen == f"{total - 1} rows"


def twice(rows: list[dict[str, Any]]) -> None:
    rows[1]["applicationId"] = rows[0]["applicationId"]


def cut(rows: list[dict[str, Any]]) -> None:
    rows[1]["applicationId"] = rows[1]["applicationId"][:20] + "…"


@pytest.mark.parametrize("spoil", [twice, cut])
def test_an_id_that_is_cut_or_there_twice_stops_the_survey(
    admin_center: Opening, spoil: Callable[[list[dict[str, Any]]], None]
) -> None:
    portal = admin_center()

    def answer(route: Route) -> None:
        response = route.fetch()
        rows = response.json()
        spoil(rows)
        route.fulfill(response=response, body=json.dumps(rows))

    portal.tab.route("**/api/registrations", answer)
    page = opened_list(portal)
    with pytest.raises(NoEffect, match="cut, missing or there twice"):
        page.find_expiring_secrets(30)


LIST = """<section class="fxs-blade"><p>1 applications found</p><div role="row"><div role="columnheader">Display name</div>
  <div role="columnheader">Application (client) ID</div></div>
  <div role="row"><div role="gridcell">Backup</div><div role="gridcell">35624bad-7988-469b-9304-6a84194aba4c</div></div>"""


def test_a_list_that_lacks_a_column_is_told_and_stops_the_survey(page: Tab) -> None:
    page.set_content(LIST)
    with pytest.raises(NoEffect, match=r"the columns Display name, .*; saw Display name, Application"):
        RegistrationsGrid(Blade(page)).listed("list_registrations")


class Survey(AppRegistrationsPage):
    """The list, with one registration in it, and nothing around it."""

    surroundings: ClassVar[Any] = lambda *_: None
    grid: Any = SimpleNamespace(listed=lambda _verb: [ONE])

    def _show_all(self) -> None:
        pass


class At:
    """A tab that is where its address says."""

    def __init__(self, application_id: str) -> None:
        self.url = f"https://entra.invalid/#view/appId/{application_id}"


@pytest.mark.parametrize("another", ["", "cccccccc-3333-4333-8333-333333333333"])
def test_the_secrets_of_a_registration_that_a_person_opened_meanwhile_are_not_told_as_anothers(
    monkeypatch: pytest.MonkeyPatch, another: str
) -> None:
    tab: Any = At(another or ONE.application_id)
    secrets = SimpleNamespace(tab=tab, title="Certificates & secrets", secrets=lambda: [one.secret for one in found(1)])
    overview = SimpleNamespace(open=lambda _id: None, open_certificates_and_secrets=lambda: secrets)
    monkeypatch.setattr(app_registrations, "RegistrationOverviewPage", lambda *_: overview)
    monkeypatch.setattr(app_registrations, "local_today", lambda _tab: TODAY)
    page = Survey(tab, "https://entra.invalid")
    if not another:
        assert page.find_expiring_secrets(7).secrets == 1
        return
    with pytest.raises(NotOne, match=f"those of the registration {another}"):
        page.find_expiring_secrets(7)


def found(*days: int) -> list[Found]:
    return [Found(ONE, SecretRow(f"id-{number}", TODAY + timedelta(number), "its words")) for number in days]


def test_the_last_day_asked_for_is_in_and_the_next_is_not() -> None:
    told = survey(found(31, 30, 0, -1), 1, 30, TODAY)
    assert (told.expired, told.expiring, told.secrets, told.registrations) == (1, 2, 4, 1)
    assert [line.split(" | ")[0] for line in told.listing.splitlines()] == [
        "2026-11-23 (expired 1 day ago)",
        "2026-11-24 (expires today)",
        "2026-12-24 (expires in 30 days)",
    ]


def test_a_line_says_all_that_is_needed_to_find_the_secret() -> None:
    assert survey(found(1), 1, 7, TODAY).listing == (
        "2026-11-25 (expires in 1 day) | Backup | application ID 35624bad-7988-469b-9304-6a84194aba4c"
        " | secret ID id-1 | “its words”"
    )


@pytest.mark.parametrize("status", ["-", "–", ""])
def test_only_a_registration_that_shows_a_dash_has_no_credentials(status: str) -> None:
    rows = [ONE, RegistrationRow("Other", "id", status), RegistrationRow("New", "id", "Some word yet unknown")]
    assert registrations(rows).with_credentials == 2
