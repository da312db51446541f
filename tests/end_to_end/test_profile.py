"""A run with a profile of the operator's own: signed in for the next one, and without the value, wherever it ended."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evidence import LeakGate, verify
from keyturn import profile, signing
from keyturn.cli.replica import inputs_for, open_replicas
from keyturn.document import load
from keyturn.errors import Exit
from rehearsal import Operator
from secrets_store import Store
from tests.end_to_end.conftest import ROTATION

if TYPE_CHECKING:
    from rehearsal import Replicas

MADE_UP = "q7R8Q~pXlZk-4vT_c1Mn~Wb0LsGyH2dJuEaVfIoK"


def command(home: Path, replicas: Replicas, *options: str) -> list[str]:
    """Return the command of a run with the profile in `home`, whose gates need nobody."""
    key = signing.load_or_make(home / "keyturn" / "signing_key")
    if not (home / "store").exists():
        Store.throw_away(home / "store", key)
    given = [part for pair in inputs_for(load(ROTATION), replicas).items() for part in ("--set", "=".join(pair))]
    places = ["--store", str(home / "store"), "--recordings", str(home / "recordings")]
    how = ["--headless", "--json", "--approve", "all", "--profile", str(home / "signed-in")]
    return [sys.executable, "-m", "keyturn", "run", str(ROTATION), *how, *given, *places, *options]


def carried_out(ordered: list[str], home: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Carry a command out, with nobody at the terminal."""
    return subprocess.run(
        ordered, check=False, capture_output=True, text=True, env=home, stdin=subprocess.DEVNULL, timeout=900
    )


def told(stdout: str) -> dict[str, Any]:
    """Return what `--json` printed, and what stands in the recording as `facts`."""
    summary: dict[str, Any] = json.loads(stdout.splitlines()[-1])
    facts = (Path(summary["recording"]) / "data" / "run.json").read_text(encoding="utf-8")
    return {**summary, "facts": facts}


def values(replicas: Replicas) -> list[bytes]:
    state = replicas.state()
    return [one["value"].encode() for one in state["registrations"][state["application_id"]]["secrets"]]


@pytest.mark.soak
def test_a_profile_keeps_nothing_of_the_value_and_is_named_without_its_path(
    home: dict[str, str], tmp_path: Path
) -> None:
    with open_replicas("expired", []) as replicas, Operator(replicas):
        run = carried_out(command(tmp_path, replicas, "--until", "add-secret"), home)
        assert run.returncode == 0, run.stderr
        assert LeakGate(values(replicas), optical=False).search(tmp_path / "signed-in") == []
    assert not profile.is_in_use(tmp_path / "signed-in")
    facts = told(run.stdout)["facts"]
    assert json.loads(facts)["profile"] == "signed-in"
    assert str(tmp_path / "signed-in") not in facts
    assert verify.verify(Path(told(run.stdout)["recording"])).faults == []
    assert list((tmp_path / "keyturn" / "profiles").iterdir()) == []


@pytest.mark.soak
def test_a_profile_stays_signed_in_for_the_next_run(home: dict[str, str], tmp_path: Path) -> None:
    """The browser writes its cookies down every half minute (Chromium, `sqlite_persistent_cookie_store.cc`)."""
    with open_replicas("expired", []) as replicas:
        with Operator(replicas):
            slow = ("--until", "open-registration", "--pace", "20")
            first = carried_out(command(tmp_path, replicas, *slow), home)
        assert first.returncode == 0, first.stderr
        # Nobody is there to sign in any more.
        again = carried_out(command(tmp_path, replicas, "--until", "open-app-registrations"), home)
    assert again.returncode == 0, again.stderr
    assert [step["result"] for step in told(again.stdout)["steps"]] == ["done"] * 3


def test_what_a_run_leaves_in_the_profile_is_searched(home: dict[str, str], tmp_path: Path) -> None:
    with open_replicas("expired", []) as replicas:
        ordered = command(tmp_path, replicas, "--until", "open-admin-center")
        with subprocess.Popen(ordered, env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
            while not profile.is_in_use(tmp_path / "signed-in") and run.poll() is None:
                time.sleep(0.05)
            (tmp_path / "signed-in" / "Kept").write_text(MADE_UP)
            stdout, stderr = run.communicate(timeout=300)
    assert run.returncode == Exit.LEAK_FOUND, stderr
    assert "in the browser's profile signed-in: Kept" in stderr
    assert Path(told(stdout)["recording"]).parent.name == "quarantine"
    assert MADE_UP[:8] not in stdout + stderr


def resuming(home: Path, name: str, *options: str) -> list[str]:
    places = ["--recordings", str(home / "recordings"), "--store", str(home / "store")]
    return [sys.executable, "-m", "keyturn", "resume", name, "--json", "--approve", "all", *places, *options]


def resumed(recording: Path) -> dict[str, Any]:
    """Return the journal's line that tells how things stood when the run went on."""
    lines = (recording / "data" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in map(json.loads, lines) if line["kind"] == "resumed")
    return dict(line)


@pytest.mark.soak
def test_a_run_that_was_stopped_goes_on_with_the_same_profile(home: dict[str, str], tmp_path: Path) -> None:
    with open_replicas("expired", []) as replicas, Operator(replicas):
        ordered = [one for one in command(tmp_path, replicas) if one not in {"--approve", "all"}]
        run = carried_out([*ordered, "--approve", "sign-in"], home)
        assert run.returncode == Exit.NOBODY_THERE, run.stderr  # It stops before the secret is made.
        name = json.loads(run.stdout.splitlines()[-1])["run"]
        other = carried_out(resuming(tmp_path, name, "--profile", str(tmp_path / "other")), home)
        assert other.returncode == Exit.CANNOT_START
        assert "began with the profile signed-in" in other.stderr
        before = profile.files(tmp_path / "signed-in")
        went_on = carried_out(resuming(tmp_path, name), home)
    assert went_on.returncode == 0, went_on.stderr
    assert "its browser is gone; another one was started" in resumed(tmp_path / "recordings" / name)["found"]
    assert profile.files(tmp_path / "signed-in") != before
    assert LeakGate(values(replicas), optical=False).search(tmp_path / "signed-in") == []


@pytest.mark.soak
def test_a_run_that_was_killed_finds_its_browser_with_the_profile_again(home: dict[str, str], tmp_path: Path) -> None:
    with open_replicas("expired", []) as replicas, Operator(replicas):
        ordered = command(tmp_path, replicas, "--until", "add-secret")
        with subprocess.Popen(ordered, env=home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
            while not (at := list((tmp_path / "recordings").glob("*/data/pictures/*open-app-registrations*"))):
                assert run.poll() is None, run.communicate()
                time.sleep(0.05)
            run.kill()
        assert profile.is_in_use(tmp_path / "signed-in")
        another = carried_out(command(tmp_path, replicas, "--despite-interrupted"), home)
        assert another.returncode == Exit.CANNOT_START
        assert "a browser is open with the profile" in another.stderr
        recording = at[0].parents[2]
        went_on = carried_out(resuming(tmp_path, recording.name), home)
    assert went_on.returncode == 0, went_on.stderr
    assert any(one.startswith("its browser is still open, with ") for one in resumed(recording)["found"])
    assert not profile.is_in_use(tmp_path / "signed-in")
    assert LeakGate(values(replicas), optical=False).search(tmp_path / "signed-in") == []
