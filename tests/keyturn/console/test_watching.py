"""The console at a real terminal, as a person has it: keys without Enter, and the terminal left as it was found."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from keyturn import events
from keyturn.console import watching
from keyturn.console.watching import _at_terminal
from keyturn.gates import Mode
from keyturn.interruption import Interruption
from tests.keyturn.console.scenery import BOOK, PLACES
from tests.keyturn.console.scripted import SIGNED_IN
from tests.terminal import ROOT, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTED = [sys.executable, "-m", "tests.keyturn.console.scripted"]
ENV = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def at(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """Give a terminal in which the script of the test's mark is run."""
    words, size = request.param
    with Terminal([*SCRIPTED, *words.split()], ENV, width=size[0], height=size[1]) as terminal:
        yield terminal


def script(words: str, width: int = 80, height: int = 40) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("at", [(words, (width, height))], indirect=True, ids=[""])


def answers(at: Terminal) -> str:
    assert at.end() == 0, at.told
    assert at.is_as_before()
    return at.told.rpartition("answers: ")[2]


@script("gate delete")
def test_single_keys_answer_and_nothing_else_does(at: Terminal) -> None:
    at.see("Go on?")
    for keys, told in (
        ("yy", "Several keys at once are no answer: press one."),
        ("\r", "To go on, press y: what comes next cannot simply be taken back."),
        ("\x1b[200~y\x1b[201~", "Several keys at once are no answer: press one."),
        ("x", "“x” is none of the keys here: y, h, t, m, s, q."),
    ):
        at.press_until(keys, told)
    at.press_until("y", "Step 14 of 32")
    at.press_until("s", "Why do you skip this step?")
    at.press_until("\x1b", "Go on?")
    at.press_until("s", "Why do you skip this step?")
    at.press_to_end("as agreed\r")
    assert answers(at) == "go on; skip as agreed"


@script("gate")
def test_the_list_can_be_looked_through_and_the_mode_changed(at: Terminal) -> None:
    at.see("Go on?")
    at.press_until("l", "l goes back")
    at.see_no("Go on?")
    at.press_until("l", "Go on?")
    at.press_until("m", "Which mode from here on?")
    at.press_until("b", "Go on?")
    at.press_until("m", "Which mode from here on?")
    at.press_to_end("a")
    assert answers(at) == "change mode auto"


@script("sign-in gate")
def test_the_page_answers_a_sign_in_while_the_person_is_asked(at: Terminal) -> None:
    at.see("Sign in, in the browser.")
    at.signal(SIGNED_IN)
    at.see("Step 13 of 32")
    at.press_to_end("q")
    assert answers(at) == "seen; stop"


@script("work work")
def test_a_key_between_questions_is_confirmed_at_once_and_kept(at: Terminal) -> None:
    at.see("Step 12 of 32")
    at.press_until("t", "Noted: the browser is yours before the next step.")
    assert answers(at).startswith("wish take over; wish")


@script("failure")
def test_a_failure_offers_what_makes_sense_and_wants_a_reason(at: Terminal) -> None:
    at.see("This did not go as it should. What now?")
    at.see("/recordings/run/data/pictures/19-reset-integration-after.png")
    at.press_until("o", "Why do you let it count as done?")
    at.press_to_end("seen\x7f\x7f\x7f\x7fthe form is there\r")
    assert answers(at) == "override the form is there"


@pytest.mark.parametrize(
    "at", [("gate", size) for size in ((40, 16), (60, 20), (80, 20), (200, 60))], indirect=True, ids=str
)
def test_every_size_of_terminal_shows_the_question_and_its_keys(at: Terminal) -> None:
    at.see("Go on?")
    at.see("q stop the run")
    at.press_to_end("q")
    assert answers(at) == "stop"


@script("gate", 120, 40)
def test_the_window_may_become_smaller_while_a_question_is_open(at: Terminal) -> None:
    at.see("Go on?")
    at.resize(50, 18)
    at.process.send_signal(signal.SIGWINCH)
    at.see("q stop the run")
    assert all(len(line.rstrip()) <= 50 for line in at.screen.display)
    at.press_to_end("y")
    assert answers(at) == "go on"


@script("gate failure taken-over --plain")
def test_in_plain_lines_a_letter_and_enter_answer(at: Terminal) -> None:
    at.see("Go on? Type a letter, then Enter.")
    at.press_until("\r", "That is none of the keys here: y, h, t, m, s, q.")
    at.press_until("y\x7fy\r", "What now?")
    at.press_until("s\r", "Write it, then Enter")
    at.press_until("later\r", "The browser is yours until you give it back.")
    at.press_to_end("g\r")
    assert answers(at) == "go on; skip later; give back"
    assert "\x1b" not in at.written.decode()


@script("work work --plain")
def test_in_plain_lines_a_wish_is_a_line_too(at: Terminal) -> None:
    at.see("Run run, in guided mode")
    at.press_until("q\r", "Noted: the run stops before the next step.")
    assert answers(at).startswith("wish stop")


@script("resumed gate")
def test_what_a_run_that_goes_on_found_stays_on_the_screen_in_the_end(at: Terminal) -> None:
    at.see("The browser is still open.")
    at.see("Go on?")
    at.press_to_end("y")
    assert answers(at) == "go on"
    assert at.told.rpartition("answers: ")[0].rstrip().endswith("The browser is still open.")


def test_with_the_console_in_a_file_questions_are_put_at_the_terminal(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log, Terminal([*SCRIPTED, "gate", "work"], ENV, stderr=log) as at:
        at.see("Go on? Type a letter, then Enter.")
        at.press_to_end("y\r")
        assert answers(at).startswith("go on")
    written = (tmp_path / "log").read_text(encoding="utf-8")
    assert "Run run, in guided mode" in written
    assert "Go on?" not in written


@script("gate")
def test_ctrl_c_at_a_question_leaves_the_terminal_as_it_was(at: Terminal) -> None:
    at.see("Go on?")
    at.interrupt()
    assert answers(at) == "interrupted"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@script("work work work work")
def test_a_signal_while_keyturn_works_leaves_the_terminal_as_it_was(at: Terminal, number: signal.Signals) -> None:
    at.see("Step 12 of 32")
    at.signal(number)
    assert answers(at).endswith("interrupted")


@script("work break")
def test_a_bug_leaves_the_terminal_as_it_was(at: Terminal) -> None:
    assert at.end() == 1
    assert at.is_as_before()


def test_a_job_in_the_background_asks_nobody_and_draws_nothing() -> None:
    job = ["bash", "-c", 'set -m; "$@" & wait $!', "bash", *SCRIPTED, "gate"]
    with Terminal(job, ENV) as at:
        assert at.end() == 1
        assert "NobodyThere" in at.told
        assert b"\x1b[?1049h" not in at.written
        assert at.is_as_before()


@pytest.mark.parametrize("stdin", ["closed", "nothing", "pipe"])
def test_where_no_terminal_is_nobody_is_asked(stdin: str) -> None:
    command = [*SCRIPTED, "gate"]
    if stdin == "closed":
        command = ["sh", "-c", 'exec "$@" <&-', "sh", *command]
    given = {"closed": None, "nothing": subprocess.DEVNULL, "pipe": subprocess.PIPE}[stdin]
    ended = subprocess.Popen(command, stdin=given, cwd=ROOT, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        ended.wait(60)  # The pipe stays open: nobody waits for what may come by it.
        assert ended.stderr
        assert b"NobodyThere" in ended.stderr.read()
    finally:
        ended.kill()
        for end in (ended.stdin, ended.stdout, ended.stderr):
            if end:
                end.close()
        ended.wait()


class Gone(io.StringIO):
    """A stream whose other end is gone, or whose disk is full."""

    def __init__(self, why: int) -> None:
        super().__init__()
        self._why = why

    def write(self, _text: str) -> int:
        raise OSError(self._why, os.strerror(self._why))

    def flush(self) -> None:
        self.write("")

    def close(self) -> None:
        self.write("")


@pytest.mark.parametrize("why", [errno.EIO, errno.EPIPE, errno.ENOSPC])
def test_a_console_that_takes_nothing_cuts_no_run_in_two(why: int) -> None:
    console = Console(file=Gone(why))
    interruption = Interruption()
    with watching(console, BOOK, PLACES, Mode.AUTO, Path("/recordings"), plain=True) as watch:
        interruption.tell = watch.tell
        watch.listener(events.SecretSealed("add-secret", "client_secret", "new", "2028-11-24", "entry", "0" * 64))
        with pytest.raises(KeyboardInterrupt), interruption.held():  # And not an error of the console's, in the middle.
            interruption()
    console.print("the summary")


def test_a_terminal_that_is_gone_hides_nothing_of_how_the_run_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = SimpleNamespace(open=lambda *_, **__: Gone(errno.EIO))
    monkeypatch.setattr("keyturn.system.screen_of", lambda _: gone)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(fileno=lambda: 0))
    with _at_terminal() as screen:
        screen.print("Go on?")
