"""What `keyturn new` writes is a runbook that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.skeleton import write_skeleton

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Rehearse


def test_a_new_runbook_can_be_rehearsed_as_it_was_written(rehearse: Rehearse, tmp_path: Path) -> None:
    runbook, _ = write_skeleton("my-procedure", tmp_path)
    run = rehearse(runbook=runbook)
    assert run.error is None
    assert set(run.results.values()) == {"done"}
    assert run.state | {"asked": {}} == run.before | {
        "asked": {}
    }  # What was asked for is counted, and changes nothing.
