"""How much memory a program takes outside its browser: that of its process and of all below, browsers left out."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_BROWSERS = ("chrom", "msedge", "headless_shell")


def outside_memory(root: int) -> float:
    """Return the MiB that process `root` and what it started take now, each page that is shared counted once.

    Of Linux alone, from `/proc`: the proportional set size.
    """
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # It has ended meanwhile.
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    ours = {root}
    while more := {process for process, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(_proportional(process) for process in ours) / 1024


def _proportional(process: int) -> int:
    """Return the KiB of one process; 0 for a browser's, and for one that has ended."""
    with suppress(OSError):
        if Path(f"/proc/{process}/exe").resolve().name.startswith(_BROWSERS):
            return 0
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
