"""A rehearsal as a test sees it: the whole runbook, a real browser, and everything it left behind."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import expect

from keyturn.browser import PATIENCE, WINDOW
from keyturn.cli.rehearse import DEFAULT
from keyturn.cli.replica import SecondHand, StepTold, inputs_for, open_replicas
from keyturn.document import load
from keyturn.run.conduct import Around, Prepared, Wish, conduct, prepare
from keyturn.settings import shipped_runbooks
from rehearsal import Operator
from secrets_store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from keyturn.events import Event
    from keyturn.outcome import Summary


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal came to, and what it left."""

    summary: Summary
    error: BaseException | None
    events: list[Event]
    before: dict[str, Any]  # the replicas' state when it began
    state: dict[str, Any]  # and when it ended
    store: Store
    home: Path  # everything that the run left is below

    @property
    def identity(self) -> Path:
        """A key file that opens the store with the stock `age` program."""
        return self.home / "store-operator.key"

    @property
    def recording(self) -> Path:
        return Path(self.summary.recording)

    @property
    def secrets(self) -> list[dict[str, str]]:
        """The secrets of the registration, as the directory holds them."""
        secrets: list[dict[str, str]] = self.state["registrations"][self.state["application_id"]]["secrets"]
        return secrets

    @property
    def old(self) -> list[dict[str, str]]:
        secrets: list[dict[str, str]] = self.before["registrations"][self.before["application_id"]]["secrets"]
        return secrets

    @property
    def results(self) -> dict[str, str]:
        return {step["id"]: step["result"] for step in self.summary.steps}


class Rehearse(Protocol):
    def __call__(
        self, *faults: str, scenario: str = "expired", replication_delay: float = 0.0, **inputs: str
    ) -> Rehearsed: ...


@pytest.fixture(scope="session")
def rehearse(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Rehearse:
    """Rehearse the rotation headless, in the suite's browser, with a context of its own.

    Pictures are not read here: that takes longer than the run, and `tests/evidence` proves it.
    """

    @contextmanager
    def context(_: Prepared) -> Iterator[BrowserContext]:
        context = browser.new_context(locale="en-US", viewport=WINDOW)
        context.set_default_timeout(PATIENCE)
        yield context
        context.close()
        expect.set_options(timeout=5_000)

    def run(*faults: str, scenario: str = "expired", replication_delay: float = 0.0, **inputs: str) -> Rehearsed:
        events: list[Event] = []
        home = tmp_path_factory.mktemp("rehearsal")
        key = Ed25519PrivateKey.generate()
        store, _ = Store.throw_away(home / "store", key)
        replicas = open_replicas(scenario, faults, replication_delay=replication_delay)
        with replicas, Operator(replicas):
            before = replicas.state()
            path = shipped_runbooks() / DEFAULT
            given = {**inputs_for(load(path), replicas), **inputs}
            prepared = prepare(Wish(runbook=path, given=given))
            around = Around(
                recordings=home / "recordings",
                store=store,
                signing_key=key,
                gatekeeper=SecondHand(replicas.operator_url),
                listeners=(StepTold(replicas), events.append),
                before_close=lambda _code: None,
                open_browser=context,
                read_pictures=False,
            )
            summary, error = conduct(prepared, around)
            state = replicas.state()
        return Rehearsed(summary, error, events, before, state, store, home)

    return run


@pytest.fixture(scope="session")
def expired(rehearse: Rehearse) -> Rehearsed:
    """Rehearse the default scenario once for all tests that only look at what it left."""
    return rehearse()


@pytest.fixture(scope="session")
def expiring(rehearse: Rehearse) -> Rehearsed:
    """Rehearse with an old secret that is still valid, once for all tests that only look."""
    return rehearse(scenario="expiring")
