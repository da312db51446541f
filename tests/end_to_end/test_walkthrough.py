"""A walkthrough as a person has it: a terminal, keys, a browser, and the replica's operator as the hand that signs in."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from evidence import sshsig, verify
from keyturn import signing
from tests.end_to_end.conftest import ROTATION
from tests.terminal import ROOT, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYTURN = [sys.executable, "-m", "keyturn"]
QUESTIONS = ("Go on?", "Do it now?", "Begin?", "Say so when it is done")
_READING = 1.1  # seconds; a yes that comes sooner may be meant for the question before
PATIENCE = 240.0  # seconds; a browser on a busy machine


@pytest.fixture
def home(home: dict[str, str]) -> dict[str, str]:
    """Give an environment with a home of its own and no display."""
    env = {name: value for name, value in home.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return {**env, "PYTHONPATH": str(ROOT)}


class Walk(Terminal):
    """A rehearsal in a terminal."""

    def __init__(self, folder: Path, env: dict[str, str], *options: str, size: tuple[int, int] = (80, 40)) -> None:
        self.folder = folder
        command = [*KEYTURN, "rehearse", "--json", "--recordings", str(folder / "recordings"), *options]
        super().__init__(command, env, width=size[0], height=size[1], patience=PATIENCE)

    @property
    def recording(self) -> Path:
        (folder,) = [path for path in (self.folder / "recordings").iterdir() if path.is_dir()]
        return folder

    def journal(self) -> list[dict[str, Any]]:
        lines = (self.recording / "data" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def results(self) -> dict[str, str]:
        return {line["step"]: line["result"] for line in self.journal() if line["kind"] == "step-ended"}

    def say_yes_to_everything(self) -> int:
        """Press y at each question until the run has ended; return the exit code."""
        until = time.monotonic() + 2 * PATIENCE
        answered = ""
        while self.process.poll() is None:
            assert time.monotonic() < until, self.shown
            self._read(0.1)
            head = re.search(r"Step \d+ of \d+ ", self.shown)
            asked = head and head[0] != answered and any(question in self.shown for question in QUESTIONS)
            if head and asked:
                answered = head[0]
                time.sleep(_READING)
                self.press("y")
        return self.end()


@pytest.fixture
def walk(tmp_path: Path, home: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Walk]:
    with Walk(tmp_path, home, "--headless", *request.param) as walking:
        yield walking


def walked(*options: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("walk", [options], indirect=True, ids=[""])


@walked("--mode", "guided", "--until", "add-secret")
def test_a_person_takes_over_gives_back_changes_the_mode_and_says_yes(walk: Walk) -> None:
    walk.see("Step 3 of 32")
    walk.press_until("t", "Noted: the browser is yours before the next step.")
    walk.see("The browser is yours until you give it back.")
    walk.press("g")
    walk.see("Step 13 of 32")
    walk.see("Go on?")
    walk.press_until("\r", "To go on, press y")
    walk.press_until("m", "Which mode from here on?")
    walk.press("a")
    walk.see("auto mode")
    walk.see("Go on?")  # A gate is asked in every mode.
    time.sleep(0.5)  # as long as a finger takes
    walk.press("y")
    assert walk.end() == 0, walk.told
    assert walk.is_as_before()
    assert walk.results()["add-secret"] == "done"
    kinds = [line["kind"] for line in walk.journal()]
    assert [kinds.count(kind) for kind in ("taken-over", "given-back", "mode-changed", "secret-sealed")] == [1] * 4
    last_words = " ".join(walk.told.partition('{"run"')[0].split())
    assert re.search("done in [^:;]+; only the steps to add-secret were asked for, the others were not", last_words)
    assert verify.verify(walk.recording).faults == []


@walked("--mode", "auto", "--fault", "app-not-found", "--until", "open-registration", "--keep-open")
def test_a_failure_shows_its_picture_and_is_passed_over_with_a_reason(walk: Walk) -> None:
    walk.see("This did not go as it should. What now?")
    assert "none in this directory" in walk.shown
    (picture,) = re.findall(r"data/pictures/(\S+)", walk.shown.replace(" ", ""))[:1]
    assert (walk.recording / "data" / "pictures" / picture.partition(".png")[0]).with_suffix(".png").is_file()
    walk.press_until("o", "is none of the keys here")  # Nothing was there that could count as done.
    walk.press_until("s", "Why do you skip this step?")
    walk.press("seen in the portal\r")
    walk.see("The browser stays open for you to look at. Close it?")
    walk.press("y")
    assert walk.end() == 0, walk.told
    assert walk.results()["open-registration"] == "skipped"
    assert "Open the registration – skipped: seen in the portal" in walk.told
    assert "but with 1 skipped step" in walk.told
    assert "stopped at" not in walk.told


@walked("--mode", "guided")
def test_ctrl_c_at_a_question_ends_in_order(walk: Walk) -> None:
    walk.see("Go on?")
    walk.interrupt()
    assert walk.end() == 130, walk.told
    assert walk.is_as_before()
    assert "interrupted in" in walk.told
    assert "changed nothing" in walk.told
    assert walk.results()["add-secret"] == "failed"
    kinds = [line["kind"] for line in walk.journal()]
    assert "acting" in kinds
    assert kinds[-4:-1] == ["left-open", "search-began", "leak-gate"]
    assert verify.verify(walk.recording).faults == []


@pytest.mark.soak
@walked("--plain", "--pace", "0.2")
def test_a_kill_in_the_middle_of_a_step_ends_in_order(walk: Walk) -> None:
    walk.see("Step 9 of 32")
    walk.signal(signal.SIGTERM)
    assert walk.end() == 130, walk.told
    assert walk.is_as_before()
    assert "Interrupted in" in walk.told
    assert walk.journal()[-1]["status"] == "interrupted"
    assert verify.verify(walk.recording).faults == []


@walked("--by-hand")
def test_the_screen_on_which_the_person_has_to_act_is_named(walk: Walk) -> None:
    walk.see("Sign in, in the browser. keyturn neither types nor sees a password, and goes on by itself.")
    walk.see("The sign-in page: choose an account.")
    walk.press_until("y", "none of the keys here: m, q.")  # Their word is not enough.
    walk.press("q")
    assert walk.end() == 4, walk.told
    assert walk.results() == {"open-admin-center": "done", "sign-in": "failed"}


def test_where_nobody_can_be_asked_the_run_ends_with_5_at_once(tmp_path: Path, home: dict[str, str]) -> None:
    command = [*KEYTURN, "rehearse", "--headless", "--by-hand", "--recordings", str(tmp_path / "recordings")]
    without_input = ["sh", "-c", 'exec "$@" <&-', "sh", *command]
    asked = subprocess.run(without_input, check=False, cwd=ROOT, env=home, capture_output=True, timeout=PATIENCE)
    assert asked.returncode == 5
    assert b"Traceback" not in asked.stderr
    assert b"there is no terminal to ask at" in asked.stderr
    assert b"--approve sign-in" in asked.stderr


@pytest.mark.soak
def test_a_second_person_signs_at_another_terminal(tmp_path: Path, home: dict[str, str]) -> None:
    book = tmp_path / "rotate.yaml"
    text = ROTATION.read_text(encoding="utf-8").replace("runbook: update-entra-client-secret", "runbook: rotate")
    before, step, after = text.partition("  - id: add-secret\n")
    book.write_text(before + step + after.replace("gate: confirm", "gate: second_person", 1), encoding="utf-8")
    shutil.copy(ROTATION.with_name("update-entra-client-secret.procedure.md"), tmp_path)
    mira = signing.load_or_make(tmp_path / "mira" / "key")
    approvers = tmp_path / "approvers"
    approvers.write_text(sshsig.allowed_line("mira@example.org", sshsig.raw_public(mira), "keyturn-*"))
    options = ("--headless", "--mode", "auto", "--until", "add-secret", "--approvers", str(approvers))
    with Walk(tmp_path, home, str(book), *options, size=(140, 40)) as operator:
        operator.see("Go on?")
        operator.press("y")
        operator.see("Somebody else is to sign this.")
        (request,) = (tmp_path / "approvals").glob("*.json")
        approve = [*KEYTURN, "approve", str(request), "--key", str(tmp_path / "mira" / "key")]
        with Terminal(approve, home) as colleague:
            colleague.see("Approve exactly this?")
            colleague.press("y\r")
            assert colleague.end() == 0, colleague.told
        assert operator.end() == 0, operator.told
        assert operator.results()["add-secret"] == "done"
        verdict = verify.verify(operator.recording)
    assert (verdict.faults, verdict.approved_by) == ([], ["mira@example.org"])
    assert not list((tmp_path / "approvals").iterdir())


# --- in a visible browser, from start to end


class InAWindow(Walk):
    """A rehearsal in a terminal and a visible browser, of a person who has hands there too."""

    def __init__(self, folder: Path, env: dict[str, str], mode: str, *taken_over: str, size: tuple[int, int]) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "tests.end_to_end.walk", str(folder), mode, *taken_over]
        Terminal.__init__(self, command, env, width=size[0], height=size[1], patience=PATIENCE)


@pytest.fixture
def window(
    tmp_path: Path, home: dict[str, str], display: dict[str, str], request: pytest.FixtureRequest
) -> Iterator[InAWindow]:
    mode, size, *taken_over = request.param
    with InAWindow(tmp_path, {**home, "DISPLAY": display["DISPLAY"]}, mode, *taken_over, size=size) as walking:
        yield walking


def in_a_window(mode: str, *taken_over: str, size: tuple[int, int] = (80, 40)) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("window", [(mode, size, *taken_over)], indirect=True, ids=[""])


def rotated(walk: Walk) -> None:
    """Assert that the whole rotation was carried out, whoever did what, and that its recording says so."""
    results = walk.results()
    assert {step for step, result in results.items() if result == "failed"} == set()
    assert {"add-secret", "delete-expired-secret", "save-credentials", "synchronise"} <= {
        step for step, result in results.items() if result in {"done", "by-operator"}
    }
    assert walk.is_as_before()
    assert verify.verify(walk.recording).faults == []
    assert not re.search(r"\w{3}8Q~\w{10}", walk.told)


@pytest.mark.soak
@pytest.mark.headed
@in_a_window("guided")
def test_guided_from_start_to_end(window: InAWindow) -> None:
    assert window.say_yes_to_everything() == 0, window.told
    rotated(window)
    asked = [line["step"] for line in window.journal() if line["kind"] == "gate-asked"]
    assert asked == [
        "sign-in", "add-secret", "delete-expired-secret", "sign-in-to-ma-portal", "reset-integration",
        "save-credentials", "select-group", "synchronise",
    ]  # fmt: skip


@pytest.mark.soak
@pytest.mark.headed
@in_a_window("manual", size=(60, 20))
def test_manual_from_start_to_end_on_a_small_terminal(window: InAWindow) -> None:
    assert window.say_yes_to_everything() == 0, window.told
    rotated(window)
    assert list(window.results().values()).count("by-operator") > 15


@pytest.mark.soak
@pytest.mark.headed
@in_a_window("auto", "new-client-secret=new-client-secret,describe-secret,choose-expiry,add-secret")
def test_taken_over_for_several_steps_and_given_back(window: InAWindow) -> None:
    window.see("Step 9 of 32")
    window.press_until("t", "Noted: the browser is yours before the next step.")
    window.see("The browser is yours until you give it back.")
    time.sleep(10.0)  # in which what is theirs is done
    window.press("g")
    assert window.say_yes_to_everything() == 0, window.told
    rotated(window)
    assert window.results()["add-secret"] == "by-operator"


@pytest.mark.soak
@pytest.mark.headed
@in_a_window("guided")
def test_the_mode_is_changed_in_the_middle_and_back(window: InAWindow) -> None:
    window.see("Step 13 of 32")
    window.see("Go on?")
    window.press_until("m", "Which mode from here on?")
    window.press("m")
    window.see("manual mode")
    window.see("Go on?")
    time.sleep(0.5)  # as long as a finger takes
    window.press("y")
    window.see("Step 14 of 32")
    window.see("Go on?")
    window.press_until("m", "Which mode from here on?")
    window.press("a")
    window.see("auto mode")
    assert window.say_yes_to_everything() == 0, window.told
    rotated(window)
    assert window.results()["add-secret"] == "by-operator"
    assert window.results()["delete-expired-secret"] == "done"
