"""A person at a terminal: sees what a program shows, types what it asks for."""

from __future__ import annotations

import os
import pty
import re
import select
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PATIENCE = 60  # seconds; a busy machine takes long to derive a key


class Session:
    """A program at a terminal of its own, typed into as a person would."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.shown = ""
        self._child, self._terminal = pty.fork()
        if self._child == 0:
            os.chdir(ROOT)
            os.execvpe(command[0], command, env)  # noqa: S606  # the tests' own commands

    def see(self, text: str) -> re.Match[str]:
        """Wait until `text`, a regular expression, is shown; forget what came before it."""
        until = time.monotonic() + _PATIENCE
        while not (found := re.search(text, self.shown)):
            ready, _, _ = select.select([self._terminal], [], [], 0.2)
            if ready:
                self.shown += self._read()
            assert time.monotonic() < until, self.shown
        self.shown = self.shown[found.end() :]
        return found

    def _read(self) -> str:
        try:
            return os.read(self._terminal, 4096).decode()
        except OSError:  # Linux says so when the other end is closed
            return ""

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._terminal, f"{text}\n".encode())

    def end(self) -> int:
        """Return the exit code; `shown` has all that was not seen yet."""
        while more := self._read():
            self.shown += more
        os.close(self._terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])
