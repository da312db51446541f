"""Times of `keyturn check`, from the start of its process to its end: the main runbook, and one of a thousand steps.

Run from the checkout: `python -m benchmarks.language`. Prints one line a figure.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.results import Row

MAIN = Path(__file__).parent.parent / "runbooks" / "update-entra-client-secret.yaml"
_TIMES = 5
_STEPS = 1_000
_QUICK = 1.0  # seconds


def checked(path: Path) -> float:
    """Return the median seconds of checking the valid runbook in `path`."""
    taken = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "keyturn", "check", path], check=True, capture_output=True)  # noqa: S603  # our own
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def long_runbook(folder: Path) -> Path:
    """Write a runbook of so many steps: the main one with its first step again and again."""
    shutil.copy(MAIN.with_suffix(".procedure.md"), folder)
    text = MAIN.read_text(encoding="utf-8")
    head, first, rest = text.partition("  - id: open-admin-center\n")
    step = first + rest[: rest.index("\n  - id: ") + 1]
    more = "".join(step.replace("open-admin-center", f"open-again-{number}") for number in range(_STEPS))
    path = folder / MAIN.name
    path.write_text(head + more + first + rest, encoding="utf-8")
    return path


def rows() -> list[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory(prefix="keyturn-bench-") as folder:
        return [
            ("check of the main runbook, from start to end", checked(MAIN), "s", _QUICK),
            (f"check of a runbook of {_STEPS:,} steps", checked(long_runbook(Path(folder))), "s", None),
        ]


if __name__ == "__main__":
    for what, value, unit, _ in rows():
        print(f"{what}: {value:.2f} {unit}")
