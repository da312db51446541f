from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from evidence import listing, package
from tests.evidence.conftest import record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _three(home: Path, seal: Callable[..., Path]) -> list[Path]:
    return [seal(record(home / f"20261124T0{n}0000Z-run"), package.latest(home)) for n in range(3)]


def test_a_whole_chain_has_no_gap(tmp_path: Path, seal: Callable[..., Path]) -> None:
    _three(tmp_path, seal)
    entries = listing.entries(tmp_path)
    assert [(one.status, one.verdict, one.gap) for one in entries] == [("done", listing.VERIFIES, False)] * 3
    assert [one.chain for one in entries[:2]] == ["the first", "follows 20261124T000000Z-run"]


def test_a_withheld_recording_shows(tmp_path: Path, seal: Callable[..., Path]) -> None:
    first, second, _ = _three(tmp_path, seal)
    shutil.rmtree(second)
    assert [(one.gap, one.chain) for one in listing.entries(tmp_path)][-1] == (
        True,
        "the recording before it is missing",
    )
    shutil.rmtree(first)
    assert [one.gap for one in listing.entries(tmp_path)] == [True]


def test_a_second_beginning_and_a_fork_show(tmp_path: Path, seal: Callable[..., Path]) -> None:
    first = _three(tmp_path, seal)[0]
    seal(record(tmp_path / "20261124T050000Z-run"))
    seal(record(tmp_path / "20261124T060000Z-run"), package.digest(first))
    assert [one.gap for one in listing.entries(tmp_path)] == [False, False, False, True, True]


def test_a_faulty_and_an_open_recording_are_told_apart(tmp_path: Path, seal: Callable[..., Path]) -> None:
    first = _three(tmp_path, seal)[0]
    (first / "extra").touch()
    record(tmp_path / "20261124T090000Z-run")
    verdicts = [one.verdict for one in listing.entries(tmp_path)]
    assert verdicts == [listing.FAULTY, listing.VERIFIES, listing.VERIFIES, listing.OPEN]
    assert [one.proof for one in listing.entries(tmp_path)] == ["none", "signed", "signed", ""]


def test_an_empty_folder_lists_nothing(tmp_path: Path) -> None:
    assert listing.entries(tmp_path) == []
    assert listing.entries(tmp_path / "nowhere") == []
