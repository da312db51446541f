"""What is known of a kept browser: one small file for each, in a folder of the user's own.

Whether its keeper still lives is not guessed from process numbers: the keeper holds a lock, which the system frees
when it dies. A second lock tells the keeper whether somebody is using the browser.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from keyturn import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_LOCK = ".lock"
_OLD = 86_400.0  # seconds after which nobody waits for a lock that was let go
_ENDING = 10.0  # seconds in which a keeper that was told to has ended


@dataclass(frozen=True, slots=True)
class Kept:
    """A browser that is kept for `run`: where it listens, and the private folder of its profile and socket.

    `disguise` is the name under which the recorder can switch, in pages that are open already, what conceals them.
    """

    run: str
    endpoint: str
    folder: str
    headed: bool
    disguise: str = ""

    @classmethod
    def read(cls, run: str) -> Self | None:
        """Return what is known of the browser of `run`; None when there is none, or it cannot be read."""
        try:
            return cls(**json.loads(_file(run).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self) -> None:
        """Make it known, whole or not at all."""
        file = _file(self.run)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)), encoding="utf-8")
        fresh.replace(file)


def runs() -> list[str]:
    """Return the runs for which a browser was kept and not yet let go, oldest first."""
    return sorted(path.stem for path in settings.kept_browsers().glob("*.json"))


def forget(run: str) -> None:
    """Remove what is known of the browser of `run`. The locks stay: removing one that is waited for frees nobody."""
    _file(run).unlink(missing_ok=True)


def sweep() -> None:
    """Remove the locks of browsers that were forgotten long ago: there are two for each run."""
    for lock in settings.kept_browsers().glob(f"*{_LOCK}"):
        with suppress(OSError, Timeout):  # Another sweeps too, or one is held: it goes another time.
            known = _file(lock.name.rsplit(".", 2)[0]).exists()
            if not known and time.time() - lock.stat().st_mtime > _OLD:
                with FileLock(lock, timeout=0, mode=0o600):
                    lock.unlink(missing_ok=True)


def is_alive(run: str) -> bool:
    """Return whether the keeper of `run` lives."""
    return _is_held(settings.kept_browsers() / f"{run}.keeper{_LOCK}")


def is_attended(run: str) -> bool:
    """Return whether somebody uses the browser of `run`."""
    return _is_held(settings.kept_browsers() / f"{run}.user{_LOCK}")


@contextmanager
def living(run: str) -> Iterator[None]:
    """Hold the keeper's lock. Raises `filelock.Timeout` when `run` has a keeper already that is not just ending."""
    with FileLock(settings.kept_browsers() / f"{run}.keeper{_LOCK}", timeout=_ENDING, mode=0o600):
        yield


@contextmanager
def attending(run: str) -> Iterator[None]:
    """Hold the user's lock. Raises `filelock.Timeout` when somebody uses the browser of `run` already."""
    with FileLock(settings.kept_browsers() / f"{run}.user{_LOCK}", timeout=2, mode=0o600):
        yield


def _is_held(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0, mode=0o600):
            return False
    except Timeout:
        return True


def _file(run: str) -> Path:
    return settings.kept_browsers() / f"{run}.json"
