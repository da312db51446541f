"""JUnit and OSCAL: what machines read has no good result where the recording has none."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from trestle.common.err import TrestleError
from trestle.oscal.assessment_results import AssessmentResults

from evidence import NotARecording, junit, oscal, package
from evidence.chain import ChainedLog
from tests.evidence.conftest import forge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DONE = {"status": "done", "exit": 0, "changed": [], "seconds": 1.0}


def _log(recording: Path) -> ChainedLog:
    return ChainedLog(recording / "data" / "journal.jsonl")


def _ends(log: ChainedLog, step: str, number: int, result: str = "done", **more: object) -> None:
    log.append("step-started", step=step, number=number, title=step, covers=[number], effect="read")
    log.append("step-ended", step=step, result=result, **{"reason": "", "outputs": {}, "seconds": 1.0, **more})


@pytest.fixture
def whole(recording: Path) -> Path:
    """A recording in which every instruction was carried out, not sealed yet."""
    with _log(recording) as log:
        _ends(log, "delete", 3)
        _ends(log, "bye", 4)
        log.append("run-ended", **DONE)
    return recording


def _found(recording: Path) -> tuple[str, str]:
    """Return the state of the only finding, and why."""
    path = oscal.write(recording, recording.parent / "oscal.json", controls=["ia-5"])
    assert isinstance(AssessmentResults.oscal_read(path), AssessmentResults)
    (result,) = json.loads(path.read_text())["assessment-results"]["results"]
    (finding,) = result["findings"]
    return finding["target"]["status"]["state"], finding["description"]


def _suite(recording: Path) -> ET.Element:
    path = junit.write(recording, recording.parent / "junit.xml")
    suite = ET.parse(path).getroot().find("testsuite")  # noqa: S314  # our own
    assert suite is not None
    return suite


def _run_fails(recording: Path) -> str:
    """Return why the test case of the whole run fails; empty when it passes."""
    failure = _suite(recording).find("testcase[@name='the whole run']/failure")
    return "" if failure is None else str(failure.get("message"))


def _facts(recording: Path, **facts: object) -> None:
    path = recording / "data" / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


def test_a_sealed_run_that_carried_everything_out_is_satisfied(whole: Path, seal: Callable[[Path], Path]) -> None:
    assert _found(seal(whole)) == ("satisfied", "Every instruction was carried out, and the recording verifies.")
    assert _run_fails(whole) == ""


def test_one_that_is_not_sealed_is_not_satisfied(whole: Path) -> None:
    assert _found(whole) == ("not-satisfied", "Not shown to be so: the recording is not sealed.")
    assert _run_fails(whole) == ""


def test_a_rehearsal_is_never_satisfied_and_both_say_so(whole: Path, seal: Callable[[Path], Path]) -> None:
    _facts(whole, kind="rehearsal")
    state, why = _found(seal(whole))
    assert state == "not-satisfied"
    assert "it was a rehearsal" in why
    assert "was rehearsed, against replicas" in (whole.parent / "oscal.json").read_text()
    suite = _suite(whole)
    assert suite.get("name") == "rotate (rehearsal)"
    kind = suite.find("properties/property[@name='kind']")
    assert kind is not None
    assert kind.get("value") == "rehearsal"
    assert _run_fails(whole) == ""


def test_one_that_does_not_say_what_it_was_is_not_satisfied(whole: Path, seal: Callable[[Path], Path]) -> None:
    _facts(whole, kind="")
    state, why = _found(seal(whole))
    assert (state, "does not say whether it was a rehearsal" in why) == ("not-satisfied", True)


def test_one_that_was_tampered_with_is_a_failure(whole: Path, seal: Callable[[Path], Path]) -> None:
    journal = seal(whole) / package.JOURNAL
    journal.chmod(0o600)
    forge(journal, lambda entry: entry.pop("reason", None))
    state, why = _found(whole)
    assert state == "not-satisfied"
    assert "does not verify: data/journal.jsonl: it was changed" in why
    assert "does not verify: data/journal.jsonl: it was changed" in _run_fails(whole)


def test_a_journal_that_is_broken_is_a_failure_and_still_what_oscal_takes(whole: Path) -> None:
    journal = whole / "data" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b'"seconds":2.0', b'"seconds":9.0'))
    assert _found(whole)[0] == "not-satisfied"
    assert "line 11: does not continue" in _run_fails(whole)


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        ({"kind": "run-ended", **DONE, "status": "stopped"}, "the run ended as “stopped”"),
        ({"kind": "resumed"}, "the run ended as “interrupted”"),
        ({"kind": "leak-gate", "findings": ["a"], "values": 1, "seconds": 1.0}, "the leak search found something"),
    ],
)
def test_a_run_that_did_not_end_well_is_a_failure_however_its_steps_went(
    whole: Path, seal: Callable[[Path], Path], ending: dict[str, Any], why: str
) -> None:
    with _log(whole) as log:
        log.append(ending.pop("kind"), **ending)
    assert why in _found(seal(whole))[1]
    assert why in _run_fails(whole)


def test_where_no_instruction_is_told_nothing_is_satisfied(tmp_path: Path, seal: Callable[[Path], Path]) -> None:
    data = tmp_path / "20261124T020000Z-rotate" / "data"
    data.mkdir(parents=True)
    (data / "run.json").write_text('{"kind": "run"}')
    with ChainedLog(data / "journal.jsonl") as log:
        log.append("run-ended", **DONE)
    state, why = _found(seal(data.parent))
    assert (state, "does not tell the instructions" in why) == ("not-satisfied", True)


@pytest.mark.parametrize("result", ["overridden", "skipped"])
def test_an_instruction_that_was_not_seen_to_be_carried_out_is_named(
    whole: Path, seal: Callable[[Path], Path], result: str
) -> None:
    with _log(whole) as log:
        _ends(log, "bye", 4, result, reason="tired")
        log.append("run-ended", **DONE)
    assert f"P04: {result}" in _found(seal(whole))[1]
    skipped = _suite(whole).find("testcase[@name='bye']/skipped")
    assert skipped is not None
    assert str(skipped.get("message")).endswith("tired")


def test_a_journal_without_times_is_nothing_for_oscal(whole: Path) -> None:
    forge(whole / "data" / "journal.jsonl", lambda entry: entry.update(at="yesterday"))
    with pytest.raises(NotARecording, match="tells no time"):
        _found(whole)


def test_oscal_is_accepted_by_an_outside_judge_which_would_refuse_what_is_wrong(recording: Path) -> None:
    path = oscal.write(recording, recording / "oscal.json", controls=["ia-5", "A.5.17"])
    results = AssessmentResults.oscal_read(path)
    assert isinstance(results, AssessmentResults)
    (read,) = json.loads(results.oscal_serialize_json())["assessment-results"]["results"]
    assert [one["title"][:3] for one in read["observations"]] == ["P01", "P02", "P03", "P04"]
    assert [one["target"]["status"]["state"] for one in read["findings"]] == ["not-satisfied"] * 2
    path.write_text(path.read_text().replace('"not-satisfied"', '"perhaps"'))
    with pytest.raises(TrestleError, match="state"):
        AssessmentResults.oscal_read(path)


def test_junit_has_a_case_for_the_run_for_each_step_and_for_what_was_not_reached(recording: Path) -> None:
    suite = _suite(recording)
    assert [case.get("name") for case in suite.iter("testcase")] == [
        "the whole run", "sign-in", "add-secret", "delete", "P04",
    ]  # fmt: skip
    assert (suite.get("tests"), suite.get("skipped"), suite.get("failures")) == ("5", "2", "0")
    told = {case.get("name"): one.get("message") for case in suite.iter("testcase") for one in case.iter("skipped")}
    assert told == {"delete": "nothing has expired", "P04": "not reached: the run ended as “done”"}


@pytest.mark.parametrize(
    ("plan", "word"),
    [([["wave", "Wave", [4]]], "only the steps to delete were"), ([["add-secret", "Add", [2]]], "not reached")],
)
def test_what_was_not_reached_says_why(recording: Path, plan: list[list[object]], word: str) -> None:
    _facts(recording, asked={"from": "", "until": "delete"})
    with _log(recording) as log:
        log.append("resumed", steps=plan)
        log.append("run-ended", **DONE)
    skipped = _suite(recording).find("testcase[@name='P04']/skipped")
    assert skipped is not None
    assert word in str(skipped.get("message"))


def test_what_was_carried_out_in_part_says_what_is_missing(recording: Path) -> None:
    with _log(recording) as log:
        log.append("resumed", steps=[["add-secret", "Add", [2]], ["look", "Look at it", [2]]])
    skipped = _suite(recording).find("testcase[@name='P02']/skipped")
    assert skipped is not None
    assert skipped.get("message") == "in part: Look at it was not begun"


def test_a_step_that_failed_or_did_not_end_is_a_failure(recording: Path) -> None:
    with _log(recording) as log:
        log.append("step-started", step="bye", number=4, title="Bye", covers=[4], effect="read")
    failure = _suite(recording).find("testcase[@name='bye']/failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("unfinished", "it did not end")
    with _log(recording) as log:
        log.append("failed", step="bye", expected="a wave", seen="nothing")
        log.append("step-ended", step="bye", result="failed", reason="", outputs={}, seconds=1.0)
    failure = _suite(recording).find("testcase[@name='bye']/failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("failed", "expected a wave; saw nothing")


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x0b", "\ufffe"])
def test_what_xml_does_not_take_is_marked_and_the_rest_still_read(recording: Path, character: str) -> None:
    with _log(recording) as log:
        _ends(log, f"by{character}e", 4, "skipped", reason=f"ti{character}red")
        log.append("failed", step="delete", expected=f"a{character}b", seen="c")
        _ends(log, "delete", 3, "failed")
        log.append("run-ended", **{**DONE, "status": f"st{character}opped"})
    _facts(recording, runbook=f"ro{character}tate")
    told = ET.tostring(_suite(recording), encoding="unicode")
    for words in ("by\ufffde", "ti\ufffdred", "ended as “st\ufffdopped”", "ro\ufffdtate"):
        assert words in told


def test_a_step_that_was_begun_again_is_one_case_as_its_last_time(recording: Path) -> None:
    with _log(recording) as log:
        _ends(log, "bye", 4, "failed")
        log.append("resumed")
        _ends(log, "bye", 4)
        log.append("run-ended", **DONE)
    suite = _suite(recording)
    assert (suite.get("tests"), suite.get("failures")) == ("5", "0")
