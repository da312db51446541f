"""A runbook that was written from the documents alone: it passes check, and its rehearsal does what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keyturn.cli import main

if TYPE_CHECKING:
    import pytest

    from tests.end_to_end.conftest import Rehearse

RUNBOOK = Path(__file__).parents[1] / "runbooks" / "author" / "set-synchronised-group.yaml"


def test_it_passes_check_without_a_remark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(RUNBOOK)]) == 0
    assert "note:" not in capsys.readouterr().err


def test_it_does_what_it_says_and_nothing_else(rehearse: Rehearse) -> None:
    run = rehearse(runbook=RUNBOOK)
    assert run.error is None
    assert set(run.results.values()) == {"done"}
    before, after = run.before["ma_portal"]["integration"], run.state["ma_portal"]["integration"]
    assert (before["group"], after["group"]) == ("Awareness - All Staff", "Awareness - Contractors")
    assert after["users"] == 3
    assert run.state["registrations"] == run.before["registrations"]
    assert set(run.state["presses"]) == {"ma-save-group", "ma-sync"}
