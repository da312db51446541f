"""A rehearsal as a test sees it: the whole runbook, a real browser, and everything it left behind."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager, nullcontext
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
from keyturn.gates import Beforehand
from keyturn.run.conduct import Around, Wish, conduct, prepare
from keyturn.settings import shipped_runbooks
from rehearsal import Operator
from secrets_store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext

    from keyturn.events import Event, Listener
    from keyturn.outcome import Summary
    from rehearsal import Replicas
    from tests.end_to_end.hands import Hands
    from tests.end_to_end.mishap import Mishap

ROTATION = shipped_runbooks() / DEFAULT


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
    sealed: str  # the value that the stock `age` program finds in the store; empty without either
    token: int  # HTTP status of the token endpoint for that value

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


def opened_with_age(home: Path, store: Store) -> str:
    """Return the only entry's value, as the stock `age` program opens it; empty when there is none, or no `age`."""
    entries = store.entries()
    if not entries or not shutil.which("age"):
        return ""
    command = ["age", "-d", "-i", str(home / "store-operator.key"), str(home / "store" / entries[0].file)]
    opened = subprocess.run(command, check=True, capture_output=True, text=True)
    return str(json.loads(opened.stdout)["value"])


def asked_for_token(replicas: Replicas, value: str) -> int:
    """Return the status with which the token endpoint answers a client that has `value`."""
    state = replicas.state()
    asked = {"grant_type": "client_credentials", "client_id": state["application_id"], "client_secret": value}
    url = f"{replicas.sign_in_url}/{state['directory_id']}/oauth2/v2.0/token"
    try:
        with urllib.request.urlopen(url, urllib.parse.urlencode(asked).encode(), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


class Rehearse(Protocol):
    def __call__(  # noqa: PLR0913  # keywords, each a switch of its own
        self,
        *faults: str,
        scenario: str = "expired",
        replication_delay: float = 0.0,
        runbook: Path = ...,
        approved: tuple[str, ...] = ...,
        person: Hands | None = ...,
        mode: str = ...,
        until: str = ...,
        read_pictures: bool = ...,
        watching: Callable[[Replicas], Listener] | None = ...,
        rendering: str = ...,
        mishap: Mishap | None = ...,
        **inputs: str,
    ) -> Rehearsed: ...


@pytest.fixture(scope="session")
def rehearse(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Rehearse:
    """Rehearse the rotation, or another runbook, headless, in the suite's browser, with a context of its own.

    Pictures are not read unless asked: that takes longer than the run. `watching` makes a listener that knows the
    replicas.
    """

    @contextmanager
    def opened(person: Hands | None, mishap: Mishap | None) -> Iterator[BrowserContext]:
        with ExitStack() as stack:
            stack.callback(expect.set_options, timeout=5_000)
            if mishap:
                yield stack.enter_context(mishap.opened(browser))
                return
            context = browser.new_context(locale="en-US", viewport=WINDOW)
            context.set_default_timeout(PATIENCE)
            if person:
                person.context = context
            yield context
            context.close()

    def run(  # noqa: PLR0913  # the same
        *faults: str,
        scenario: str = "expired",
        replication_delay: float = 0.0,
        runbook: Path = ROTATION,
        approved: tuple[str, ...] = (),
        person: Hands | None = None,
        mode: str = "auto",
        until: str = "",
        read_pictures: bool = False,
        watching: Callable[[Replicas], Listener] | None = None,
        rendering: str = "classic",
        mishap: Mishap | None = None,
        **inputs: str,
    ) -> Rehearsed:
        events: list[Event] = []
        home = tmp_path_factory.mktemp("rehearsal")
        key = Ed25519PrivateKey.generate()
        replicas = open_replicas(scenario, faults, replication_delay=replication_delay)
        replicas.world.rendering = rendering
        with mishap or nullcontext(), replicas, Operator(replicas):
            store, _ = Store.throw_away(home / "store", key)
            if mishap:
                mishap.prepare(home, replicas)
            before = replicas.state()
            watchers = (watching(replicas),) if watching else ()
            given = {**inputs_for(load(runbook), replicas), **inputs}
            prepared = prepare(Wish(runbook=runbook, given=given, approved=approved, mode=mode, last=until))
            around = Around(
                recordings=home / "recordings",
                store=store,
                signing_key=key,
                gatekeeper=Beforehand(approved, person or SecondHand(replicas.operator_url)),
                listeners=(
                    StepTold(replicas),
                    events.append,
                    *([person] if person else ()),
                    *([mishap] if mishap else ()),
                    *watchers,
                ),
                open_browser=lambda _: opened(person, mishap),
                read_pictures=read_pictures,
            )
            summary, error = conduct(prepared, around)
            state = replicas.state()
            sealed = opened_with_age(home, store)
            token = asked_for_token(replicas, sealed)
        return Rehearsed(summary, error, events, before, state, store, home, sealed, token)

    return run


@pytest.fixture(scope="session")
def expired(rehearse: Rehearse) -> Rehearsed:
    """Rehearse the default scenario once for all tests that only look at what it left."""
    return rehearse()


@pytest.fixture(scope="session")
def expiring(rehearse: Rehearse) -> Rehearsed:
    """Rehearse with an old secret that is still valid, once for all tests that only look."""
    return rehearse(scenario="expiring")
