"""What is pressed among the client secrets, drawn without the replica: that one thing, and when it has been answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.entra import AddClientSecretPane, secrets_grid
from pages.errors import NoEffect, NotOne
from tests.pages.drawn_secrets import APPLICATION, BESIDE, HERE, URL, Drawing, drawn, row, secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

ELSEWHERE = "<button>Add</button> Was this of help? <button>Yes</button><button>No</button>"
PANE = """<div role="dialog"><h2>Add a client secret</h2><input aria-label="Description"
    onblur="this.value = this.value.slice(0, 20)">
  <div aria-label="Expires">Expires</div>
  <div role="combobox" tabindex="0" aria-label="Expires" onclick="list.hidden = !list.hidden"
    onkeydown="if (event.key === 'Escape') list.hidden = true">Recommended: 180 days (6 months)</div>
  <button onclick="setTimeout(add, 200)">Add</button><button onclick="setTimeout(leave, 200)">Cancel</button></div>
  <div role="listbox" hidden><div role="option">730 days (24 months)</div></div>
  <div role="listbox" id="list" hidden><div role="option" onclick="choose(this)">365 days (12 months)</div>
    <div role="option" onclick="list.hidden = true">545 days (18 months)</div></div>
  <script>
    const pane = document.querySelector('[role=dialog]'), list = document.querySelector('#list');
    const tab = document.querySelector('#tab'), grid = document.querySelector('[role=grid]');
    function choose(one) { pane.querySelector('[role=combobox]').textContent = one.textContent; list.hidden = true; }
    function leave() { pane.hidden = !window.stays; }
    function add() { grid.insertAdjacentHTML('beforeend', window.made); tab.textContent = 'Client secrets (2)'; }
  </script>"""
QUESTION = """<div role="alertdialog" hidden><button onclick="setTimeout(gone, 200)">Yes</button><button>No</button></div>
  <script>
    const question = document.querySelector('[role=alertdialog]');
    document.querySelector('[aria-label=Delete]').onclick = () => { question.hidden = false; };
    function gone() {
      question.hidden = true;
      document.querySelectorAll('[role=row]')[1].remove();
      document.querySelector('#tab').textContent = 'Client secrets (1)';
    }
  </script>"""
COPY = """<style>.copy { pointer-events: none } [role=row]:hover .copy { pointer-events: auto }</style>
  <button class="copy" onclick="window.copied = true">Copy</button>"""


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(secrets_grid, "_SETTLING", 0.0)
    monkeypatch.setattr(secrets_grid, "_BALLOON", 100)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def pane(context: BrowserContext) -> AddClientSecretPane:
    return AddClientSecretPane(Drawing(context, drawn(secret(BESIDE), count=" (1)", beside=PANE)).tab, URL)


def test_no_other_add_is_pressed_than_the_panes(context: BrowserContext) -> None:
    at = Drawing(context, drawn(secret(BESIDE), count=" (1)", beside=f"{ELSEWHERE}{PANE}"))
    at.tab.evaluate("made => { window.made = made; }", row("A secret", "1/8/2028", "<button>Copy</button>", HERE))
    assert AddClientSecretPane(at.tab, URL).add_and_copy_value(APPLICATION).secret_id == HERE


def test_no_other_yes_is_pressed_than_the_questions(context: BrowserContext) -> None:
    at = Drawing(context, drawn(secret(HERE), secret(BESIDE), beside=f"{ELSEWHERE}{QUESTION}"))
    at.page.delete_secret(APPLICATION, HERE)
    assert at.page.secret_ids() == (BESIDE,)


def test_a_copy_button_that_only_the_pointer_brings_out_is_pressed_and_needs_no_balloon(
    context: BrowserContext,
) -> None:
    at = Drawing(context, drawn(secret(BESIDE), row("A secret", "1/8/2028", COPY, HERE)))
    at.tab.set_default_timeout(3_000)
    assert at.page.copy_value(HERE).secret_id == HERE
    assert at.tab.evaluate("window.copied")


def test_a_description_that_the_portal_changes_when_the_field_is_left_is_noticed(pane: AddClientSecretPane) -> None:
    pane.enter_description("Arctic Wolf Secret")
    expect.set_options(timeout=300)
    with pytest.raises(NoEffect, match="the description to be in its field"):
        pane.enter_description("Arctic Wolf Secret, for the awareness program")


def test_a_list_that_is_open_already_stays_open_to_be_chosen_from(pane: AddClientSecretPane) -> None:
    pane.expires_list.root.click()
    expect.set_options(timeout=1_000)
    pane.select_expires("365 days (12 months)")
    assert pane.has_expires("365 days (12 months)")


def test_an_option_whose_click_sets_nothing_is_noticed(pane: AddClientSecretPane) -> None:
    expect.set_options(timeout=300)
    with pytest.raises(NoEffect, match="545 days"):
        pane.select_expires("545 days (18 months)")


def test_a_list_that_does_not_offer_what_is_asked_for_is_closed_again(pane: AddClientSecretPane) -> None:
    with pytest.raises(NotOne) as caught:
        pane.select_expires("730 days (24 months)")  # Another list offers that, out of sight.
    assert caught.value.seen == "a list that offers 365 days (12 months), 545 days (18 months)"
    assert pane.tab.locator("#list").is_hidden()


def test_the_pane_is_left_when_it_is_gone(pane: AddClientSecretPane) -> None:
    pane.tab.evaluate("() => { window.stays = true; }")
    expect.set_options(timeout=300)
    with pytest.raises(NoEffect):
        pane.cancel()
    pane.tab.evaluate("() => { window.stays = false; }")
    expect.set_options(timeout=5_000)
    pane.cancel()
    assert not pane.has_pane()
