"""Makes the pictures of the README from a real rehearsal: the run in a terminal, in the page, and the report of it.

Usage: `.venv/bin/python tools/pictures.py`; writes `run.png`, `page.png` and `report.png` below `docs/pictures`.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console

from keyturn import events, settings
from keyturn.browser import find_browser, open_browser
from keyturn.cli.rehearse import DEFAULT
from keyturn.cli.replica import SecondHand, StepTold, inputs_for, open_replicas
from keyturn.console import LiveScreen, Scene
from keyturn.document import load
from keyturn.overlay import Overlay
from keyturn.run.conduct import Around, Wish, conduct, prepare
from pages.entra import RegistrationOverviewPage, SignInPage
from rehearsal import Operator
from secrets_store import Store

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from keyturn.model import Runbook
    from rehearsal import Replicas

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
SHOWN = "test-connection"  # the step at which the terminal is pictured
TERMINAL = {"width": 1240, "height": 920}  # CSS px
PAGE = {"width": 1100, "height": 1380}


class Camera:
    """A listener that pictures the live table when a step begins."""

    def __init__(self, live: LiveScreen, console: Console, to: Path) -> None:
        self._live, self._console, self._to = live, console, to

    def __call__(self, event: events.Event) -> None:
        """Take the event into the picture, and the picture when it is time."""
        self._live.scene(event)
        if isinstance(event, events.StepStarted) and event.step == SHOWN:
            self._console.print(self._live.get_renderable())
            self._console.save_svg(str(self._to), title="keyturn rehearse")


def main() -> None:
    """Rehearse once and picture it."""
    PICTURES.mkdir(exist_ok=True)
    book = settings.shipped_runbooks() / DEFAULT
    with tempfile.TemporaryDirectory(prefix="keyturn-") as folder, open_replicas("expired", []) as replicas:
        home = Path(folder)
        terminal = home / "run.svg"
        console = Console(record=True, width=100, height=36, file=io.StringIO(), force_terminal=True)
        key = Ed25519PrivateKey.generate()
        store, _ = Store.throw_away(home / "store", key)
        with Operator(replicas):
            summary, error = conduct(
                prepare(Wish(runbook=book, given=inputs_for(load(book), replicas))),
                Around(
                    recordings=home / "recordings",
                    store=store,
                    signing_key=key,
                    gatekeeper=SecondHand(replicas.operator_url),
                    listeners=(StepTold(replicas), Camera(LiveScreen(console, Scene(load(book))), console, terminal)),
                    read_pictures=False,
                ),
            )
        if error is not None:
            raise error
        with open_browser(find_browser("auto"), headed=False) as context:
            tab = context.new_page()
            for source, name, size in (
                (terminal, "run.png", TERMINAL),
                (Path(summary.recording) / "data" / "report.html", "report.png", PAGE),
            ):
                tab.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict will do
                tab.goto(source.as_uri())
                tab.screenshot(path=PICTURES / name)
            with Operator(replicas):
                picture_page(context, replicas, load(book), summary.run)


def picture_page(context: BrowserContext, replicas: Replicas, book: Runbook, run: str) -> None:
    """Picture what a person sees in the page just before the secret is added."""
    tab = context.new_page()
    SignInPage(tab, replicas.entra_url).open()
    SignInPage(tab, replicas.entra_url).wait_until_signed_in()
    overview = RegistrationOverviewPage(tab, replicas.entra_url)
    overview.open(replicas.inputs["application_id"])
    pane = overview.open_certificates_and_secrets().open_new_client_secret()
    pane.enter_description("Arctic Wolf Secret")
    pane.select_expires("730 days (24 months)")
    number, step = next((at, step) for at, step in enumerate(book.steps, 1) if step.copies)
    overlay = Overlay(context, run)
    overlay.show(tab, number, len(book.steps), step.title)
    overlay.point(tab, pane.target(step.do, {}))
    tab.wait_for_timeout(500)  # The browser paints its outline a moment later.
    tab.screenshot(path=PICTURES / "page.png")


if __name__ == "__main__":
    main()
