from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from evidence import listing, package, sealing
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


def _by_the_clock(monkeypatch: pytest.MonkeyPatch, home: Path, seal: Callable[..., Path], *days: int) -> None:
    for number, day in enumerate(days):
        monkeypatch.setattr(sealing, "utc_now", lambda day=day: datetime(2026, 11, day, tzinfo=UTC))
        seal(record(home / f"2026112{number}T000000Z-run"), package.latest(home))


def test_one_clock_that_was_ahead_breaks_no_chain(
    tmp_path: Path, seal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _by_the_clock(monkeypatch, tmp_path, seal, 1, 28, 3, 4)
    assert [(one.chain, one.gap) for one in listing.entries(tmp_path)] == [
        ("the first", False),
        ("follows 20261120T000000Z-run", False),
        ("follows 20261121T000000Z-run, and the clock had gone backwards", False),
        ("follows 20261122T000000Z-run", False),
    ]


def test_a_clock_that_was_behind_makes_no_second_beginning(
    tmp_path: Path, seal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _by_the_clock(monkeypatch, tmp_path, seal, 5, 1, 6)
    assert [one.gap for one in listing.entries(tmp_path)] == [False] * 3


def test_a_clock_that_was_ahead_is_no_matter_to_a_run_that_goes_on(
    tmp_path: Path, seal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _by_the_clock(monkeypatch, tmp_path, seal, 1, 28, 3, 4)
    last = tmp_path / "20261123T000000Z-run"
    sealing.reopen(last, well=True)
    seal(last, package.latest(tmp_path, besides=last))
    assert [one.gap for one in listing.entries(tmp_path)] == [False] * 4


@pytest.mark.parametrize("way", ["goes on", "quarantined"])
def test_what_only_another_sealing_of_the_run_named_is_not_the_last(
    tmp_path: Path, seal: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    _by_the_clock(monkeypatch, tmp_path, seal, 5, 6, 1)
    middle = tmp_path / "20261121T000000Z-run"
    sealing.reopen(middle, well=True)
    if way == "quarantined":
        package.quarantine(middle)
    assert package.latest(tmp_path, besides=middle) == package.digest(tmp_path / "20261122T000000Z-run")
    assert package.latest(tmp_path / "nowhere") is None


@pytest.mark.parametrize("named", [True, False])
def test_a_recording_that_went_to_quarantine_is_not_missing(
    tmp_path: Path, seal: Callable[..., Path], *, named: bool
) -> None:
    _, second, third = _three(tmp_path, seal)
    if not named:
        second = third
    sealing.reopen(second, well=True)
    package.quarantine(second)
    seal(record(tmp_path / "20261124T050000Z-run"), package.latest(tmp_path))
    entries = listing.entries(tmp_path)
    assert [one.gap for one in entries] == [False] * 3
    assert any("in quarantine" in one.chain for one in entries) is named
    shutil.rmtree(tmp_path / package.QUARANTINE)
    assert any(one.gap for one in listing.entries(tmp_path)) is named


def test_an_empty_folder_lists_nothing(tmp_path: Path) -> None:
    assert listing.entries(tmp_path) == []
    assert listing.entries(tmp_path / "nowhere") == []
