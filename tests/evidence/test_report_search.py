"""What the report says of the leak search: what was searched, what was found, and what nobody has searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evidence import report
from evidence.chain import ChainedLog
from tests.evidence.conftest import text_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        (
            {"findings": [], "values": 1, "pictures_read": True, "seconds": 61.0},
            "the secret’s value afterwards (its pic",
        ),
        (
            {"findings": [], "values": 1, "pictures_read": False, "seconds": 2.0},
            "its pictures and videos not read; 2.0 s",
        ),
        (
            {"findings": [], "values": 0, "pictures_read": False, "seconds": 2.0},
            "for anything of a client secret’s shape",
        ),
        ({"findings": ["a", "b"], "values": 1}, "The secret’s value was found in 2 places"),
    ],
)
def test_it_tells_how_the_recording_was_searched(recording: Path, gate: dict[str, object], words: str) -> None:
    assert "has not been searched for the secret’s value yet" in text_of(report.write(recording).read_text())
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("leak-gate", **gate)
    text = text_of(report.write(recording).read_text())
    assert words in text
    assert "not been searched" not in text


def test_a_part_that_nobody_searched_is_not_called_searched(recording: Path) -> None:
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("leak-gate", findings=[], values=1, pictures_read=True, seconds=2.0)
        log.append("resumed")
    text = text_of(report.write(recording).read_text())
    assert "found nowhere" not in text
    assert "has not been searched for the secret’s value yet" in text


def test_what_was_found_before_the_run_went_on_is_still_told(recording: Path) -> None:
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("leak-gate", findings=["a"], values=1, pictures_read=True, seconds=2.0)
        log.append("resumed")
    assert "The secret’s value was found in 1 place" in text_of(report.write(recording).read_text())
