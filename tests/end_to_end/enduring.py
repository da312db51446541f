"""Rehearsals one after another in one process, and what must not grow there: `python -m tests.end_to_end.enduring HOME`.

After each it says as JSON in a line what the process holds by then, until its standard input is closed.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

Sample = dict[str, float]
# How much more of each there may be in the last quarter than in the second. Everything that is counted is counted
# exactly, and is the same after each rehearsal. Memory is what the system has given, in pages of which some are used in
# part only, so that it wavers by some MiB; what leaks a tenth of a MiB in each rehearsal is beyond this within the hour.
BOUNDS: Final = {
    "memory in MiB": 16.0,
    "open files": 0.0,
    "threads": 0.0,
    "processes": 0.0,
    "temporary files": 0.0,
}
_SETTLING = 10.0  # seconds in which processes that were told to end have ended


def measured(temporary: Path) -> Sample:
    """Return what this process holds: memory, descriptors, threads; what it started; files below `temporary`."""
    gc.collect()
    with suppress(AttributeError, TypeError, OSError):  # Only glibc has it: what was freed is given back to the system.
        ctypes.CDLL(None).malloc_trim(0)
    until = time.monotonic() + _SETTLING
    while set((started := processes(temporary)).values()) - {"Z"} and time.monotonic() < until:
        time.sleep(0.05)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return {
        "memory in MiB": pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        "open files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "threads": threading.active_count(),
        "processes": len(started),
        "temporary files": sum(1 for _ in temporary.rglob("*")),
    }


def processes(temporary: Path) -> dict[int, str]:
    """Return our children, and whoever has its own temporary folder below `temporary`: number and state.

    `Z` is one that has ended and that nobody asked how; it counts all the same.
    """
    mark = f"TMPDIR={temporary}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # It ended meanwhile, or is another's.
            stat = (folder / "stat").read_text(encoding="ascii", errors="replace")
            state, parent = stat.rpartition(")")[2].split()[:2]
            ours = int(parent) == os.getpid() or b"\0" + mark in b"\0" + (folder / "environ").read_bytes()
            if ours and int(folder.name) != os.getpid():
                found[int(folder.name)] = state
    return found


def growth(samples: Sequence[Sample]) -> Sample:
    """Return how much more of each there is in the last quarter than in the second; the first is for warming up."""
    quarter = len(samples) // 4
    if not quarter:
        raise ValueError("four at least")
    earlier, later = samples[quarter : 2 * quarter], samples[-quarter:]
    return {what: _middle(later, what) - _middle(earlier, what) for what in BOUNDS}


def grown(samples: Sequence[Sample]) -> Sample:
    """Return what has grown by more than it may."""
    return {what: by for what, by in growth(samples).items() if by > BOUNDS[what]}


def _middle(samples: Sequence[Sample], what: str) -> float:
    return statistics.median(one[what] for one in samples)


def main(home: Path) -> None:
    """Rehearse until standard input is closed."""
    from keyturn.cli import main as keyturn  # noqa: PLC0415  # only here is it a program

    closed = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        closed.set()

    threading.Thread(target=wait, daemon=True).start()
    say, recordings = sys.stdout, home / "recordings"
    while not closed.is_set():
        with (home / "told.txt").open("w") as told:
            sys.stdout = told
            code = keyturn(["rehearse", "--headless", "--plain", "--json", "--recordings", str(recordings)])
            sys.stdout = say
        shutil.rmtree(recordings)
        say.write(json.dumps({"exit": code, **measured(Path(tempfile.gettempdir()))}) + "\n")
        say.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
