"""Certificates & secrets drawn without its replica, so that a list may show what no replica shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from keyturn.catalogue import Catalogue
from keyturn.model import Probe
from keyturn.run.session import Session
from keyturn.run.state import RunState
from pages.entra import ClientSecretsPage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import BrowserContext

URL = "https://entra.invalid"  # never resolves (RFC 2606)
APPLICATION = "cccccccc-3333-4333-8333-333333333333"
ANOTHER = "dddddddd-4444-4444-8444-444444444444"
VIEW = "#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId"
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


def drawn(*rows: str, count: str = " (2)", beside: str = "", headings: Iterable[str] = HEADINGS) -> str:
    """Return the page with these rows, what the tab counts, and what stands beside the list."""
    header = "".join(f'<div role="columnheader">{name}</div>' for name in headings)
    return f"""<html lang="en-US"><body><section class="fxs-blade">
      <h2 class="fxs-blade-title-titleText">App | Certificates &amp; secrets</h2>
      <div role="tablist"><div role="tab">Certificates (0)</div><div role="tab" id="tab">Client secrets{count}</div></div>
      <div role="button">New client secret</div>
      <div role="grid"><div role="row">{header}</div>{"".join(rows)}</div>{beside}</section></body></html>"""


class Drawing:
    """A page whose answers are asked as the engine asks them."""

    def __init__(self, context: BrowserContext, html: str, view: str = f"{VIEW}/{APPLICATION}") -> None:
        self.tab = context.new_page()
        self.tab.route(f"{URL}/", lambda route: route.fulfill(body=html, content_type="text/html"))
        self.tab.goto(f"{URL}/{view}")
        runbook: Any = SimpleNamespace(portals={"entra": SimpleNamespace(pages="entra", url=URL)})
        self._session = Session(context, Catalogue.of(["entra"]), RunState("a-run", runbook, {}), lambda *_: None)
        self._session.adopt()
        self.page = ClientSecretsPage(self.tab, URL)

    def answer(self, ask: str, secret_id: str = "", **args: str) -> bool:
        args = args or {"secret_id": secret_id}
        return self._session.answer(Probe(page="entra.client-secrets", ask=ask, args=args))
