"""The terminal as the place for secrets: what is typed hidden is not shown, and what is said reaches nobody else."""

from __future__ import annotations

import contextlib
import os
import pty
import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from secrets_store import terminal

if TYPE_CHECKING:
    from collections.abc import Callable


class Screen:
    """The other end of a terminal: types, and keeps what was shown."""

    def __init__(self, typed: bytes) -> None:
        self.shown = b""
        self.ours, theirs = pty.openpty()
        self.device = os.ttyname(theirs)
        self._theirs = theirs
        self._typing = threading.Thread(target=self._type, args=(typed,), daemon=True)
        self._typing.start()

    def _type(self, typed: bytes) -> None:
        while b": " not in self.shown:
            self.shown += os.read(self.ours, 1000)
        os.write(self.ours, typed)

    def close(self) -> bytes:
        self._typing.join(5)
        os.set_blocking(self.ours, False)
        with contextlib.suppress(BlockingIOError):
            self.shown += os.read(self.ours, 1000)
        os.close(self.ours)
        os.close(self._theirs)
        return self.shown


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Screen]:
    def make(typed: bytes) -> Screen:
        made = Screen(typed)
        monkeypatch.setattr(terminal, "DEVICE", made.device)
        return made

    return make


def test_what_is_typed_hidden_is_not_shown(screen: Callable[[bytes], Screen]) -> None:
    there = screen(b"typed words\n")
    terminal.check()
    assert terminal.ask("Passphrase: ", hidden=True) == "typed words"
    shown = there.close()
    assert b"Passphrase: " in shown
    assert b"typed" not in shown


def test_what_is_typed_openly_is_shown(screen: Callable[[bytes], Screen]) -> None:
    there = screen(b"typed words\n")
    assert terminal.ask("Key: ", hidden=False) == "typed words"
    assert b"typed words" in there.close()


def test_what_is_said_reaches_the_terminal_alone(
    screen: Callable[[bytes], Screen], capfd: pytest.CaptureFixture[str]
) -> None:
    there = screen(b"")
    terminal.say("words: shown once")
    assert b"words: shown once" in there.close()
    assert capfd.readouterr() == ("", "")


def test_on_windows_the_console_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    keys = iter("abx\bc\r" + "de\r" + "f\x03")
    console = ModuleType("msvcrt")
    console.putwch = shown.append  # type: ignore[attr-defined]
    console.getwch = console.getwche = lambda: next(keys)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setattr(sys, "platform", "win32")
    terminal.check()
    assert terminal.ask("P: ", hidden=True) == "abc"
    assert terminal.ask("K: ", hidden=False) == "de"
    with pytest.raises(KeyboardInterrupt):
        terminal.ask("K: ", hidden=True)
    terminal.say("hello")
    assert "".join(shown).endswith("hello\r\n")
