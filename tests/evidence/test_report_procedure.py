"""The report shows the instructions that the journal tells, of the procedure that the run went by last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import report, story_reading
from evidence.chain import ChainedLog
from tests.evidence.conftest import INSTRUCTIONS, text_of

if TYPE_CHECKING:
    from pathlib import Path


def _goes_on(recording: Path, instructions: list[list[object]]) -> str:
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("resumed", instructions=instructions)
    return text_of(report.write(recording).read_text())


def test_a_text_with_a_bar_in_it_stands_whole(recording: Path) -> None:
    _goes_on(recording, [*INSTRUCTIONS, [7, "Choose A | B", ""]])
    told = story_reading.read(recording / "data").instructions[-1]
    assert (told.number, told.text, told.where) == (7, "Choose A | B", "")


def test_where_the_procedure_was_changed_the_new_one_stands_there_and_that_it_is_new(recording: Path) -> None:
    text = _goes_on(recording, [*INSTRUCTIONS[:3], [4, "Say hello", "everywhere"], [5, "Go", "everywhere"]])
    assert "P04 Say hello" in text
    assert "good-bye" not in text
    assert "Part 2" in text
    assert "found: the procedure was changed, in P04, P05; the report shows it as it is now" in text


def test_where_it_is_the_same_nothing_is_said_of_it(recording: Path) -> None:
    text = _goes_on(recording, list(INSTRUCTIONS))
    assert "P04 Say good-bye" in text
    assert "the procedure was changed" not in text
