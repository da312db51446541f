"""Killed, stopped or broken anywhere: a run goes on and comes out right, by the replicas' own word."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.interrupting import KILLED, RUNBOOK, desk
from tests.processes import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.interrupting import Desk, Ended


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    """Give a desk of one's own."""
    with desk(tmp_path) as it:
        yield it


def came_out_right(at: Desk, ended: Ended, *, added: int = 1) -> None:
    """The vendor holds a value that works, of the only secret there is; each decision pressed once."""
    assert ended.code == 0, ended.told
    (new,) = at.made
    assert [(one["name"], one["secret_id"]) for one in ended.summary["secrets"]] == [
        ("Arctic Wolf Secret", new["secret_id"])
    ]
    assert [one["secret_id"] for one in at.secrets] == [new["secret_id"]]
    assert at.replicas.state()["ma_portal"]["integration"]["value"] == new["value"]
    assert at.vendor_value_works()
    pressed = {name: at.presses.get(name, 0) for name in ("add_secret", "delete_secret", "ma-reset", "ma-save")}
    assert pressed == {"add_secret": added, "delete_secret": added, "ma-reset": 1, "ma-save": 1}
    assert at.store.open_intents() == []
    assert at.faults == []


def test_killed_with_the_value_on_its_page_and_again_with_no_credentials_saved_it_comes_out_right(at: Desk) -> None:
    assert at.run(killed="taking").code == KILLED
    refused = at.run()
    assert refused.code == 2
    assert f"keyturn resume {at.recording.name}" in refused.told
    assert at.resume(killed="after step-ended reset-integration").code == KILLED
    assert at.replicas.state()["ma_portal"]["integration"] is None
    (entry,) = at.store.entries()
    assert entry.metadata.secret_id == at.made[0]["secret_id"]
    at.reboot()
    came_out_right(at, at.resume())
    assert at.kinds("add-secret").count("secret-intended") == at.kinds("add-secret").count("secret-sealed") == 1
    assert at.kinds().count("resumed") == 2


@pytest.mark.soak  # always, with one process for both parts: in the fault matrix
def test_a_value_whose_page_is_gone_is_told_and_its_secret_deleted_after_a_yes(at: Desk) -> None:
    orphan = orphaned(at)
    ended = at.resume()
    assert ended.code == 0, ended.told
    (new,) = at.made
    assert new["secret_id"] != orphan
    assert at.presses == {"add_secret": 2, "delete_secret": 1}
    assert at.kinds("add-secret").count("orphan-deleted") == 1
    (entry,) = at.store.entries()
    assert entry.metadata.secret_id == new["secret_id"]
    assert at.faults == []


def orphaned(at: Desk) -> str:
    """Leave a secret in the portal whose value nobody has, and return its ID."""
    assert at.run("--until", "add-secret", killed="taking").code == KILLED
    at.kill_browser()
    (orphan,) = at.made
    return orphan["secret_id"]


@pytest.mark.soak
def test_without_a_yes_an_orphan_is_told_and_stays(at: Desk) -> None:
    orphan = orphaned(at)
    unasked = at.resume("--approve", "sign-in")
    assert unasked.code == 5, unasked.told
    assert orphan in unasked.told
    assert [one["secret_id"] for one in at.made] == [orphan]
    assert at.faults == []


@pytest.mark.soak
def test_a_run_that_waits_for_a_person_goes_on_another_day_and_tells_of_a_changed_runbook(
    at: Desk, tmp_path: Path
) -> None:
    for name in (RUNBOOK.name, f"{RUNBOOK.stem}.procedure.md"):
        shutil.copy(RUNBOOK.with_name(name), tmp_path)
    at.runbook = tmp_path / RUNBOOK.name
    assert at.run("--approve", "sign-in", "--until", "add-secret").code == 5
    sealed = (at.recording / "tagmanifest-sha256.txt").read_bytes()
    at.runbook.write_text(at.runbook.read_text().replace("title: Click New client secret", "title: Click it"))
    unasked = at.resume()
    assert unasked.code == 5
    assert "was changed" in unasked.told
    assert (at.recording / "tagmanifest-sha256.txt").read_bytes() == sealed
    ended = at.resume("--accept-changes")
    assert ended.code == 0, ended.told
    (resumed,) = [line for line in at.journal if line["kind"] == "resumed"]
    assert resumed["accepted_by"] == "--accept-changes"
    facts = json.loads((at.recording / "data" / "run.json").read_text())
    assert resumed["inputs"] == facts["inputs"] != {}
    (noted,) = facts["resumed"]
    assert noted["changes"] == resumed["changes"] != []
    assert (at.recording / "data" / "resumed" / "1" / "runbook.yaml").read_text() == at.runbook.read_text()
    assert at.presses == {"add_secret": 1}
    assert at.faults == []


@pytest.mark.soak
def test_a_recording_that_was_changed_is_not_gone_on_with(at: Desk) -> None:
    assert at.run("--approve", "sign-in", "--until", "open-app-registrations").code == 0
    procedure = at.recording / "data" / "procedure.md"
    procedure.chmod(0o600)
    procedure.write_text("Something else.")
    refused = at.resume()
    assert refused.code == 8
    assert "procedure.md" in refused.told


def test_ctrl_c_ends_in_order_and_once_more_while_it_is_ending_changes_nothing(at: Desk) -> None:
    def told(kind: str) -> bool:
        return any(f'"kind":"{kind}"' in path.read_text() for path in at.home.glob("recordings/*/data/journal.jsonl"))

    command = at.command("never", *at.run_words("--until", "choose-expiry"))
    with subprocess.Popen(
        command, env=at.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    ) as running:  # fmt: skip
        until(lambda: told("pictured"), 300)
        os.killpg(running.pid, signal.SIGINT)
        until(lambda: told("search-began"), 300)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=300)
    assert running.returncode == 130, err
    assert json.loads(out.splitlines()[-1])["status"] == "interrupted"
    assert at.faults == []
    assert at.kinds()[-1] == "run-ended"


def test_what_a_run_made_is_taken_back_and_the_recording_says_so(at: Desk) -> None:
    assert at.run("--until", "delete-expired-secret").code == 0
    assert len(at.made) == 1
    ended = at.rollback()
    assert ended.code == 0, ended.told
    assert ended.summary["status"] == "rolled back"
    assert ended.summary["secrets"] == []
    assert "a deleted secret cannot be brought back" in ended.told
    assert at.secrets == []
    assert at.presses == {"add_secret": 1, "delete_secret": 2}
    assert [line["step"] for line in at.journal if line["kind"] == "undone"] == ["add-secret"]
    (entry,) = at.store.entries()
    assert entry.status == "portal-deleted"
    assert at.faults == []


@pytest.mark.soak
def test_nothing_is_taken_back_without_a_yes_nor_twice(at: Desk) -> None:
    assert at.run("--until", "delete-expired-secret").code == 0
    (new,) = at.made
    unasked = at.rollback("--approve", "sign-in")
    assert unasked.code == 5, unasked.told
    assert [one["secret_id"] for one in at.made] == [new["secret_id"]]
    assert at.rollback().code == 0
    assert at.rollback().code == 2
    assert at.resume().code == 2
    assert at.presses == {"add_secret": 1, "delete_secret": 2}


@pytest.mark.soak
def test_a_deletion_is_not_taken_for_done_while_the_list_is_still_to_be_filled(at: Desk) -> None:
    killed = at.run("--until", "delete-expired-secret", killed="after acting delete-expired-secret")
    assert killed.code == KILLED
    at.kill_browser()
    at.replicas.world.faults.chosen["list-late"] = ""
    ended = at.resume()
    assert ended.code == 0, ended.told
    assert "list-late" in at.replicas.state()["faults_struck"]
    assert at.secrets == at.made
    assert at.presses == {"add_secret": 1, "delete_secret": 1}
    assert at.faults == []


PLACES = {
    "before add is pressed": "after acting add-secret",
    "before the value is read": "taking",
    "before the journal knows of the seal": "before secret-sealed add-secret",
    "before the step knows of the seal": "after secret-sealed add-secret",
    "before the old one is deleted": "after acting delete-expired-secret",
    "after the old one is deleted": "before step-ended delete-expired-secret",
    "after the reset is pressed": "before step-ended reset-integration",
    "with half the form filled in": "after step-ended enter-nickname",
    "before the value is pasted": "after acting paste-secret-value",
    "after the test has passed": "after step-ended test-connection",
    "before the credentials are saved": "after acting save-credentials",
    "after the credentials are saved": "before step-ended save-credentials",
    "before the group is selected": "after acting select-group",
    "while it is packaged": "after search-began ",
}


@pytest.mark.soak
@pytest.mark.parametrize("dies", [False, True], ids=["the browser lives", "the browser dies"])
@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_it_comes_out_right(at: Desk, place: str, *, dies: bool) -> None:
    assert at.run(killed=PLACES[place]).code == KILLED
    if dies:
        at.kill_browser()
    lost = dies and place == "before the value is read"
    came_out_right(at, at.resume(), added=2 if lost else 1)


@pytest.mark.soak
@pytest.mark.parametrize("fault", ["session-ended", "masked-after-reload", "two-accounts", "stale-twin"])
def test_whatever_the_portal_does_meanwhile_it_comes_out_right(at: Desk, fault: str) -> None:
    assert at.run(killed="after step-ended delete-expired-secret").code == KILLED
    at.kill_browser()
    at.replicas.world.faults.chosen[fault] = ""
    came_out_right(at, at.resume())


@pytest.mark.soak
def test_a_secret_that_somebody_else_made_meanwhile_is_named_and_left_alone(at: Desk) -> None:
    assert at.run(killed="after acting add-secret").code == KILLED
    at.kill_browser()
    world = at.replicas.world
    ours = world.registration(world.application_id)
    assert ours
    now = world.clock()
    theirs = world.new_secret(ours, "Somebody else's", now, now)
    refused = at.resume()
    assert refused.code == 6, refused.told
    assert theirs.secret_id in refused.told
    assert at.presses == {}
    ended = at.resume("--spare", theirs.secret_id, "--approve", "all")
    assert ended.code == 0, ended.told
    assert theirs.secret_id in [one["secret_id"] for one in at.secrets]
    assert at.presses["add_secret"] == 1
    assert at.faults == []


@pytest.mark.soak
@pytest.mark.headed
def test_two_runs_on_one_desktop_take_turns_at_the_clipboard(tmp_path: Path, display: dict[str, str]) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with desk(tmp_path / "one", scenario="expired") as one, desk(tmp_path / "two", scenario="expiring") as two:
        one.display = two.display = display["DISPLAY"]
        with ThreadPoolExecutor(2) as both:
            ended = list(both.map(lambda at: at.run(), (one, two)))
        came_out_right(one, ended[0])
        came_out_right(two, ended[1])
    assert one.made[0]["value"] != two.made[0]["value"]


@pytest.mark.soak
@pytest.mark.headed
def test_a_browser_that_can_be_seen_stays_open_after_a_stop_and_is_gone_on_with(
    tmp_path: Path, display: dict[str, str]
) -> None:
    with desk(tmp_path) as at:
        at.display = display["DISPLAY"]
        stopped = at.run("--approve", "sign-in")
        assert stopped.code == 5
        assert stopped.summary["browser_open"]
        assert f"keyturn runs --end {at.recording.name}" in stopped.told
        listed = at.keyturn("runs").summary["runs"]
        assert [(one["run"], one["browser_open"], one["step"]) for one in listed] == [
            (at.recording.name, True, "add-secret")
        ]
        came_out_right(at, at.resume())
        assert at.kinds().count("walked-again") == 0
        assert at.keyturn("runs").summary["runs"] == []
