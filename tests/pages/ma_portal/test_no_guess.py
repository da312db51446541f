"""The MA Portal drawn as no replica shows it, or not at all: what is not certain there is not told, and nothing hangs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from pages.errors import NoEffect, NotYet, PortalRefused
from pages.ma_portal import portal
from pages.ma_portal.group_editor import GroupEditorPage
from pages.ma_portal.menu import MenuPage
from pages.ma_portal.new_integration import NewIntegrationPage
from pages.ma_portal.sign_in import SignInPage
from pages.ma_portal.user_management import UserManagementPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page as Tab

URL = "https://ma.invalid"  # never resolves (RFC 2606)
STAFF = "Awareness - All Staff"
SAVED = f"""<section aria-label="Saved Credentials">
  <span role="group" aria-label="Group Name">{STAFF}</span>
  <span role="group" aria-label="Last Successful Sync" id="last">11/24/2026, 07:05:00 AM UTC</span>
  <button onclick="dialog.showModal()">Sync Now</button></section>
  <dialog id="dialog" aria-label="Sync Now"><button onclick="dialog.close(); last.textContent = '24.11.26'">Yes</button>
  </dialog>"""
GROUP = f"""<main><section aria-label="Group"><select id="group" aria-label="Select a group"><option></option>
  <option>{STAFF}</option><option>Nobody</option></select><button onclick="setTimeout(query, 400)">Query Group</button>
  <p role="status" id="count"></p><table aria-label="Users of the group"><tbody id="users"></tbody></table>
  </section></main>
  <script>
    function query() {{
      users.innerHTML = group.value === 'Nobody' ? '' : '<tr><td>a.staff@example.com</td></tr>';
      count.textContent = `${{users.children.length}} users found`;
    }}
  </script>"""
NEW = """<section aria-label="New Integration"><select aria-label="Integration Type"><option></option>
  <option>Entra ID</option><option>CSV Upload</option></select><input aria-label="Integration Nickname" hidden>
  <span role="status" aria-label="Connection test">Connection tested</span></section>
  <dialog open aria-label="Connection Successful"><button>Acknowledge</button></dialog>"""


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    yield
    expect.set_options(timeout=5_000)


def management(**saved: Any) -> UserManagementPage:
    """Return the page as it stands with these answers about what is saved, and no browser."""
    page = object.__new__(UserManagementPage)
    page.saved = SimpleNamespace(**saved)  # type: ignore[assignment]
    return page


@pytest.mark.parametrize(
    ("ask", "args"),
    [
        ("has_integration", [""]),
        ("has_group", [""]),
        ("has_synchronised_since", ["2020-01-01"]),
        ("selected_group", ["", ""]),
        ("last_sync", []),
    ],
)
def test_where_nothing_is_saved_nothing_is_waited_for_to_be_told(ask: str, args: list[str]) -> None:
    page = management(root=SimpleNamespace(is_visible=lambda: False))
    assert not getattr(page, ask)(*args)


def test_only_the_group_asked_for_is_selected_and_no_group_is_none() -> None:
    page = management(root=SimpleNamespace(is_visible=lambda: True), group=lambda: STAFF)
    assert [page.has_group(name) for name in (STAFF, "Awareness", "")] == [True, False, False]
    page = management(root=SimpleNamespace(is_visible=lambda: True), group=lambda: "", last_sync=lambda: "")
    assert page.selected_group("", "") is None
    assert page.last_sync() is None


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("Have you entered a Client Secret ID? Please", NotYet),
        ("AADSTS7000215: Invalid client secret provided.", NotYet),
        ("AADSTS7000222: The provided client secret keys are expired.", NotYet),
        ("AADSTS700016: Application was not found.", PortalRefused),
    ],
)
def test_only_what_settles_by_itself_is_worth_asking_again(words: str, error: type[Exception]) -> None:
    notice: Any = SimpleNamespace(all_inner_texts=lambda: [words])
    assert portal._refusal(notice).error is error


def test_a_name_is_the_same_in_capitals_and_another_is_not() -> None:
    page = object.__new__(MenuPage)
    page.around = SimpleNamespace(account_notice=SimpleNamespace(inner_text=lambda: " Ada@Example.com "))  # type: ignore[assignment]
    assert [page.has_account(name) for name in ("ada@EXAMPLE.com", "da@example.com")] == [True, False]


def test_a_synchronisation_whose_moment_cannot_be_read_is_not_told_as_done(page: Tab) -> None:
    page.set_content(SAVED)
    with pytest.raises(NoEffect, match="a date and time of a known form") as caught:
        UserManagementPage(page, URL).sync_now()
    assert caught.value.pressed


def test_what_stands_there_while_it_synchronises_is_waited_out(page: Tab) -> None:
    done = "last.textContent = '11/25/2026, 07:05:00 AM UTC'"
    under_way = f"last.textContent = 'Synchronizing… (3 of 14)'; setTimeout(() => {{ {done} }}, 400)"
    page.set_content(SAVED.replace("last.textContent = '24.11.26'", under_way))
    assert UserManagementPage(page, URL).sync_now().last_successful_sync == "2026-11-25T07:05:00+00:00"


def test_a_place_for_alerts_that_holds_none_explains_nothing(page: Tab) -> None:
    page.set_content(f"<div role=alert></div>{SAVED.replace('24.11.26', '11/24/2026, 07:05:00 AM UTC')}")
    expect.set_options(timeout=500)
    with pytest.raises(NoEffect, match="Last Successful Sync to change"):
        UserManagementPage(page, URL).sync_now()


def test_what_was_found_of_another_group_is_not_what_the_query_finds(page: Tab) -> None:
    page.set_content(GROUP)
    editor = GroupEditorPage(page, URL)
    editor.select_group(STAFF)
    editor.select_group(STAFF)  # It may find the same once more.
    expect.set_options(timeout=1_500)
    with pytest.raises(NoEffect, match="at least one user in the group"):
        editor.select_group("Nobody")


def test_a_type_without_the_fields_to_enter_is_noticed(page: Tab) -> None:
    page.set_content(NEW)
    expect.set_options(timeout=500)
    with pytest.raises(NoEffect, match="the fields of this type to appear"):
        NewIntegrationPage(page, URL).select_integration_type("CSV file")


def test_a_result_that_cannot_be_put_away_is_not_told_as_acknowledged(page: Tab) -> None:
    page.set_content(NEW)
    expect.set_options(timeout=500)
    with pytest.raises(NoEffect, match="the dialog to be gone"):
        NewIntegrationPage(page, URL).acknowledge()


def test_a_result_after_a_save_that_could_not_be_pressed_is_left_to_be_acknowledged(page: Tab) -> None:
    acknowledge = '<button onclick="window.acknowledged = true; this.parentNode.close()">Acknowledge</button>'
    page.set_content(
        '<section aria-label="New Integration"><button id="save">Save Credentials</button></section>'
        f'<dialog aria-label="Connection Successful">{acknowledge}</dialog><div id="cover" style="position: fixed; inset: 0">'
    )
    page.set_default_timeout(1_000)
    with pytest.raises(NoEffect) as caught:
        NewIntegrationPage(page, URL).save_credentials()
    assert not caught.value.pressed
    page.evaluate("() => { cover.remove(); document.querySelector('dialog').show(); }")
    page.locator("#save").click()
    assert not page.evaluate("window.acknowledged")


def test_a_header_that_does_not_name_the_account_yet_is_waited_for(page: Tab) -> None:
    page.set_content('<div role="group" aria-label="Signed-in account"></div>')
    page.evaluate("setTimeout(() => { document.querySelector('div').textContent = ' ada@example.com '; }, 400)")
    sign_in = SignInPage(page, URL)
    assert not sign_in.is_signed_in()
    assert sign_in.wait_until_signed_in() == ("ada@example.com", "")
