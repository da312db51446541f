"""A rehearsal as a test sees it: the whole runbook, a real browser, and everything it left behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import expect

from evidence import Recorder
from keyturn.browser import PATIENCE, WINDOW
from keyturn.cli.rehearse import DEFAULT
from keyturn.cli.replica import SecondHand, StepTold, inputs_for, open_replicas
from keyturn.document import load
from keyturn.gates import Beforehand
from keyturn.run import part, past_reading
from keyturn.run.conduct import Around, Wish, conduct, prepare
from keyturn.run.resume import Again, resume
from keyturn.settings import shipped_runbooks
from rehearsal import Operator
from secrets_store import Store, unlock
from tests.processes import at_home

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
        return _secrets(self.state)

    @property
    def old(self) -> list[dict[str, str]]:
        return _secrets(self.before)

    @property
    def results(self) -> dict[str, str]:
        return {step["id"]: step["result"] for step in self.summary.steps}


def _secrets(state: dict[str, Any]) -> list[dict[str, str]]:
    """Return the secrets of the registration that the rehearsal is about; none where a fault keeps it away."""
    found: list[dict[str, str]] = state["registrations"].get(state["application_id"], {"secrets": []})["secrets"]
    return found


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


@pytest.fixture(scope="session")
def blind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a reader of pictures that finds no word on any: a page for each one, all of them empty."""
    folder = tmp_path_factory.mktemp("blind")
    reader = folder / "tesseract"
    reader.write_text("#!/bin/sh\nsed 's/.*/\f/' \"$1\"\n", encoding="utf-8")
    reader.chmod(0o755)
    return folder


@pytest.fixture(autouse=True)
def nothing_is_read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, blind: Path) -> None:
    """Let runs search their pictures with the blind reader: reading them takes longer than the run.

    What is marked `eyes` is about what can be read.
    """
    if "eyes" not in request.keywords and shutil.which("tesseract"):
        monkeypatch.setenv("PATH", str(blind), prepend=os.pathsep)


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
        filmed: bool = ...,
        watching: Callable[[Replicas], Listener] | None = ...,
        rendering: str = ...,
        mishap: Mishap | None = ...,
        then: Callable[[Rehearsed, Callable[[], Rehearsed]], None] | None = ...,
        **inputs: str,
    ) -> Rehearsed: ...


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """Give an environment whose home is empty."""
    return at_home(tmp_path)


@pytest.fixture(scope="session")
def rehearse(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Rehearse:
    """Rehearse the rotation, or another runbook, headless, in the suite's browser, with a context of its own.

    Pictures are not read unless asked: that takes longer than the run. Nor is anything `filmed`: that takes a third of
    it. `watching` makes a listener that knows the
    replicas. `then` looks at what the run left while the replicas are still there, and is given what puts right
    whatever went wrong, resumes the run and returns what that came to.
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
        filmed: bool = False,
        watching: Callable[[Replicas], Listener] | None = None,
        rendering: str = "classic",
        mishap: Mishap | None = None,
        then: Callable[[Rehearsed, Callable[[], Rehearsed]], None] | None = None,
        **inputs: str,
    ) -> Rehearsed:
        events: list[Event] = []
        home = tmp_path_factory.mktemp("rehearsal")
        key = Ed25519PrivateKey.generate()
        replicas = open_replicas(scenario, faults, replication_delay=replication_delay)
        replicas.world.rendering = rendering
        with replicas, Operator(replicas), pytest.MonkeyPatch.context() as patch, ExitStack() as until_it_ends:
            patch.setattr(part, "Recorder", partial(Recorder, video=filmed))
            store, _ = Store.throw_away(home / "store", key)
            if mishap:
                until_it_ends.enter_context(mishap)
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

            def ended(summary: Summary, error: BaseException | None) -> Rehearsed:
                replicas.at_step("")  # What strikes at a step is over.
                until_it_ends.close()
                state, store = replicas.state(), Store.open(home / "store", signing_key=key)
                sealed = opened_with_age(home, store)
                token = asked_for_token(replicas, sealed)
                return Rehearsed(summary, error, list(events), before, state, store, home, sealed, token)

            def resumed() -> Rehearsed:
                replicas.world.faults.chosen.clear()
                store = Store.open(home / "store", signing_key=key)
                again = Again(past=past_reading.read(first.recording), identities=unlock.identities(store))
                listeners = (StepTold(replicas), events.append)
                anew = replace(around, store=store, listeners=listeners, open_browser=lambda _: opened(None, None))
                return ended(*resume(prepared, anew, again))

            first = ended(*conduct(prepared, around))
            if then:
                then(first, resumed)
        return first

    return run


@pytest.fixture(scope="session")
def expired(rehearse: Rehearse) -> Rehearsed:
    """Rehearse the default scenario once for all tests that only look at what it left."""
    return rehearse(filmed=True)


@pytest.fixture(scope="session")
def expiring(rehearse: Rehearse) -> Rehearsed:
    """Rehearse with an old secret that is still valid, once for all tests that only look."""
    return rehearse(scenario="expiring")


@pytest.fixture(scope="session")
def stopped(rehearse: Rehearse) -> Rehearsed:
    """Rehearse beside somebody else's valid secret, in the right directory, and with a wrong account at the vendor."""
    return rehearse(
        scenario="both-expired-and-valid",
        account="Nora.Lindqvist@cedarridge.example",
        directory_domain="CEDARRIDGE.example",
        ma_account="somebody@cedarridge.example",
    )
