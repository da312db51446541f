"""Whatever stands in a recording, its report is written, or refused in one sentence: nothing falls over it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence import NotARecording, junit, oscal, report
from evidence.chain import GENESIS, ChainedLog, canonical, digest
from evidence.error import EvidenceError
from evidence.png import read as read_png
from tests.evidence.conftest import record

if TYPE_CHECKING:
    from pathlib import Path

FILES: dict[str, Any] = {
    "run.json": {
        "run": "r-1",
        "kind": "run",
        "operator": "me",
        "runbook": "rotate",
        "asked": {"from": "a", "until": "b"},
        "versions": {"keyturn": "1"},
        "inputs": {"a": "b"},
        "clock": {"at_the_beginning": "x", "at_the_end": "y", "set_in_between_by_seconds": 1.5},
        "controls": ["ia-5"],
        "signed_in": {"entra": {"account": "ann@x"}},
        "profile": "mine",
    },
    "recorded.json": {
        "periods": [{"what": "dark", "from": "2026-11-24T02:00:00.000Z", "reason": "Sign in"}],
        "not_recorded": [{"part": "p", "why": "w"}],
        "videos": [{"path": "v", "from": "2026-11-24T02:00:00.000Z"}],
        "chapters": [],
    },
}
ONE_OF_EACH: list[tuple[str, dict[str, Any]]] = [
    ("resumed", {"operator": "ann", "found": ["f"], "changes": ["c"], "accepted_by": "bob", "rehearsal": False}),
    ("resumed", {"instructions": [[1, "Sign in", "there"], [4, "Wave", "here"]]}),
    ("resumed", {"steps": [["add-secret", "Add", [2]], ["bye", "Bye", [4]]]}),
    ("step-started", {"step": "bye", "number": 4, "title": "Bye", "covers": [4], "effect": "change", "note": "n"}),
    ("acting", {"step": "bye", "page": "p.q", "action": "wave", "args": {"hand": "left"}}),
    ("gate-asked", {"step": "bye", "gate": "confirm"}),
    ("gate-answered", {"step": "bye", "answer": "yes", "by": "bob", "reason": "r"}),
    ("pictured", {"step": "bye", "moment": "after", "path": "pictures/02-add-secret-after.png"}),
    ("concealment-proven", {"step": "bye", "frames": 3}),
    ("given-back", {"step": "bye", "found": ["bye"]}),
    ("changed", {"what": "portal: a hand was waved"}),
    ("failed", {"step": "bye", "title": "Bye", "expected": "a", "seen": "b", "changed": ["c"], "next": "d"}),
    ("step-ended", {"step": "bye", "result": "failed", "reason": "r", "outputs": {"a": "b"}, "seconds": 1.0}),
    ("rollback-began", {"can": [["a", "b"]], "cannot": [["bye", "why"]]}),
    ("undone", {"step": "bye", "say": "s"}),
    ("clipboard-left", {"state": "empty"}),
    ("leak-gate", {"findings": [], "values": 1, "pictures_read": True, "seconds": 2.0}),
    ("run-ended", {"status": "done", "exit": 0, "changed": ["x"], "seconds": 5.0}),
]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["\0", "\x1b", "../x", "a" * 300]
)
PLAIN = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats(allow_nan=False, allow_infinity=False)
JUNK = st.recursive(PLAIN | TEXT, lambda one: st.lists(one, max_size=3) | st.dictionaries(TEXT, one, max_size=3))
CHANGE = st.tuples(st.integers(0, 999), st.integers(0, 999), JUNK)


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A recording in which every entry and fact that a report reads stands, and the entries."""
    folder = record(tmp_path_factory.mktemp("any") / "20261124T020000Z-rotate")
    with ChainedLog(folder / "data" / "journal.jsonl") as log:
        for kind, fields in ONE_OF_EACH:
            log.append(kind, **fields)
    lines = (folder / "data" / "journal.jsonl").read_bytes().splitlines()
    return folder, [json.loads(line) for line in lines]


def _written(folder: Path, entries: list[dict[str, Any]], files: dict[str, Any]) -> None:
    """Write all of it and every form of its report, which is whole or refused."""
    data, head, lines = folder / "data", GENESIS, []
    for number, entry in enumerate(entries, 1):
        lines.append(canonical({**entry, "seq": number, "prev": head}))
        head = digest(lines[-1])
    (data / "journal.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    for name, held in files.items():
        (data / name).write_text(json.dumps(held), encoding="utf-8")
    for write in (report, junit, oscal):
        try:
            path = write.write(folder, folder.parent / "out")
        except NotARecording:
            continue
        text = path.read_text(encoding="utf-8")
        if write is junit:
            ET.fromstring(text)  # noqa: S314  # our own
        if write is oscal:
            json.loads(text)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(CHANGE, min_size=1, max_size=5), facts=st.lists(CHANGE, max_size=3))
def test_any_value_in_the_place_of_any_other_is_reported_or_refused(
    rich: tuple[Path, list[dict[str, Any]]],
    changes: list[tuple[int, int, object]],
    facts: list[tuple[int, int, object]],
) -> None:
    folder, entries = rich[0], deepcopy(rich[1])
    files = deepcopy(FILES)
    for which, field, value in changes:
        entry = entries[which % len(entries)]
        names = sorted(entry.keys() - {"kind", "at", "seq", "prev"})
        if names:
            entry[names[field % len(names)]] = value
    for which, field, value in facts:
        held = files[sorted(files)[which % len(files)]]
        held[sorted(held)[field % len(held)]] = value
    _written(folder, entries, files)


@pytest.mark.parametrize(
    "junk", [None, True, 7, 10**400, 1e300, "x", "\0", [], [[]], [None], [1], {}, {"a": None}, {"b": [1]}]
)
def test_each_value_may_be_of_another_shape(rich: tuple[Path, list[dict[str, Any]]], junk: object) -> None:
    folder, entries = rich
    shaped = [{"kind": one["kind"], "at": one["at"], "step": one.get("step", "")} for one in entries]
    fields = [dict.fromkeys(one.keys() - {"kind", "at", "step", "seq", "prev"}, junk) for one in entries]
    files = {name: dict.fromkeys(held, junk) for name, held in FILES.items()}
    _written(folder, [first | second for first, second in zip(shaped, fields, strict=True)], files)
    _written(folder, entries, dict.fromkeys(FILES, junk))


def test_half_a_character_in_the_facts_is_told(recording: Path) -> None:
    (recording / "data" / "run.json").write_text('{"kind": "run", "operator": "\\ud800"}')
    assert "run.json cannot be read" in report.write(recording).read_text()
    oscal.write(recording, recording / "oscal.json")


@pytest.mark.parametrize("length", [0, 3, 8, 9, 12, 14])
def test_a_picture_with_half_a_header_is_none(length: int) -> None:
    header = length.to_bytes(4, "big") + b"IHDR" + b"\x08" * length + bytes(4)
    with pytest.raises(EvidenceError, match="header"):
        read_png(b"\x89PNG\r\n\x1a\n" + header)
