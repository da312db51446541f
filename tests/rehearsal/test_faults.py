from __future__ import annotations

from pathlib import Path

import pytest

import rehearsal
from rehearsal.faults import ENTRA_FAULTS, FAULTS, ONCE, FaultPlan

ROOM = Path(rehearsal.__file__).parent


def test_a_name_alone_is_live_at_every_step() -> None:
    plan = FaultPlan.read(["value-cut"])
    assert plan.strikes("value-cut")
    plan.step = "add-secret"
    assert plan.strikes("value-cut")


def test_a_name_alone_waits_for_its_place() -> None:
    plan = FaultPlan.read(["slow"])
    assert not plan.strikes("slow", natural=False)
    assert plan.strikes("slow")


def test_a_fault_bound_to_a_step_is_live_in_that_step_only_and_anywhere_in_it() -> None:
    plan = FaultPlan.read(["slow@add-secret"])
    assert not plan.strikes("slow")
    plan.step = "add-secret"
    assert plan.strikes("slow", natural=False)
    plan.step = "paste-secret-value"
    assert not plan.strikes("slow")


def test_what_strikes_once_strikes_once() -> None:
    plan = FaultPlan.read(["server-500"])
    assert plan.strikes("server-500")
    assert not plan.strikes("server-500")
    assert plan.struck == ["server-500"]


def test_a_fault_that_was_not_chosen_never_strikes() -> None:
    assert not FaultPlan.read([]).strikes("slow")


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault called nonsense"):
        FaultPlan.read(["nonsense"])
    with pytest.raises(KeyError):
        FaultPlan.read([]).strikes("nonsense")


def test_what_strikes_once_is_a_fault() -> None:
    assert set(FAULTS) >= ONCE


@pytest.mark.parametrize("name", ENTRA_FAULTS)
def test_every_fault_has_a_place_where_it_strikes(name: str) -> None:
    sources = [*ROOM.rglob("*.py"), *ROOM.rglob("*.js")]
    places = [file for file in sources if file.name != "faults.py" and f'"{name}"' in file.read_text()]
    assert places
