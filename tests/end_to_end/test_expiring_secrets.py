"""The read-only runbook: its findings are in the recording, and the portals are as they were."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evidence import verify
from keyturn.errors import Exit
from keyturn.settings import shipped_runbooks

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Rehearse, Rehearsed

RUNBOOK = shipped_runbooks() / "list-expiring-secrets.yaml"


@pytest.fixture(scope="module")
def run(rehearse: Rehearse) -> Rehearsed:
    return rehearse(runbook=RUNBOOK, within_days="14")


def test_what_expires_is_in_the_journal_and_in_the_report(run: Rehearsed) -> None:
    assert run.error is None
    data = run.recording / "data"
    lines = [json.loads(line) for line in (data / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    (outputs,) = [
        line["outputs"] for line in lines if line["kind"] == "step-ended" and line["step"] == "find-expiring-secrets"
    ]
    (old,) = run.old
    (ours,) = [line for line in outputs["expiring_secrets"].splitlines() if run.state["application_id"] in line]
    assert f"secret ID {old['secret_id']}" in ours
    assert (outputs["expired"], outputs["expiring"]) == ("2", "0")
    assert ours in (data / "report.html").read_text(encoding="utf-8")
    assert verify.verify(run.recording).faults == []


def test_nothing_is_pressed_made_changed_or_stored(run: Rehearsed) -> None:
    assert run.state | {"asked": {}} == run.before | {
        "asked": {}
    }  # What was asked for is counted, and changes nothing.
    assert run.state["presses"] == {}
    assert run.state["history"] == []
    assert run.store.entries() == []
    assert run.store.open_intents() == []
    assert (run.summary.changed, run.summary.secrets) == ([], [])


def test_another_directory_than_the_one_asked_for_is_not_looked_into(rehearse: Rehearse) -> None:
    run = rehearse(runbook=RUNBOOK, directory="Somebody Else")
    assert run.summary.exit == Exit.GUARD_REFUSED
    assert run.results["open-app-registrations"] == "failed"
