"""One writer at a time. The system frees the lock when its holder dies, so there are no stale locks to guess at."""

from __future__ import annotations

import json
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from secrets_store import disk
from secrets_store.entry import now, stamp
from secrets_store.errors import Locked, NotVerified

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT = 10.0  # seconds; a write takes milliseconds, changing all recipients some seconds
WAIT_WITH_VALUE = 60.0  # seconds; whoever has a value in hand that is stored nowhere is more patient
_LOOK_AGAIN = 0.01  # seconds; about what a write takes, so that everybody's turn comes
_HOLDER_SIZE = 64  # characters; longer than any process ID and time


@contextmanager
def held(folder: Path, *, wait: float, hint: str = "wait until it has ended, then try again") -> Iterator[None]:
    """Hold the store in `folder` for the block; raise `Locked`, naming the holder, after `wait` seconds.

    Raises `NotVerified` where something else than a file is in the lock's place.
    """
    holder, path = folder / "holder", folder / "lock"
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        hint = "move it away: a lock holds nothing; leave the page with the value open if there is one, then try again"
        raise NotVerified(f"{path} is not a file", hint=hint)
    lock = FileLock(path, timeout=wait, poll_interval=_LOOK_AGAIN, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(f"the store is held by {_named(holder)}", hint=hint) from None
    try:
        with suppress(OSError):  # it is advice; a full disk must not keep a value from being stored for want of it
            _tell(holder)
        yield
    finally:
        lock.release()


def _tell(holder: Path) -> None:
    """Write down who holds the lock, over what stands there: cutting it first would give its block away."""
    told = json.dumps({"pid": os.getpid(), "since": stamp(now())}).ljust(_HOLDER_SIZE)
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # whatever was put there
    descriptor = os.open(holder, os.O_WRONLY | os.O_CREAT | careful, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(told)


def _named(holder: Path) -> str:
    """Return who wrote `holder`, in words. It is advice for people, so that anything unreadable is just unknown."""
    try:
        told = json.loads(disk.read(holder))
        return f"process {int(told['pid'])} since {str(told['since'])[:20]}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "another process"
