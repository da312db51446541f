"""Makes the pictures of the README from a real rehearsal: the run in a terminal, and the report of the run.

Usage: `.venv/bin/python tools/pictures.py`; writes `docs/pictures/run.png` and `docs/pictures/report.png`.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console

from keyturn import events, settings
from keyturn.browser import find_browser, open_browser
from keyturn.cli.rehearse import DEFAULT
from keyturn.cli.replica import SecondHand, StepTold, inputs_for, open_replicas
from keyturn.console import LiveScreen, Scene
from keyturn.document import load
from keyturn.run.conduct import Around, Wish, conduct, prepare
from rehearsal import Operator
from secrets_store import Store

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


if __name__ == "__main__":
    main()
