"""The keyboard: one key is told apart from a paste, lines are edited, the terminal is left as it was found."""

from __future__ import annotations

import os
import pty
import signal
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from keyturn import system
from keyturn.console.keyboard import Keyboard, key_of, typed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.mark.parametrize(
    ("burst", "key"),
    [
        ("y", "y"),
        ("ü", "ü"),
        (" ", " "),
        ("\r", "enter"),
        ("\n", "enter"),
        ("\x1b", "escape"),
        ("\x7f", "backspace"),
        ("\x1b[A", "up"),
        ("\x1b[6~", "down"),
        ("\x1b[15~", ""),  # a function key
        ("\t", ""),
        ("\x00", ""),
        ("yes", "paste"),
        ("y\r", "paste"),
        ("\x1b[200~y\x1b[201~", "paste"),  # pasted, as a terminal marks it, even if it is one letter
        ("\x1b[200~", "paste"),
    ],
)
def test_a_burst_is_one_key_or_none(burst: str, key: str) -> None:
    assert key_of(burst) == key


@pytest.mark.parametrize(
    ("line", "burst", "then"),
    [
        ("", "why", ("why", False)),
        ("why", "\r", ("why", True)),
        ("why", "\x7f\x7f", ("w", False)),
        ("why", "\x15", ("", False)),
        ("", "because\r", ("because", True)),
        ("a ", "\x1b[200~two\nlines\x1b[201~", ("a two lines", False)),  # a paste never finishes the line
        ("", "y\r\nand more\r\n", ("y and more", False)),  # nor does one that no terminal marked
        ("", "y\r\n", ("y", True)),
        ("a", "\x1b[A\x1b[D", ("a", False)),
        ("a", "\x07\x00b", ("ab", False)),
    ],
)
def test_a_line_is_edited_and_finished_by_enter_alone(line: str, burst: str, then: tuple[str, bool]) -> None:
    assert typed_in(line, burst) == then


def bursts(*parts: bytes) -> Callable[[float], bytes]:
    """Return a keyboard on which this is typed, each part at once, with a pause after those that are empty."""
    left = list(parts)

    def read(_seconds: float) -> bytes:
        if not left:
            raise EOFError
        return left.pop(0)

    return read


def heard(*parts: bytes) -> tuple[list[str], list[str]]:
    taken: list[str] = []
    gone: list[str] = []
    with Keyboard(bursts(*parts), taken.append, lambda: gone.append("gone")) as keyboard:
        keyboard._thread.join(10)
    return taken, gone


def test_what_follows_without_a_pause_belongs_to_one_burst() -> None:
    assert heard(b"y", b"", b"a", b"b", b"", b"q", b"")[0] == ["y", "ab", "q"]


def test_a_letter_of_several_bytes_may_come_in_pieces() -> None:
    assert heard("ü".encode()[:1], b"", "ü".encode()[1:], b"")[0] == ["ü"]


def test_the_end_of_the_terminal_is_told() -> None:
    assert heard(b"")[1] == ["gone"]


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Give the two ends of a terminal: the person's and the program's."""
    theirs, ours = pty.openpty()
    yield theirs, ours
    for end in (theirs, ours):
        with suppress(OSError):  # Closed by the test.
            os.close(end)


def echoes(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def test_keys_arrive_one_by_one_without_enter(terminal: tuple[int, int]) -> None:
    theirs, ours = terminal
    with system.single_keys(ours) as typed:
        assert not echoes(ours)
        assert typed(0.0) == b""
        os.write(theirs, b"y")
        assert typed(10.0) == b"y"


def test_the_terminal_is_as_it_was_afterwards_also_after_an_interruption(terminal: tuple[int, int]) -> None:
    theirs, ours = terminal
    before = termios.tcgetattr(ours)

    def interrupted() -> None:
        with system.single_keys(ours):
            os.write(theirs, b"rm -rf\r")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert termios.tcgetattr(ours) == before
    os.set_blocking(ours, False)
    with pytest.raises(BlockingIOError):  # No shell gets what was typed.
        os.read(ours, 10)


def test_after_ctrl_z_keys_arrive_one_by_one_again(terminal: tuple[int, int]) -> None:
    _, ours = terminal
    before, handler = termios.tcgetattr(ours), signal.getsignal(signal.SIGCONT)
    with system.single_keys(ours):
        termios.tcsetattr(ours, termios.TCSANOW, before)  # as a shell does while the run is stopped
        os.kill(os.getpid(), signal.SIGCONT)
        assert not echoes(ours)
    assert signal.getsignal(signal.SIGCONT) is handler


def test_a_terminal_that_went_away_is_the_end_of_input(terminal: tuple[int, int]) -> None:
    theirs, ours = terminal
    with system.single_keys(ours) as typed:
        os.close(theirs)
        with pytest.raises(EOFError):
            typed(10.0)


def test_what_was_typed_too_early_can_be_dropped(terminal: tuple[int, int]) -> None:
    theirs, ours = terminal
    os.write(theirs, b"y\r")
    system.forget_typed(ours)
    os.set_blocking(ours, False)
    with pytest.raises(BlockingIOError):
        os.read(ours, 10)


class WindowsConsole:
    """`msvcrt`, as its documentation tells: special keys come as two characters."""

    def __init__(self, keys: str) -> None:
        self.keys = list(keys)

    def kbhit(self) -> bool:
        return bool(self.keys)

    def getwch(self) -> str:
        return self.keys.pop(0)


def test_on_windows_keys_come_from_its_console(monkeypatch: pytest.MonkeyPatch) -> None:
    console: Any = WindowsConsole("y\xe0H\xe0?\x00P")
    monkeypatch.setattr(system, "import_module", lambda name: {"msvcrt": console}[name])
    monkeypatch.setattr("sys.platform", "win32")
    with system.single_keys(0) as typed:
        came = [typed(1.0) for _ in range(4)]
        assert [key_of(burst.decode()) for burst in came] == ["y", "up", "", "down"]
        console.keys = list("early")
        system.forget_typed(0)
        began = time.monotonic()
        assert typed(0.05) == b""
        assert time.monotonic() - began >= 0.05
