"""The list of client secrets read from a drawing of it: what it cannot show for certain is neither there nor gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pages.entra import AddClientSecretPane, secrets_grid
from pages.errors import NoEffect, NotOne
from tests.pages.drawn_secrets import (
    ANOTHER,
    APPLICATION,
    BESIDE,
    GONE,
    HEADINGS,
    HERE,
    NOTHING,
    URL,
    VIEW,
    Drawing,
    drawn,
    row,
    secret,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets_grid, "_SETTLING", 0.0)


@pytest.mark.parametrize("count", [" (2)", " (1)", ""])
def test_a_list_that_is_whole_tells_what_is_in_it_and_what_is_not(context: BrowserContext, count: str) -> None:
    at = Drawing(context, drawn(secret(HERE), secret(BESIDE), count=count))
    assert at.page.secret_ids() == (HERE, BESIDE)
    assert [at.answer("has_secret", HERE), at.answer("has_no_secret", HERE)] == [True, False]
    assert [at.answer("has_secret", GONE), at.answer("has_no_secret", GONE)] == [False, True]


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        ((row(), row()), "a row in which it is cut or missing"),
        ((row("…"), secret(BESIDE)), "a row in which it is cut or missing"),
        ((secret("aaaaaaaa-1111-4111-…"), secret(BESIDE)), "a row in which it is cut or missing"),
        ((secret(BESIDE),), "1 of them in the list"),
    ],
    ids=["rows to be filled in", "a row that lacks cells", "an ID that is cut", "fewer rows than the tab counts"],
)
def test_a_list_that_cannot_show_a_secret_proves_no_absence(
    context: BrowserContext, rows: tuple[str, ...], seen: str
) -> None:
    at = Drawing(context, drawn(*rows))
    assert [at.answer("has_secret", HERE), at.answer("has_no_secret", HERE)] == [False, False]
    for ask in (at.page.secret_ids, lambda: at.page.find_old_secret(APPLICATION), at.page.open_new_client_secret):
        with pytest.raises(NoEffect) as caught:
            ask()
        assert caught.value.seen == seen


def test_words_that_there_is_none_count_only_where_they_are_to_be_seen(context: BrowserContext) -> None:
    at = Drawing(context, drawn(count="", beside=f'<p id="nothing" hidden>{NOTHING}</p>'))
    assert not at.page.is_on_screen()
    assert not at.answer("has_no_secret", HERE)
    at.tab.evaluate("document.querySelector('#nothing').hidden = false")
    assert at.answer("has_no_secret", HERE)
    assert at.page.secret_ids() == ()
    at.tab.evaluate("document.querySelector('#tab').textContent = 'Client secrets (1)'")
    assert not at.answer("has_no_secret", HERE)


def test_a_secret_id_in_a_field_is_seen_whoever_filled_it_in(context: BrowserContext) -> None:
    at = Drawing(context, drawn(secret("<input readonly>"), secret(BESIDE)))
    at.tab.evaluate("id => { document.querySelector('input').value = id; }", HERE)
    assert at.page.secret_ids() == (HERE, BESIDE)
    assert [at.answer("has_secret", HERE), at.answer("has_no_secret", HERE)] == [True, False]


def test_a_row_whose_secret_id_is_cut_on_screen_is_addressed_by_the_whole_one(context: BrowserContext) -> None:
    tooltip = secret(f'<span title="{HERE.upper()}">aaaa…</span>')
    cell = secret("bbbb…").replace('<div role="gridcell">bbbb…', f'<div role="gridcell" title="{BESIDE}">bbbb…')
    field = secret(f'<input readonly value="{GONE}">')
    grid = Drawing(context, drawn(tooltip, cell, field, count=" (3)")).page.grid
    for secret_id in (HERE, BESIDE, GONE):
        assert grid.row(secret_id).count() == 1
        assert grid.without(secret_id).count() == 0


def test_a_list_that_lacks_a_column_is_told_and_not_read_by_another(context: BrowserContext) -> None:
    at = Drawing(context, drawn(secret(HERE), headings=[name for name in HEADINGS if name != "Value"], count=" (1)"))
    with pytest.raises(NoEffect, match="the columns Description, Expires, Value, Secret ID"):
        at.page.secrets()
    assert not at.answer("has_no_secret", GONE)


def test_a_row_is_read_without_the_badge_and_without_what_has_a_secrets_shape(context: BrowserContext) -> None:
    odd = row("was abc8Q~made.up", "1/8/2026 <b>Expired</b>", "abc***", HERE)
    (found,) = Drawing(context, drawn(odd, count=" (1)")).page.secrets()
    assert found.expires_on.isoformat() == "2026-01-08"
    assert "Q~" not in found.description


def test_a_count_that_lags_and_rows_that_come_late_are_waited_for(
    context: BrowserContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets_grid, "_SETTLING", 10.0)
    at = Drawing(context, drawn(secret(HERE), count=" (2)"))
    at.tab.evaluate(
        "row => setTimeout(() => document.querySelector('[role=grid]').insertAdjacentHTML('beforeend', row), 300)",
        secret(BESIDE),
    )
    assert at.page.secret_ids() == (HERE, BESIDE)
    at.tab.evaluate(
        "() => { document.querySelector('[role=grid]').lastChild.remove();"
        " setTimeout(() => { document.querySelector('#tab').textContent = 'Client secrets (1)'; }, 300); }"
    )
    assert at.page.secret_ids() == (HERE,)


VERBS: dict[str, Any] = {
    "find_old_secret": lambda at: at.page.find_old_secret(APPLICATION),
    "delete_secret": lambda at: at.page.delete_secret(APPLICATION, HERE),
    "add_and_copy_value": lambda at: AddClientSecretPane(at.tab, URL).add_and_copy_value(APPLICATION),
    "known_ids": lambda at: AddClientSecretPane(at.tab, URL).known_ids(APPLICATION),
}


@pytest.mark.parametrize("verb", VERBS)
def test_the_secrets_of_another_registration_are_neither_read_nor_touched(context: BrowserContext, verb: str) -> None:
    at = Drawing(context, drawn(secret(HERE), secret(BESIDE)), f"{VIEW}/{ANOTHER}")
    with pytest.raises(NotOne) as caught:
        VERBS[verb](at)
    assert caught.value.seen == f"those of the registration {ANOTHER}"
    assert "in this tab" in caught.value.advice
    assert not caught.value.pressed


@pytest.mark.parametrize("verb", ["delete_secret", "add_and_copy_value"])
def test_where_the_address_names_no_registration_nothing_is_changed_but_by_a_person(
    context: BrowserContext, verb: str
) -> None:
    at = Drawing(context, drawn(secret(HERE), secret(BESIDE)), "#home")
    with pytest.raises(NotOne) as caught:
        VERBS[verb](at)
    assert caught.value.seen == "an address that names no registration"
    assert "by hand" in caught.value.advice
    assert AddClientSecretPane(at.tab, URL).known_ids(APPLICATION) == (HERE, BESIDE)
    assert at.page.find_old_secret(APPLICATION, HERE).secret_id == HERE


def test_whose_secrets_they_are_is_told_by_the_address_in_either_form_or_by_nothing(context: BrowserContext) -> None:
    at = Drawing(context, drawn(secret(HERE), secret(BESIDE)))

    def answers(address: str) -> list[bool]:
        at.tab.evaluate("address => { location.hash = address; }", address)
        asks = ("has_application_id", "has_no_application_id")
        return [at.answer(ask, application_id=APPLICATION) for ask in asks]

    assert at.answer("has_application_id", application_id=APPLICATION.upper())
    older = "#blade/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/Credentials/appId"
    assert answers(f"{VIEW}/{APPLICATION.upper()}/isMSAApp~/false") == [True, False]
    assert answers(f"{older}/{APPLICATION}/isMSAApp/") == [True, False]
    assert answers(f"{VIEW}/{ANOTHER}") == [False, True]
    assert answers("#home") == [False, False]
    assert answers(f"{VIEW}/{APPLICATION}0") == [False, False]


def test_a_secret_that_a_person_made_in_another_registration_is_not_taken_for_ours(context: BrowserContext) -> None:
    copyable = row("A secret", "1/8/2028", "<button>Copy</button>", HERE)
    at = Drawing(context, drawn(copyable, secret(BESIDE)))
    pane = AddClientSecretPane(at.tab, URL)
    pane.known_ids(APPLICATION)
    made = pane.made_beside([BESIDE])
    assert made is not None
    assert made.secret_id == HERE
    at.tab.evaluate("address => { location.hash = address; }", f"{VIEW}/{ANOTHER}")
    assert pane.made_beside([BESIDE]) is None
    afresh = AddClientSecretPane(at.tab, URL)  # As when an interrupted run goes on.
    assert [len(afresh.copyable_beside([BESIDE], of)) for of in (APPLICATION, ANOTHER)] == [0, 1]
    with pytest.raises(NotOne):
        pane.known_ids()  # It is asked again whether there is one, when the person gives back.


def test_what_stands_there_now_is_told_only_where_it_is_all_there_and_of_the_registration(
    context: BrowserContext,
) -> None:
    at = Drawing(context, drawn(secret(HERE), secret(BESIDE)))
    pane = AddClientSecretPane(at.tab, URL)
    assert pane.ids_now(APPLICATION) == (HERE, BESIDE)
    assert pane.ids_now(ANOTHER) is None
    at.tab.evaluate("() => document.querySelector('[role=grid]').lastChild.remove()")
    assert pane.ids_now(APPLICATION) is None  # The tab counts two.
    at.tab.evaluate(
        "() => document.querySelectorAll('[role=grid] > :not(:first-child)').forEach((one) => one.remove())"
    )
    at.tab.evaluate("() => { document.querySelector('#tab').textContent = 'Client secrets'; }")
    assert pane.ids_now(APPLICATION) is None  # Nothing says that there are none.
    at.tab.evaluate("() => document.querySelector('[role=grid]').remove()")
    assert pane.ids_now(APPLICATION) is None
    at.tab.evaluate("address => { location.hash = address; }", "#home")
    assert pane.ids_now(APPLICATION) is None


def ending(secret_id: str, on: str) -> str:
    return row("A secret", on, "abc***", secret_id)


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        ("1/2/2031", ("valid", "2026-12-02")),  # Nothing tells the order: it may be the second of December.
        ("1/28/2031", ("expired", "2026-02-12")),  # The month stands first.
    ],
)
def test_a_secret_whose_date_may_be_still_to_come_has_not_expired(
    context: BrowserContext, beside: str, found: tuple[str, str]
) -> None:
    at = Drawing(context, drawn(ending(HERE, "2/12/2026"), ending(BESIDE, beside)))
    at.tab.clock.set_fixed_time(datetime(2026, 11, 24, 12, tzinfo=UTC))
    old = at.page.find_old_secret(APPLICATION)
    assert (old.secret_id, old.state, old.expires_on) == (HERE, *found)


def test_an_end_with_day_and_month_in_the_wrong_order_is_not_what_the_lifetime_leads_to(
    context: BrowserContext,
) -> None:
    at = Drawing(context, drawn(secret(HERE), secret(BESIDE)))
    at.tab.clock.set_fixed_time(datetime(2025, 4, 4, 12, tzinfo=UTC))
    lasting = {"expires": "730 days (24 months)"}
    assert at.answer("has_lifetime", expires_on="2027-04-03", **lasting)
    assert not at.answer("has_lifetime", expires_on="2027-03-04", **lasting)
    assert not at.answer("has_lifetime", expires_on="2027-04-03", expires="Custom")


PANE = """<div role="dialog"><h2>Add a client secret</h2><div role="combobox" aria-label="Expires">730 days (24 months)</div>
  <button onclick="document.querySelector('[role=grid]').insertAdjacentHTML('beforeend', made);
    document.querySelector('#tab').textContent = 'Client secrets (2)'">Add</button></div>"""


def test_the_end_of_a_new_secret_is_read_in_the_order_that_its_lifetime_leads_to(context: BrowserContext) -> None:
    at = Drawing(context, drawn(secret(BESIDE), count=" (1)", beside=PANE))
    at.tab.clock.set_fixed_time(datetime(2025, 4, 4, 12, tzinfo=UTC))
    made = row("A secret", "03/04/2027", "<button aria-label='Copied'>Copied</button>", HERE)
    at.tab.evaluate("made => { window.made = made; }", made)
    assert AddClientSecretPane(at.tab, URL).add_and_copy_value(APPLICATION).expires_on == "2027-04-03"
