"""Asking the person at the terminal, and nobody else: never standard input, which may be a file or a pipe."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING, Any

from secrets_store.errors import NoTerminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

DEVICE = "/dev/tty"
_LONGEST = 4096  # characters of one answer


def check() -> None:
    """Raise `NoTerminal` when the process has no terminal, before anything is asked of whoever is at one."""
    if sys.platform != "win32":
        with _terminal():
            pass


def ask(prompt: str, *, hidden: bool) -> str:
    """Return the line that was typed, without its end; `hidden` keeps it off the screen.

    Raises `NoTerminal` when the process has no terminal.
    """
    if sys.platform == "win32":
        return _ask_windows(prompt, hidden=hidden)
    with _terminal() as terminal, _no_echo(terminal.fileno()) if hidden else nullcontext():
        terminal.write(prompt)  # with the echo off already, so that nobody types faster than that
        terminal.flush()
        answer = terminal.readline(_LONGEST).rstrip("\n")
        if hidden:
            terminal.write("\n")
            terminal.flush()
        return answer


def say(text: str) -> None:
    """Show `text` on the terminal alone, so that it lands in no log."""
    if sys.platform == "win32":
        console: Any = import_module("msvcrt")
        for char in text + "\r\n":
            console.putwch(char)
        return
    with _terminal() as terminal:
        terminal.write(text + "\n")
        terminal.flush()


@contextmanager
def _terminal() -> Iterator[TextIO]:
    try:
        descriptor = os.open(DEVICE, os.O_RDWR | os.O_NOCTTY)
    except OSError:
        raise NoTerminal("there is no terminal to ask on") from None
    # Reading and writing one device through one buffer would need it to be seekable.
    with (
        os.fdopen(os.dup(descriptor), "w", encoding="utf-8") as screen,
        os.fdopen(descriptor, encoding="utf-8", errors="replace") as keys,
    ):
        yield _Both(keys, screen)  # type: ignore[misc]  # the four methods used here


class _Both:
    def __init__(self, keys: TextIO, screen: TextIO) -> None:
        self.readline, self.fileno = keys.readline, keys.fileno
        self.write, self.flush = screen.write, screen.flush


@contextmanager
def _no_echo(descriptor: int) -> Iterator[None]:
    import termios  # noqa: PLC0415  # not on Windows

    before = termios.tcgetattr(descriptor)
    quiet = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    termios.tcsetattr(descriptor, termios.TCSAFLUSH, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)


def _ask_windows(prompt: str, *, hidden: bool) -> str:
    console: Any = import_module("msvcrt")
    for char in prompt:
        console.putwch(char)
    typed = ""
    while (char := console.getwch() if hidden else console.getwche()) not in "\r\n":
        if char == "\x03":
            raise KeyboardInterrupt
        typed = typed[:-1] if char == "\b" else typed + char
    console.putwch("\n")
    return typed
