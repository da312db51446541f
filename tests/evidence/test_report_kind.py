"""A report says of which kind its recording is, however the recording was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evidence import report
from evidence.chain import ChainedLog
from tests.evidence.conftest import forge, text_of

if TYPE_CHECKING:
    from pathlib import Path

RUN, REHEARSAL, UNKNOWN = "Record of a procedure carried out", "Record of a rehearsal", "Record of a run or a rehearsal"
SAID = {REHEARSAL: "Nothing in a real portal was touched", UNKNOWN: "the recording does not say"}


def _kind(recording: Path) -> str:
    """Return the heading that the report bears, after looking that its note says the same."""
    text = text_of(report.write(recording).read_text())
    (kind,) = [kind for kind in (RUN, REHEARSAL, UNKNOWN) if kind in text]
    assert [note for note, words in SAID.items() if words in text] == ([kind] if kind in SAID else [])
    return kind


@pytest.mark.parametrize(
    ("facts", "journal", "kind"),
    [
        ('{"kind": "run"}', None, RUN),
        ('{"kind": "run"}', False, RUN),
        ('{"kind": "rehearsal"}', None, REHEARSAL),
        ('{"kind": "run"}', True, REHEARSAL),
        ('{"kind": "rehea', True, REHEARSAL),
        ('{"kind": "rehea', False, RUN),
        ('{"kind": "rehea', None, UNKNOWN),
        ("{}", None, UNKNOWN),
        ('{"kind": []}', "yes", UNKNOWN),
    ],
)
def test_it_says_whether_it_was_a_rehearsal_or_that_nobody_can_say(
    recording: Path, facts: str, journal: object, kind: str
) -> None:
    (recording / "data" / "run.json").write_text(facts)
    if journal is not None:
        forge(
            recording / "data" / "journal.jsonl",
            lambda entry: entry.update(rehearsal=journal) if entry["kind"] == "run-started" else None,
        )
    assert _kind(recording) == kind


@pytest.mark.parametrize(("file", "torn"), [("run.json", '{"kind": "ru'), ("run.json", "[]"), ("recorded.json", "{")])
def test_facts_that_cannot_be_read_are_told(recording: Path, file: str, torn: str) -> None:
    (recording / "data" / file).write_text(torn)
    assert f"{file} cannot be read" in text_of(report.write(recording).read_text())


def test_facts_that_are_not_there_are_told(recording: Path) -> None:
    (recording / "data" / "run.json").unlink()
    (recording / "data" / "recorded.json").unlink()  # A run whose browser never came has none.
    text = text_of(report.write(recording).read_text())
    assert "run.json is missing" in text
    assert "recorded.json" not in text


def test_a_part_that_goes_on_says_it_too(recording: Path) -> None:
    (recording / "data" / "run.json").unlink()
    with ChainedLog(recording / "data" / "journal.jsonl") as log:
        log.append("resumed", rehearsal=True)
    assert _kind(recording) == REHEARSAL
