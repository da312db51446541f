from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

import pytest

from evidence.chain import GENESIS, ChainedLog, canonical, read_chain
from evidence.error import ChainBroken, EvidenceError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal.jsonl"
    with ChainedLog(path) as log:
        for number in range(4):
            log.append("step-started", step=f"s{number}", title="“Größe”")
    return path


def test_each_line_holds_the_digest_of_the_bytes_of_the_line_before(journal: Path) -> None:
    head = GENESIS
    for number, line in enumerate(journal.read_bytes().splitlines(), start=1):
        entry = json.loads(line)
        assert (entry["prev"], entry["seq"], entry["kind"]) == (head, number, "step-started")
        head = hashlib.sha256(line).hexdigest()
    assert read_chain(journal).head == head


def test_an_entry_is_on_disk_before_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[bytes] = []
    path = tmp_path / "journal.jsonl"
    log = ChainedLog(path)
    monkeypatch.setattr(os, "fsync", lambda _descriptor: flushed.append(path.read_bytes()))
    log.append("acting", step="add-secret")
    assert b"add-secret" in flushed[-1]
    log.close()


def test_a_reopened_log_goes_on_with_its_chain(journal: Path) -> None:
    with ChainedLog(journal) as log:
        log.append("run-ended")
    assert [entry["seq"] for entry in read_chain(journal).entries] == [1, 2, 3, 4, 5]


def test_a_torn_last_line_is_told_and_mended_in_the_open(journal: Path) -> None:
    with journal.open("ab") as file:
        file.write(b'{"kind":"act')
    assert read_chain(journal).torn == b'{"kind":"act'
    with ChainedLog(journal) as log:
        log.append("run-ended")
    chain = read_chain(journal)
    assert [entry["kind"] for entry in chain.entries[-2:]] == ["mended", "run-ended"]
    assert chain.entries[-2]["torn_bytes"] == 12


def _without(lines: list[bytes]) -> list[bytes]:
    return [*lines[:1], *lines[2:]]


def _swapped(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2], lines[1], lines[3]]


def _changed(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[1].replace(b'"s1"', b'"s9"'), *lines[2:]]


def _renumbered(lines: list[bytes]) -> list[bytes]:
    return [
        *lines[:1],
        *(line.replace(b'"seq":%d' % (n + 3), b'"seq":%d' % (n + 2)) for n, line in enumerate(lines[2:])),
    ]


def _spaced(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[1].replace(b'":', b'": '), *lines[2:]]


def _not_json(lines: list[bytes]) -> list[bytes]:
    return [lines[0], b"[]", *lines[2:]]


@pytest.mark.parametrize(
    ("harm", "line"),
    [(_without, 2), (_swapped, 2), (_changed, 3), (_renumbered, 2), (_spaced, 2), (_not_json, 2)],
)
def test_the_first_wrong_line_is_named(journal: Path, harm: object, line: int) -> None:
    assert callable(harm)
    lines = harm(journal.read_bytes().splitlines())
    journal.write_bytes(b"\n".join(lines) + b"\n")
    with pytest.raises(ChainBroken, match=f"line {line}:") as caught:
        read_chain(journal)
    assert caught.value.line == line


def test_a_broken_log_is_not_appended_to(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes().replace(b'"s0"', b'"s7"'))
    before = journal.read_bytes()
    with pytest.raises(ChainBroken):
        ChainedLog(journal)
    assert journal.read_bytes() == before


def test_a_full_disk_is_told_in_our_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = ChainedLog(tmp_path / "journal.jsonl")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EvidenceError, match="the journal cannot be written: no space left on device"):
        log.append("acting")
    log.close()


def test_a_line_that_a_full_disk_tore_does_not_tear_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.jsonl"
    write = os.write

    def torn(descriptor: int, data: bytes) -> int:
        write(descriptor, data[:10])
        raise OSError(28, "No space left on device")

    with ChainedLog(path) as log:
        log.append("acting")
        monkeypatch.setattr(os, "write", torn)
        with pytest.raises(EvidenceError):
            log.append("acting")
        monkeypatch.undo()
        log.append("failed")
    assert [entry["kind"] for entry in read_chain(path).entries] == ["acting", "failed"]


def test_an_entry_cannot_name_its_own_place(tmp_path: Path) -> None:
    with ChainedLog(tmp_path / "journal.jsonl") as log, pytest.raises(EvidenceError, match="its own “prev”"):
        log.append("acting", prev="0")


def test_what_is_not_a_number_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"seconds": float("nan")})


def test_a_journal_cannot_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "journal.jsonl").symlink_to(tmp_path / "real")
    with pytest.raises(OSError, match="symbolic"):
        ChainedLog(tmp_path / "journal.jsonl")


@pytest.mark.parametrize(
    "at",
    ["yesterday", "2026-11-24", "2026-11-24T02:07:10.123+01:00", "2026-11-24T02:07:10Z", "2026-13-24T02:07:10.123Z"],
)
def test_a_time_that_is_not_written_as_ours_is_told(tmp_path: Path, at: str) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(canonical({"at": at, "kind": "acting", "prev": GENESIS, "seq": 1}) + b"\n")
    with pytest.raises(ChainBroken, match="lacks its time"):
        read_chain(path)


@pytest.mark.parametrize("lacks", ["at", "kind"])
def test_a_line_without_its_time_or_kind_is_told(tmp_path: Path, lacks: str) -> None:
    whole = {"at": "2026-11-24T02:07:10.123Z", "kind": "acting", "prev": GENESIS, "seq": 1}
    path = tmp_path / "journal.jsonl"
    path.write_bytes(canonical(whole) + b"\n")
    assert len(read_chain(path).entries) == 1
    for line in ({**whole, lacks: 1}, {name: whole[name] for name in whole if name != lacks}):
        path.write_bytes(canonical(line) + b"\n")
        with pytest.raises(ChainBroken, match="line 1: lacks its time or kind"):
            read_chain(path)
