"""Makes the pictures of the README from a real rehearsal: the run in a terminal, in the page, and the report of it.

Usage: `.venv/bin/python tools/pictures.py`; writes `run.png`, `question.png`, `page.png` and `report.png` below
`docs/pictures`.
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
from keyturn.console.dialogue import Dialogue
from keyturn.document import load
from keyturn.gates import Mode
from keyturn.overlay import Overlay
from keyturn.run.conduct import Around, Wish, conduct, prepare
from pages import REGISTRY
from pages.entra import RegistrationOverviewPage, SignInPage
from rehearsal import Operator
from secrets_store import Store

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from keyturn.gates import Answer, Gatekeeper, Pump, Question
    from keyturn.model import Runbook
    from rehearsal import Replicas

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WAITING = "test-connection"  # the step at which the terminal is pictured while keyturn works
ASKING = "delete-expired-secret"  # and while it asks
COLUMNS, LINES = 100, 38  # of the terminal
PAGE = {"width": 1100, "height": 1285}  # up to whoever was asked


class Camera:
    """A listener and gatekeeper: the run goes on as the rehearsal's operator wants, and the terminal is pictured."""

    def __init__(self, book: Runbook, answers: Gatekeeper, to: Path) -> None:
        places = {step.id: page_title(book, step.page) for step in book.steps}
        self._scene = Scene(book, places, Mode.GUIDED)
        self._answers = answers
        self._to = to

    def __call__(self, event: events.Event) -> None:
        """Take the event into the scene, and the picture when it is time."""
        self._scene(event)
        if isinstance(event, events.Retrying) and event.step == WAITING:
            self.picture("run")

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Picture the question, and ask the rehearsal's operator."""
        self._scene.dialogue = Dialogue(question, "the operator")
        if question.step == ASKING:
            self.picture("question")
        self._scene.dialogue = None
        return self._answers.ask(question, pump)

    def wish(self) -> Answer | None:
        """Return None: the operator wants nothing unasked."""
        return None

    def picture(self, name: str) -> None:
        """Draw the screen as it looks at this moment."""
        console = Console(record=True, width=COLUMNS, height=LINES, file=io.StringIO(), force_terminal=True)
        console.print(LiveScreen(console, self._scene).get_renderable())
        console.save_svg(str(self._to / f"{name}.svg"), title="keyturn rehearse --mode guided")


def page_title(book: Runbook, where: str) -> str:
    """Return the title of a step's page."""
    portal, _, name = where.partition(".")
    return REGISTRY[book.portals[portal].pages][name].title


def main() -> None:
    """Rehearse once and picture it."""
    PICTURES.mkdir(exist_ok=True)
    book = settings.shipped_runbooks() / DEFAULT
    with (
        tempfile.TemporaryDirectory(prefix="keyturn-") as folder,
        open_replicas("expired", ["ma-first-test-fails"]) as replicas,
    ):
        home = Path(folder)
        camera = Camera(load(book), SecondHand(replicas.operator_url), home)
        key = Ed25519PrivateKey.generate()
        store, _ = Store.throw_away(home / "store", key)
        with Operator(replicas):
            summary, error = conduct(
                prepare(Wish(runbook=book, given=inputs_for(load(book), replicas), mode=Mode.GUIDED)),
                Around(
                    recordings=home / "recordings",
                    store=store,
                    signing_key=key,
                    gatekeeper=camera,
                    listeners=(StepTold(replicas), camera),
                    kind="rehearsal",
                    read_pictures=False,
                ),
            )
        if error is not None:
            raise error
        with open_browser(find_browser("auto"), headed=False) as context:
            tab = context.new_page()
            for name in ("run", "question"):
                tab.goto((home / f"{name}.svg").as_uri())
                width, height = tab.evaluate(
                    "(({width, height}) => [width, height])(document.documentElement.viewBox.baseVal)"
                )
                tab.set_viewport_size({"width": round(width), "height": round(height)})
                tab.screenshot(path=PICTURES / f"{name}.png")
            tab.set_viewport_size(PAGE)  # type: ignore[arg-type]  # a plain dict will do
            tab.goto((Path(summary.recording) / "data" / "report.html").as_uri())
            tab.screenshot(path=PICTURES / "report.png")
            with open_replicas("expired", []) as before, Operator(before):  # The other ones hold the new secret by now.
                picture_page(context, before, load(book), summary.run)


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
