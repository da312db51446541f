"""The list of client secrets read from a drawing of it: what it cannot show for certain is neither there nor gone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.catalogue import Catalogue
from keyturn.model import Probe
from keyturn.run.session import Session
from keyturn.run.state import RunState
from pages.entra import ClientSecretsPage, secrets_grid
from pages.errors import NoEffect

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

URL = "https://entra.invalid"  # never resolves (RFC 2606)
HERE = "aaaaaaaa-1111-4111-8111-111111111111"
BESIDE = "bbbbbbbb-2222-4222-8222-222222222222"
GONE = "00000000-0000-4000-8000-000000000000"
NOTHING = "No client secrets have been created for this application."
HEADINGS = ("Description", "Expires", "Value", "Secret ID", "")


def row(*texts: str) -> str:
    """Return a row of these cells, without texts one that is still to be filled in."""
    cells = texts or ("",) * 4
    return f'<div role="row">{"".join(f"""<div role="gridcell">{text}</div>""" for text in cells)}</div>'


def secret(secret_id: str) -> str:
    return row("A secret", "1/8/2028", "abc***", secret_id, '<button aria-label="Delete"></button>')


def drawn(*rows: str, count: str = " (2)", beside: str = "") -> str:
    """Return the page with these rows, what the tab counts, and what stands beside the list."""
    header = "".join(f'<div role="columnheader">{name}</div>' for name in HEADINGS)
    return f"""<html lang="en-US"><body><section class="fxs-blade">
      <h2 class="fxs-blade-title-titleText">App | Certificates &amp; secrets</h2>
      <div role="tablist"><div role="tab">Certificates (0)</div><div role="tab" id="tab">Client secrets{count}</div></div>
      <div role="button">New client secret</div>
      <div role="grid"><div role="row">{header}</div>{"".join(rows)}</div>{beside}</section></body></html>"""


class Drawing:
    """A page whose answers are asked as the engine asks them."""

    def __init__(self, context: BrowserContext, html: str) -> None:
        self.tab = context.new_page()
        self.tab.route(f"{URL}/", lambda route: route.fulfill(body=html, content_type="text/html"))
        self.tab.goto(f"{URL}/")
        runbook: Any = SimpleNamespace(portals={"entra": SimpleNamespace(pages="entra", url=URL)})
        self._session = Session(context, Catalogue.of(["entra"]), RunState("a-run", runbook, {}), lambda *_: None)
        self._session.adopt()
        self.page = ClientSecretsPage(self.tab, URL)

    def answer(self, ask: str, secret_id: str) -> bool:
        return self._session.answer(Probe(page="entra.client-secrets", ask=ask, args={"secret_id": secret_id}))


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
        ((secret("aaaaaaaa-1111-4111-…"), secret(BESIDE)), "a row in which it is cut or missing"),
        ((secret(BESIDE),), "1 of them in the list"),
    ],
    ids=["rows to be filled in", "an ID that is cut", "fewer rows than the tab counts"],
)
def test_a_list_that_cannot_show_a_secret_proves_no_absence(
    context: BrowserContext, rows: tuple[str, ...], seen: str
) -> None:
    at = Drawing(context, drawn(*rows))
    assert [at.answer("has_secret", HERE), at.answer("has_no_secret", HERE)] == [False, False]
    for ask in (at.page.secret_ids, at.page.find_old_secret, at.page.open_new_client_secret):
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
