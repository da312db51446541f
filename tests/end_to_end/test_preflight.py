"""Preflight: every page is visited, what is not where it should be is told, and nothing at all is changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from keyturn import profile
from keyturn.browser import WINDOW
from keyturn.cli.replica import inputs_for, open_replicas
from keyturn.document import load
from keyturn.errors import NobodyThere, StepFailed
from keyturn.events import SignInScreen
from keyturn.gates import ALL, Beforehand, Nobody
from keyturn.run.conduct import Wish, prepare
from keyturn.run.preflight import Look, Preflight
from keyturn.settings import shipped_runbooks
from rehearsal import Operator
from tests.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

    from keyturn.events import Event
    from keyturn.run.preflight import Looked

ROTATION = shipped_runbooks() / "update-entra-client-secret.yaml"
PATIENCE = 20.0  # seconds, for what is there; many tests share the machine
IMPATIENCE = 6.0  # seconds, for what is not there

Visit = dict[str, "Looked"]


@contextmanager
def context_of(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-US", viewport=WINDOW)
    yield context
    context.close()
    expect.set_options(timeout=5_000)


@pytest.fixture
def visit(browser: Browser) -> Callable[..., Visit]:
    """Visit the pages that a runbook needs, and prove that nothing there was changed by it."""

    def of(
        *faults: str,
        scenario: str = "expired",
        runbook: str = ROTATION.name,
        until: str = "",
        patience: float = PATIENCE,
        **inputs: str,
    ) -> Visit:
        path = shipped_runbooks() / runbook
        events: list[Event] = []
        with open_replicas(scenario, faults) as replicas, Operator(replicas), context_of(browser) as context:
            before = replicas.state()
            prepared = prepare(Wish(runbook=path, given={**inputs_for(load(path), replicas), **inputs}))
            flight = Preflight(prepared, context, Beforehand([ALL], Nobody()), events.append, patience)
            found = {}
            for one in flight.visit():
                found[one.step.id] = one
                if one.step.id == until:
                    break
            after = replicas.state()
        assert after["presses"] == {}
        assert after["history"] == []
        for portal in ("registrations", "ma_portal", "sophos"):
            for told in (before, after):
                told[portal].pop("signed_in", None)
            assert after[portal] == before[portal]
        assert until or list(found) == [step.id for step in prepared.runbook.steps]
        return found

    return of


def missing(found: Visit) -> list[str]:
    return [step for step, one in found.items() if one.look is Look.NOT_THERE]


@pytest.mark.parametrize("scenario", ["expiring", pytest.param("no-banner", marks=pytest.mark.soak)])
def test_where_all_is_well_everything_is_seen_that_can_be(visit: Callable[..., Visit], scenario: str) -> None:
    found = visit(scenario=scenario)
    assert missing(found) == []
    there = {step for step, one in found.items() if one.look is Look.THERE}
    assert {"sign-in", "find-old-secret", "choose-expiry", "add-secret", "sign-in-to-ma-portal"} <= there
    assert {"reset-integration", "select-group", "synchronise"} <= there
    assert found["add-secret"].found == "its page, and what it presses; not pressed"
    assert "account nora.lindqvist@cedarridge.example" in found["sign-in"].found
    assert found["choose-integration-type"].look is Look.LATER
    assert found["choose-integration-type"].found == "only visible after reset-integration"
    assert found["enter-expiration-date"].found == "it needs the expires on that add-secret gives"
    assert found["paste-secret-value"].found == "it needs the value of the new secret"
    assert (found["delete-expired-secret"].look is Look.NOT_NEEDED) is (scenario == "expiring")
    if scenario != "expiring":
        assert found["delete-expired-secret"].look is Look.THERE
    assert (found["create-a-new-one"].look is Look.NOT_NEEDED) is (scenario == "no-banner")


@pytest.mark.parametrize(
    ("faults", "step", "words"),
    [
        pytest.param(["read-only-role"], "new-client-secret", "greyed out", marks=pytest.mark.soak),
        (["app-not-found"], "open-registration", "none in this directory"),
        (["long-lifetimes-removed"], "choose-expiry", "a list that offers"),
        pytest.param(["several-expired"], "find-old-secret", "ends", marks=pytest.mark.soak),
        (["conditional-access-block"], "sign-in", "AADSTS53003"),
    ],
    ids=lambda one: one[0] if isinstance(one, list) else "",
)
def test_what_is_not_where_it_should_be_is_told_before_anything_is_made(
    visit: Callable[..., Visit], faults: list[str], step: str, words: str
) -> None:
    found = visit(*faults, until=step)
    assert missing(found) == [step]
    assert words in found[step].found
    assert found[step].to_do or step == "find-old-secret"


@pytest.mark.soak
def test_a_blade_that_stays_blank_is_told_and_the_other_portal_is_visited_all_the_same(
    visit: Callable[..., Visit],
) -> None:
    found = visit("blank-blade", patience=IMPATIENCE)
    assert missing(found) == ["open-app-registrations"]
    assert "expected the page “App registrations”" in found["open-app-registrations"].found
    assert found["open-registration"].found == "only visible after open-app-registrations"
    assert found["add-secret"].look is Look.LATER
    assert found["open-user-management"].look is Look.THERE
    assert found["reset-integration"].look is Look.THERE


@pytest.mark.parametrize(
    ("inputs", "step"),
    [
        ({"account": "somebody@cedarridge.example"}, "open-app-registrations"),
        pytest.param(
            {"directory_domain": "elsewhere.example", "route": "link"},
            "open-registration-by-link",
            marks=pytest.mark.soak,
        ),
        ({"directory_id": "00000000-0000-4000-8000-000000000000"}, "new-client-secret"),
    ],
    ids=["account", "directory, by link", "directory"],
)
def test_a_guard_that_would_refuse_is_told(visit: Callable[..., Visit], inputs: dict[str, str], step: str) -> None:
    found = visit(until=step, **inputs)
    assert missing(found) == [step]
    assert found[step].found.startswith("the run would be refused here: ")


@pytest.mark.soak
def test_the_other_runbooks_are_visited_too(visit: Callable[..., Visit]) -> None:
    sophos = visit(runbook="rotate-sophos-directory-secret.yaml")
    assert missing(sophos) == []
    assert sophos["add-secret"].look is Look.THERE
    assert sophos["edit-settings"].look is Look.THERE
    listing = visit(runbook="list-expiring-secrets.yaml")
    assert {one.look for one in listing.values()} == {Look.THERE}


def test_a_sign_in_that_nobody_can_do_ends_the_visit(browser: Browser) -> None:
    with open_replicas("expired", []) as replicas, context_of(browser) as context:
        prepared = prepare(Wish(runbook=ROTATION, given=inputs_for(load(ROTATION), replicas)))
        with pytest.raises(NobodyThere):
            list(Preflight(prepared, context, Nobody(), lambda _: None).visit())
        assert replicas.state()["presses"] == {}


def test_a_browser_that_goes_away_ends_the_visit(browser: Browser) -> None:
    with open_replicas("expired", []) as replicas, context_of(browser) as context:
        prepared = prepare(Wish(runbook=ROTATION, given=inputs_for(load(ROTATION), replicas)))
        flight = Preflight(prepared, context, Beforehand([ALL], Nobody()), lambda _: None).visit()
        next(flight)
        context.close()
        with pytest.raises(StepFailed, match="no longer answers"):
            list(flight)


def test_the_sign_in_screens_are_told_while_a_person_signs_in(browser: Browser) -> None:
    from keyturn.gates import Answer, Choice  # noqa: PLC0415  # only here

    class Person:
        """Waits for the page, as the terminal does."""

        def ask(self, _question: object, pump: Callable[[], bool]) -> Answer:
            while not pump():
                pass
            return Answer(Choice.SEEN, by="the page")

        def wish(self) -> None:
            return None

    events: list[Any] = []
    with open_replicas("expired", []) as replicas, Operator(replicas, pace=0.6), context_of(browser) as context:
        prepared = prepare(Wish(runbook=ROTATION, given=inputs_for(load(ROTATION), replicas)))
        flight = Preflight(prepared, context, Person(), events.append, PATIENCE).visit()
        looked = [next(flight).look for _ in range(2)]
    assert looked == [Look.THERE, Look.THERE]
    assert any("the number to match is" in one.screen for one in events if isinstance(one, SignInScreen))


def test_the_command_tells_it_in_lines_and_in_json() -> None:
    with open_replicas("expired", ["read-only-role"]) as replicas, Operator(replicas):
        given = inputs_for(load(ROTATION), replicas)
        sets = [part for name, value in given.items() for part in ("--set", f"{name}={value}")]
        options = ["--headless", "--approve", "all", "--json"]
        command = [sys.executable, "-m", "keyturn", "preflight", str(ROTATION), *options, *sets]
        told = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
        assert replicas.state()["presses"] == {}
    found = json.loads(told.stdout.splitlines()[-1])
    assert told.returncode == 1
    assert found["ready"] is False
    assert [one["id"] for one in found["steps"] if one["look"] == "not there"] == ["new-client-secret"]
    assert "✗  10 Click New client secret" in told.stderr
    assert "this account may only read here" in told.stderr
    assert told.stderr.rstrip().endswith("not ready: new-client-secret")


@pytest.mark.parametrize(
    ("faults", "profiled", "code"),
    [pytest.param(["app-not-found"], False, 1, marks=pytest.mark.soak), ([], True, 0)],
)
def test_the_browser_stays_open_to_look_at_what_is_missing_and_for_a_profile_to_be_written(
    tmp_path: Path, faults: list[str], profiled: bool, code: int
) -> None:
    folder = tmp_path / "profile"
    with open_replicas("expired", faults) as replicas, Operator(replicas):
        given = inputs_for(load(ROTATION), replicas)
        sets = [part for name, value in given.items() for part in ("--set", f"{name}={value}")]
        options = ["--headless", "--approve", "all", "--keep-open", *(["--profile", str(folder)] if profiled else [])]
        command = [sys.executable, "-m", "keyturn", "preflight", str(ROTATION), *options, *sets]
        with Terminal(command, {**os.environ}, patience=240.0) as terminal:
            terminal.see("The browser stays open for you to look at. Close it?")
            assert (folder.exists() and profile.is_in_use(folder)) is profiled
            time.sleep(0.5)  # as long as a finger takes
            terminal.press("y\r")
            assert terminal.end() == code, terminal.told
    assert not (profiled and profile.is_in_use(folder))
