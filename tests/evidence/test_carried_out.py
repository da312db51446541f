"""An instruction counts as carried out only when all of its steps were, and were seen to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evidence import report, story, story_reading
from evidence.chain import ChainedLog
from tests.evidence.conftest import text_of

if TYPE_CHECKING:
    from pathlib import Path

PLAN = [["wave", "Wave", [4]], ["leave", "Leave", [4]]]


def _acts(results: tuple[str, ...]) -> tuple[story.Act, ...]:
    """Make a step for each result; `not for this run` is a skip of the runbook's own."""
    ends = [("skipped", False) if result == "not for this run" else (result, True) for result in results]
    return tuple(story.Act(f"s{n}", n, "S", result=result, applies=due) for n, (result, due) in enumerate(ends))


@pytest.mark.parametrize(
    ("results", "word"),
    [
        (("not for this run", "done"), "done"),
        (("skipped", "done"), "in part"),
        (("done", "skipped"), "in part"),
        (("overridden", "skipped"), "in part"),
        (("done", "failed"), "failed"),
        (("skipped", "skipped"), "skipped"),
        (("not for this run", "not for this run"), "skipped"),
        (("done", ""), "unfinished"),
        (("done", "undone"), "undone"),
        (("done", "overridden"), "overridden"),
        (("already", "by-operator"), "by-operator"),
        ((), "not reached"),
    ],
)
def test_an_instruction_is_as_good_as_its_steps(results: tuple[str, ...], word: str) -> None:
    assert story.Instruction(1, "text", "", _acts(results)).result == word


@pytest.mark.parametrize(
    ("results", "word"),
    [
        (("done",), "in part"),
        (("overridden",), "in part"),
        (("not for this run",), "not reached"),
        (("failed",), "failed"),
    ],
)
def test_one_with_a_step_that_was_not_begun_is_not_carried_out(results: tuple[str, ...], word: str) -> None:
    missing = (story.Planned("s9", "S", (1,)),)
    assert story.Instruction(1, "text", "", _acts(results), missing).result == word


def test_what_a_person_counts_as_done_is_not_carried_out() -> None:
    assert "overridden" not in story.CARRIED_OUT


def _bye(recording: Path, planned: str, second: dict[str, object] | None) -> Path:
    """Let the last instruction, of two steps, have its first done; `planned`: the entry that tells of both."""
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        if planned:
            log.append(planned, steps=PLAN)
        log.append("step-started", step="wave", number=4, title="Wave", covers=[4], effect="read")
        log.append("step-ended", step="wave", result="done", reason="", outputs={}, seconds=1.0)
        if second:
            log.append("step-started", step="leave", number=5, title="Leave", covers=[4], effect="read")
            log.append("step-ended", step="leave", reason="tired", outputs={}, seconds=0.0, **second)
    return recording


@pytest.mark.parametrize(
    ("second", "word"),
    [
        (None, "in part"),
        ({"result": "done"}, "done"),
        ({"result": "skipped", "applies": True}, "in part"),
        ({"result": "skipped", "applies": False}, "done"),
        ({"result": "skipped"}, "in part"),  # A recording that does not say whose skip it was.
    ],
)
@pytest.mark.parametrize("planned", ["run-started", "resumed"])
def test_the_journal_tells_which_steps_an_instruction_has(
    recording: Path, planned: str, second: dict[str, object] | None, word: str
) -> None:
    told = story_reading.read(_bye(recording, planned, second) / "data")
    assert [one.result for one in told.instructions if one.number == 4] == [word]


def test_a_recording_without_a_plan_is_told_by_the_steps_that_were_begun(recording: Path) -> None:
    told = story_reading.read(_bye(recording, "", None) / "data")
    assert [one.result for one in told.instructions] == ["done", "done", "skipped", "done"]


@pytest.mark.parametrize(("said", "told"), [({"applies": True}, True), ({"applies": False}, False), ({}, False)])
def test_a_step_that_a_person_passed_over_is_listed_among_the_exceptions(
    recording: Path, said: dict[str, object], told: bool
) -> None:
    text = text_of(report.write(_bye(recording, "resumed", {"result": "skipped", **said})).read_text())
    assert ("done by hand or passed over Step Result Reason 5. Leave skipped tired" in text) is told


def test_the_report_tells_what_was_counted_as_done_or_done_in_part_apart(recording: Path) -> None:
    with ChainedLog(_bye(recording, "resumed", None) / "data" / "journal.jsonl") as log:
        log.append("step-started", step="delete", number=3, title="Delete", covers=[3], effect="delete")
        log.append("step-ended", step="delete", result="overridden", reason="I saw it", outputs={}, seconds=0.0)
    text = text_of(report.write(recording).read_text())
    assert "2 of 4 instructions carried out, 1 overridden, 1 in part" in text
    assert "Leave: not begun" in text
