"""A runbook of sub-flows, one inside another, in a real browser: its ids hold slashes wherever they go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence import verify
from keyturn.errors import Invalid
from keyturn.events import GateAnswered

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Rehearse, Rehearsed

FLOW = Path(__file__).parent.parent / "runbooks" / "flow"
MAIN = FLOW / "give-another-secret.yaml"
STEPS = [
    "reach/enter/open",
    "reach/enter/sign-in",
    "reach/open-registration",
    "reach/open-secrets",
    "secret/begin",
    "secret/describe",
    "secret/add",
    "see",
]


@pytest.fixture(scope="module")
def run(rehearse: Rehearse) -> Rehearsed:
    """One run for all: whoever answers at the gate of `reach/open-registration` did so beforehand."""
    return rehearse(runbook=MAIN, approved=("reach/open-registration",))


def test_the_steps_of_all_sub_flows_are_done_in_order_under_their_names(run: Rehearsed) -> None:
    assert run.error is None
    assert list(run.results) == STEPS
    assert set(run.results.values()) == {"done"}


def test_a_secret_captured_in_a_sub_flow_is_stored_and_its_id_comes_out_as_an_output(run: Rehearsed) -> None:
    known = {secret["secret_id"] for secret in run.old}
    (new,) = [secret for secret in run.secrets if secret["secret_id"] not in known]
    assert new["description"] == "by parts"
    (entry,) = run.store.entries()
    assert entry.metadata.secret_id == new["secret_id"]


def test_an_approval_names_a_step_of_a_sub_flow(run: Rehearsed, rehearse: Rehearse) -> None:
    answers = {event.step: event.by for event in run.events if isinstance(event, GateAnswered)}
    assert answers["reach/open-registration"] == "--approve reach/open-registration"
    assert answers["secret/add"] == "the rehearsal's operator"
    with pytest.raises(Invalid, match="names no step"):
        rehearse(runbook=MAIN, approved=("open-registration",))


def test_the_recording_holds_every_runbook_that_was_carried_out(run: Rehearsed) -> None:
    data = run.recording / "data"
    assert (data / "runbook.yaml").read_bytes() == MAIN.read_bytes()
    kept = {file.name: file.read_bytes() for file in (data / "included").iterdir()}
    included = ("add-secret.yaml", "enter-admin-center.yaml", "reach-registration.yaml")
    assert kept == {name: (FLOW / name).read_bytes() for name in included}
    facts = json.loads((data / "run.json").read_text(encoding="utf-8"))
    assert set(facts["included_sha256"]) == set(included)


def test_pictures_and_report_are_those_of_any_run(run: Rehearsed) -> None:
    data = run.recording / "data"
    pictures = {file.name for file in (data / "pictures").iterdir()}
    assert {"03-reach-open-registration-before.png", "07-secret-add-after.png", "08-see-after.png"} <= pictures
    lines = [json.loads(line) for line in (data / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    pictured = {line["path"] for line in lines if line["kind"] == "pictured"}
    assert pictured == {f"pictures/{name}" for name in pictures}
    report = (data / "report.html").read_text(encoding="utf-8")
    assert "is missing" not in report
    for number in range(1, len(STEPS) + 1):
        assert f'id="step-{number}"' in report
    assert verify.verify(run.recording).faults == []
