"""An operator's desk whose browser and portals are on paper, with the face of the real one in `interrupting`.

Everything between the command line and the page objects is keyturn's own, in this process.
"""

from __future__ import annotations

import argparse
import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import expect

from evidence import EvidenceError, package
from keyturn.cli.replica import open_replicas
from keyturn.errors import KeyturnError
from keyturn.gates import About, Answer, Beforehand, Choice, Nobody
from keyturn.outcome import exit_of
from keyturn.run import alone, part, past, past_reading, resumable, rollback, stages
from keyturn.run.conduct import Around, Prepared, Wish, conduct, prepare
from keyturn.run.journal import Journal
from keyturn.run.resume import Again, resume
from pages import waiting
from rehearsal.ma_portal import make_app
from secrets_store import Store, StoreError, unlock
from tests.end_to_end.conftest import ROTATION
from tests.end_to_end.interrupting import KILLED, Ended
from tests.end_to_end.knowing import Knowing
from tests.end_to_end.paper import Browser, Clipboard, Death, Killed, Recorder
from tests.end_to_end.paper_pages import OnPaper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from keyturn.events import Event
    from keyturn.gates import Gatekeeper, Pump, Question
    from keyturn.outcome import Summary

_URLS: Final = {"entra": "https://entra.invalid", "ma_portal": "https://ma.invalid"}  # never resolve (RFC 2606)


@dataclass
class Impatient:
    """A person who passes over whatever fails, and calls well what was not seen to be."""

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Answer a failure; anything else was to be answered beforehand."""
        if question.about is not About.FAILURE:
            return Nobody().ask(question, pump)
        choice = Choice.OVERRIDE if Choice.OVERRIDE in question.offers else Choice.SKIP
        return Answer(choice, "an impatient person", "it will be all right")

    def wish(self) -> None:
        """Want nothing."""


@cache
def _prepared(application_id: str) -> Prepared:
    given = {"application_id": application_id, "entra_url": _URLS["entra"], "ma_portal_url": _URLS["ma_portal"]}
    real = prepare(Wish(runbook=ROTATION, given=given))
    return replace(real, catalogue=OnPaper.of(portal.pages for portal in real.runbook.portals.values()))


@dataclass
class PaperDesk:
    """Everything of one operator. `impatient`: who is asked about a failure, where nobody else would be.

    `person` is asked about everything, where somebody is there for that.
    Where everything is approved, somebody is there who knows which secrets are `colleagues`'.
    """

    home: Path
    scenario: str
    impatient: bool = False
    colleagues: set[str] = field(default_factory=set)
    person: Gatekeeper | None = None
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        self.world = open_replicas(self.scenario, ()).world
        make_app(self.world)
        self.browser = Browser(self.world)
        self.before = self.state()
        Store.throw_away(self.home / "store", self.key)

    def state(self) -> dict[str, Any]:
        """Return what the portals hold."""
        return self.world.snapshot()

    @property
    def store(self) -> Store:
        """The operator's store, as it is now."""
        return Store.open(self.home / "store", signing_key=None)

    @property
    def recordings(self) -> list[Path]:
        """All recordings, oldest first."""
        return package.recordings(self.home / "recordings")

    def run(self, *options: str, killed: str = "never") -> Ended:
        """Begin a run."""
        prepared, around, _ = self._called(options)
        return self._carried(lambda: conduct(prepared, around), killed)

    def resume(self, *options: str, killed: str = "never") -> Ended:
        """Go on with the last run."""
        return self._again(options, killed, resumable.check_resumable, resume)

    def rollback(self, *options: str, killed: str = "never") -> Ended:
        """Take the last run back."""
        return self._again(options, killed, resumable.check_undoable, rollback.roll_back)

    def beside_another(self) -> Ended:
        """Begin a run while another keyturn is at work on the registration."""
        with alone.holding([self.world.application_id]):
            return self.run()

    @property
    def has_pages(self) -> bool:
        """Whether a browser is open."""
        return bool(self.browser.pages)

    def kill_browser(self) -> None:
        """End the browser."""
        self.browser.end()

    def close_tab(self) -> None:
        """Close the tab that was opened last."""
        if self.browser.pages:
            self.browser.pages[-1].closed = True

    def _again(self, options: tuple[str, ...], killed: str, check: Callable[[past.Past], None], act: Any) -> Ended:
        def carry() -> tuple[Summary, BaseException | None]:
            so_far = past_reading.read(self.recordings[-1])
            resumable.check_whole(so_far, self.key)
            check(so_far)
            prepared, around, spared = self._called((*options, "--until", so_far.facts["asked"]["until"]))
            again = Again(past=so_far, identities=unlock.identities(around.store), spared=spared)
            found: tuple[Summary, BaseException | None] = act(prepared, around, again)
            return found

        return self._carried(carry, killed)

    def _called(self, options: tuple[str, ...]) -> tuple[Prepared, Around, tuple[str, ...]]:
        parser = argparse.ArgumentParser(exit_on_error=False)
        parser.add_argument("--until", default="")
        parser.add_argument("--approve", action="append", default=[])
        parser.add_argument("--spare", action="append", default=[])
        asked = parser.parse_args(options)
        prepared = _prepared(self.world.application_id)
        prepared = replace(prepared, wish=replace(prepared.wish, last=asked.until))
        person = Impatient() if self.impatient else Nobody()
        around = Around(
            recordings=self.home / "recordings",
            store=Store.open(self.home / "store", signing_key=self.key),
            signing_key=self.key,
            gatekeeper=self.person
            or Beforehand(asked.approve or ["all"], person if asked.approve else Knowing(self.colleagues, person)),
            listeners=(),
            read_pictures=False,
        )
        return prepared, around, tuple(asked.spare)

    def _carried(self, act: Callable[[], tuple[Summary, BaseException | None]], killed: str) -> Ended:
        self.browser.death = Death(killed)
        try:
            summary, error = act()
        except Killed:
            return Ended(KILLED, "", {})
        except (KeyturnError, EvidenceError, StoreError) as refused:
            return Ended(int(exit_of(refused)), _words(refused), {})
        return Ended(summary.exit, _words(error), summary.as_json())


def _words(error: BaseException | None) -> str:
    return f"{error}\n{getattr(error, 'hint', '')}" if error else ""


@contextmanager
def paper_desk(home: Path, scenario: str) -> Iterator[PaperDesk]:
    """Give a desk on paper."""
    at = PaperDesk(home, scenario)
    write = Journal.__call__

    def told(self: Journal, event: Event) -> None:
        words = f"{event.kind} {getattr(event, 'step', '')}"
        at.browser.death.at(f"before {words}")
        write(self, event)
        at.browser.death.at(f"after {words}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "__call__", told)
        patch.setattr(os, "fsync", lambda _: None)  # No power fails here, and a busy disk takes its time.
        patch.setattr(part, "kept_browser", at.browser.kept)
        patch.setattr(part, "BrowserClipboard", Clipboard)
        patch.setattr(part, "Recorder", Recorder)
        for module in (stages, waiting):
            patch.setattr(module, "time", at.browser.time())
        try:
            yield at
        finally:
            expect.set_options(timeout=5_000)
