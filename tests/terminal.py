"""A terminal of a test's own: a command runs in it, keys are pressed, and the screen is read as a person sees it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

import pyte

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping, Sequence

_AGAIN = 10.0  # seconds after which a key is pressed again that nothing came of
ROOT = Path(__file__).parents[1]
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|O.|.)")


class Terminal:
    """Runs `command` in a terminal of that size until it ends; use as a context manager."""

    def __init__(  # noqa: PLR0913  # keywords, each a side of a terminal
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        width: int = 80,
        height: int = 40,
        patience: float = 60.0,
        stderr: IO[bytes] | None = None,
    ) -> None:
        """Start it. `patience`: for how many seconds something is waited for before the test fails.

        `stderr` is where its standard error goes instead.
        """
        self._patience = patience
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self.written = b""  # everything, as it came
        self._ours, theirs = pty.openpty()
        self._before = termios.tcgetattr(theirs)
        self.resize(width, height)
        self.process = subprocess.Popen(
            command, cwd=ROOT, env={**env, "TERM": "xterm-256color"}, stdin=theirs, stdout=theirs, stderr=stderr or theirs,
            start_new_session=True, preexec_fn=_controlling,  # noqa: PLW1509  # it only makes one call
        )  # fmt: skip
        self._theirs = theirs  # Kept open, so that the terminal outlives the command and can be looked at.

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def resize(self, width: int, height: int) -> None:
        """Make the window larger or smaller, as a person does with the mouse."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.resize(height, width)

    def press(self, keys: str) -> None:
        """Press these keys."""
        os.write(self._ours, keys.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C, which reaches every process of the terminal."""
        self.press("\x03")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the command alone."""
        self.process.send_signal(number)

    @property
    def shown(self) -> str:
        """What is on the screen, in one line, without frames."""
        return _unframed("\n".join(self.screen.display))

    @property
    def told(self) -> str:
        """Everything that was ever written, in one line, without frames and colours."""
        return _unframed(_ANSI.sub("", self.written.decode(errors="ignore")))

    def see(self, text: str) -> None:
        """Wait until `text` is on the screen."""
        self._until(lambda: text in self.shown, text)

    def see_no(self, text: str) -> None:
        """Wait until `text` is not on the screen any more."""
        self._until(lambda: text not in self.shown, f"no {text}")

    def press_until(self, keys: str, text: str) -> None:
        """Press `keys` at what is shown now, and wait until `text` is shown.

        What is pressed in the very moment in which a question appears is not taken: a person presses it again.
        """
        self._press_until(keys, lambda: text in self.shown, text)

    def press_to_end(self, keys: str) -> None:
        """Press `keys`, after which the command ends; in the same way as `press_until`."""
        self._press_until(keys, lambda: self.process.poll() is not None, "the end")

    def _press_until(self, keys: str, holds: Callable[[], bool], what: str) -> None:
        self.press(keys)
        try:
            self._until(holds, what, _AGAIN)
        except AssertionError:
            self.press(keys)
            self._until(holds, what)

    def end(self) -> int:
        """Wait for the command to end and return its exit code."""
        self._until(lambda: self.process.poll() is not None, "the end")
        while self._read(0.1):
            pass
        return int(self.process.returncode)

    def is_as_before(self) -> bool:
        """Return whether the terminal echoes and takes lines again, shows its cursor, and marks no paste."""
        modes = re.findall(rb"\x1b\[\?(25|1049|2004)([hl])", self.written)
        last = dict(modes)
        restored = all(
            last.get(mode, usual) == usual for mode, usual in ((b"25", b"h"), (b"1049", b"l"), (b"2004", b"l"))
        )
        return restored and termios.tcgetattr(self._theirs)[3] == self._before[3]

    def _until(self, holds: Callable[[], bool], what: str, patience: float | None = None) -> None:
        until = time.monotonic() + (patience or self._patience)
        while not holds():
            self._read(0.1)
            over = self.process.poll() is not None and not self._read(0.1)
            if (over and not holds()) or time.monotonic() > until:
                raise AssertionError(f"waited for {what}; the screen shows\n" + "\n".join(self.screen.display))

    def _read(self, seconds: float) -> bool:
        if not select.select([self._ours], [], [], seconds)[0]:
            return False
        found = os.read(self._ours, 65536)
        self.written += found
        self._stream.feed(found)
        return True


def _controlling() -> None:
    """Make the terminal that of the command, so that Ctrl-C is for it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _unframed(text: str) -> str:
    return " ".join(re.sub(r"[─│╭╮╰╯━╸╺]", " ", text).split())
