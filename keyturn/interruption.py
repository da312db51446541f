"""An end in order, whenever it is asked for: Ctrl-C, `kill`, a closed terminal. Nothing cuts the one act in two.

The first signal raises `KeyboardInterrupt` in the run, which then ends as it does after any failure: clipboard cleared,
journal closed, recording packaged. While something must be whole, and while the run is ending, a signal only waits.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

INSIST: Final = 3  # times that somebody has to ask until they are obeyed at once, whatever that leaves behind
_HELD: Final = "The run ends as soon as nothing can be lost by it."
_ENDING: Final = "The run is ending: the clipboard is cleared, the recording closed. This takes a moment."


class Interruption:
    """Whether an end was asked for. `tell` is given what to tell the person when they have to wait for it."""

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self.tell = tell
        self.asked = 0
        self._held = 0
        self._ending = False

    def __call__(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Take a signal. Raises `KeyboardInterrupt`, unless that has to wait."""
        self.asked += 1
        if self.asked >= INSIST or not (self._held or self._ending):
            self._ending = True
            raise KeyboardInterrupt
        self.tell(_HELD if self._held and not self._ending else _ENDING)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nothing interrupt what is inside; raise `KeyboardInterrupt` afterwards if it was asked for meanwhile."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self.asked and not self._held and not self._ending:
            self._ending = True
            raise KeyboardInterrupt

    def end(self) -> None:
        """Let nothing be interrupted from here on: the run is ending in any case."""
        self._ending = True


@contextmanager
def listening(interruption: Interruption) -> Iterator[None]:
    """Let the signals that ask for an end be taken by `interruption`. Only the main thread can be asked."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # The third is not on Windows, the fourth only there.
    known = [getattr(signal, name) for name in names if hasattr(signal, name)]
    heard = [number for number in known if signal.getsignal(number) is not signal.SIG_IGN]  # `nohup` means it.
    before = {number: signal.signal(number, interruption) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
