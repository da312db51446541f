"""Processes of the tests' own that die in the middle of what they do, as a crash or `kill -9` ends one."""

from __future__ import annotations

import os
import signal
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLS = ("open", "write", "ftruncate", "fsync", "rename", "replace", "unlink", "lseek", "chmod", "close", "mkdir")


@contextmanager
def _dying() -> Iterator[None]:
    """Keep a forked child from ever coming back into the tests."""
    try:
        yield
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(1)


def started(act: Callable[[], object], *, die: int = 0) -> int:
    """Do `act` in a process of its own; return its number. It ends with 0 when `act` came to its end.

    With `die`, it dies by SIGKILL at the call of the system with that number.
    """
    child = os.fork()
    if child == 0:
        with _dying():
            if die:
                _die_at(die)
            act()
    return child


def ended(child: int) -> int:
    """Wait for the end of a process; return its exit code, or the signal that killed it as a negative number."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _die_at(point: int) -> None:
    left = point

    def watched(real: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return call

    for name in CALLS:
        setattr(os, name, watched(getattr(os, name)))
