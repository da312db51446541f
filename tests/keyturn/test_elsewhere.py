"""One run at a time for each registration in one folder of recordings, whoever records there and on which machine."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from keyturn.errors import CannotStart, Exit
from keyturn.run import elsewhere
from tests.end_to_end.paper_desk import paper_desk

if TYPE_CHECKING:
    from pathlib import Path

APP = "3f1c2f6e-0000-4000-8000-000000000001"
NOTE = f".{APP}.at-work"
HOLDER = """
import sys
from pathlib import Path
from keyturn.run.elsewhere import holding
with holding(Path(sys.argv[1]), [sys.argv[2]]) as held:
    held.tell("the-first-run")
    print("held", flush=True)
    sys.stdin.read()
"""


def left(home: Path, machine: str) -> None:
    """Leave the note of a run that was killed."""
    said = {"run": "their-run", "by": "olga", "machine": machine, "since": "2026-11-23T08:00:00.000Z"}
    (home / NOTE).write_text(json.dumps(said))


def test_who_shares_no_other_lock_is_told_who_has_the_registration_and_a_kill_frees_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path), APP]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"held\n"
        for despite in (False, True):  # One that is alive is never passed over.
            with (
                pytest.raises(CannotStart, match=rf"the-first-run, by \S+ on {platform.node()}, since 20\d\d-"),
                elsewhere.holding(tmp_path, [APP], despite=despite),
            ):
                pass
        with elsewhere.holding(tmp_path, ["another-application"]):
            pass
        first.kill()
    assert (tmp_path / NOTE).exists()
    with elsewhere.holding(tmp_path, [APP]) as held:
        assert held.despite == []
    assert not (tmp_path / NOTE).exists()


def test_another_machine_s_note_holds_until_a_person_says_otherwise_and_that_is_told(tmp_path: Path) -> None:
    left(tmp_path, "another-machine")
    theirs = "their-run, by olga on another-machine, since 2026-11-23T08:00:00.000Z"
    with pytest.raises(CannotStart, match=theirs) as refused, elsewhere.holding(tmp_path, [APP]):
        pass
    assert "--despite-elsewhere" in refused.value.hint
    with elsewhere.holding(tmp_path, [APP], despite=True) as held:
        assert held.despite == [theirs]


def test_a_note_that_cannot_be_read_is_not_taken_for_one_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / NOTE).write_text("{")
    with pytest.raises(CannotStart, match="nobody knows which"), elsewhere.holding(tmp_path, [APP]):
        pass


def test_a_folder_in_which_no_lock_can_be_made_is_no_folder_in_which_nobody_is_at_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotStart, match="a lock cannot be made"), elsewhere.holding(tmp_path / "file", [APP]):
        pass


def test_another_account_can_see_who_it_is(tmp_path: Path) -> None:
    with elsewhere.holding(tmp_path, [APP]):
        assert (tmp_path / NOTE).stat().st_mode & 0o044 == 0o044
        assert (tmp_path / f".{APP}.lock").stat().st_mode & 0o666 == 0o666


def test_neither_a_run_nor_one_that_goes_on_begins_beside_another_machine_s(tmp_path: Path) -> None:
    with paper_desk(tmp_path, "expired") as at:
        note = tmp_path / "recordings" / f".{at.world.application_id}.at-work"
        note.parent.mkdir()
        note.write_text(json.dumps({"run": "their-run", "machine": "another-machine"}))
        assert at.run().code == Exit.CANNOT_START
        assert at.recordings == []
        note.unlink()
        at.run(killed="before step-started open-ma-portal")
        note.write_text(json.dumps({"run": "their-run", "machine": "another-machine"}))
        refused = at.resume()
    assert refused.code == Exit.CANNOT_START
    assert "their-run" in refused.told
