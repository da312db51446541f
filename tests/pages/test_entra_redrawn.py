"""App registrations and Overview, drawn without the replica, while they still show something else than was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.entra import AdminCenterPage, AppRegistrationsPage, RegistrationOverviewPage
from pages.errors import NoEffect, SessionEnded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page as Tab

URL = "https://entra.invalid"  # never resolves (RFC 2606)
OURS, OTHER = "cccccccc-3333-4333-8333-333333333333", "dddddddd-4444-4444-8444-444444444444"
MENU = """<h2 class="fxs-blade-title-titleText">App</h2>"""


def essential(label: str, value: str) -> str:
    return f"""<div class="fxc-essentials-item"><label>{label}</label>
      <div class="fxc-essentials-value">{value}<button title="Copy"></button></div></div>"""


def row(name: str, application_id: str) -> str:
    return f"""<div role="row"><div role="gridcell"><a href="#{name}">{name}</a></div>
      <div role="gridcell">{application_id}</div><div role="gridcell">Current</div></div>"""


OPENED = MENU + essential(
    "Application (client) ID", OURS
)  # by a link that is followed when the filter has been applied
LIST = f"""<section class="fxs-blade">
  <div role="tab" aria-selected="false" id="all">All applications</div>
  <input role="searchbox" aria-label="Start typing a display name or application (client) ID" id="filter">
  <p id="count">1 applications found</p><div id="rows">
  <div role="row"><div role="columnheader">Display name</div><div role="columnheader">Application (client) ID</div>
  <div role="columnheader">Certificates &amp; secrets</div></div>{row("ours", OURS)}</div></section>
  <script>
    const rows = document.querySelector('#rows');
    document.querySelector('#all').onclick = event => setTimeout(() => {{
      event.target.setAttribute('aria-selected', 'true');
      document.querySelector('#count').textContent = '2 applications found';
      rows.insertAdjacentHTML('beforeend', `{row("other", OTHER)}`);
    }}, 400);
    document.querySelector('#filter').onkeydown = event => event.key === 'Enter' && setTimeout(() => {{
      rows.lastElementChild.remove();
      rows.querySelector('a').onclick = () => {{ document.querySelector('section').innerHTML = `{OPENED}`; }};
    }}, 400);
  </script>"""


def overview(application_id: str) -> str:
    """Return an Overview whose credentials, and with them the message, come a moment later."""
    return f"""<section class="fxs-blade">{MENU}{essential("Display name", "App")}
      {essential("Application (client) ID", application_id)}{essential("Directory (tenant) ID", OTHER)}
      {essential("Client credentials", "").replace('<button title="Copy"></button>', "")}</section>
      <script>setTimeout(() => {{
        [...document.querySelectorAll('.fxc-essentials-value')].at(-1).textContent = '0 certificate, 1 secret';
        document.querySelector('h2').insertAdjacentHTML('afterend', '<p>A certificate or secret has expired.</p>');
      }}, 400)</script>"""


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    yield
    expect.set_options(timeout=5_000)


def test_a_group_of_the_menu_that_does_not_unfold_is_told_and_its_link_is_not_pressed(page: Tab) -> None:
    page.set_content(
        "<nav>Home <button aria-expanded=false>Entra ID</button><span>Home</span>"
        "<a href='#' onclick='window.pressed = true'>App registrations</a></nav>"
    )
    expect.set_options(timeout=500)
    with pytest.raises(NoEffect, match="the menu to unfold"):
        AdminCenterPage(page, URL).open_app_registrations()
    assert not page.evaluate("window.pressed")


def test_the_registrations_of_another_tab_are_not_listed_for_those_of_all(page: Tab) -> None:
    page.set_content(LIST)
    assert AppRegistrationsPage(page, URL).list_registrations().total == 2


def test_a_registration_is_opened_when_the_filter_has_been_applied(page: Tab) -> None:
    page.set_content(LIST)
    assert AppRegistrationsPage(page, URL).open_registration(OURS.upper()).has_application_id(OURS)


def test_a_registration_whose_name_is_the_id_of_another_is_not_taken_for_it(page: Tab) -> None:
    page.set_content(f"<section class=fxs-blade>{row('ours', OURS)}{row(f'was {OURS}', OTHER)}</section>")
    assert AppRegistrationsPage(page, URL).registration_row(OURS).count() == 1


def test_the_essentials_are_read_when_the_last_of_them_are_filled_in(page: Tab) -> None:
    page.set_content(overview(OURS))
    found = RegistrationOverviewPage(page, URL).read_essentials()
    assert found == ("App", OURS, OTHER, "has expired")


def test_an_id_is_the_same_in_capitals_and_what_is_none_is_not_told_as_one(page: Tab) -> None:
    page.set_content(overview(OURS))
    at = RegistrationOverviewPage(page, URL)
    assert [at.has_application_id(one) for one in (OURS.upper(), OTHER)] == [True, False]
    page.set_content(overview(f"{OURS[:20]}…"))
    with pytest.raises(NoEffect, match="an ID under Application"):
        at.has_application_id(OURS)


def test_a_message_that_is_not_to_be_seen_is_none(page: Tab) -> None:
    hidden = "<p hidden>A certificate or secret has expired.</p>"
    page.set_content(overview(OURS).replace("</section>", f"{hidden}</section>").replace(" has expired.</p>'", "</p>'"))
    assert RegistrationOverviewPage(page, URL).read_essentials().message == "none"


def test_a_sign_in_in_place_of_what_a_link_leads_to_is_told_at_once(page: Tab) -> None:
    sign_in = '<input id="i0116" aria-label="E-mail">'
    page.route(f"{URL}/", lambda route: route.fulfill(body=sign_in, content_type="text/html"))
    with pytest.raises(SessionEnded) as caught:
        RegistrationOverviewPage(page, URL).open(OURS)
    assert caught.value.verb == "open"  # Nothing was waited for that cannot come.
