"""Rehearsals one after another: no growth in memory, open files, threads, processes or temporary files.

`make soak` rehearses for as many minutes as KEYTURN_SOAK_MINUTES says.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.enduring import BOUNDS, grown, growth, measured
from tests.processes import at_home

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MINUTES = float(os.environ.get("KEYTURN_SOAK_MINUTES", "60"))
AT_LEAST = 4  # rehearsals, so that two quarters can be compared
TOO_LONG = 1200.0  # seconds in which that many have ended, on a busy machine too


@pytest.mark.soak
@pytest.mark.eyes
def test_rehearsals_one_after_another_leave_nothing_behind(tmp_path: Path, figure: Callable[[str], None]) -> None:
    samples = rehearsed(tmp_path, 60 * MINUTES)
    assert {one["exit"] for one in samples} == {0}
    by, last = growth(samples), samples[-1]
    told = ", ".join(f"{what} {last[what]:.4g} ({by[what]:+.3g})" for what in BOUNDS)
    figure(f"{len(samples)} rehearsals in {MINUTES:g} minutes; at the end, and more than in the second quarter: {told}")
    assert grown(samples) == {}


def rehearsed(home: Path, seconds: float) -> list[dict[str, Any]]:
    """Return what a process that rehearses again and again told after each, for so many seconds, and four at least."""
    temporary = tempfile.mkdtemp(prefix="kt-")  # short: sockets lie below it
    command = [sys.executable, "-m", "tests.end_to_end.enduring", str(home)]
    samples, until = [], time.monotonic() + seconds
    with (home / "errors.txt").open("w") as errors, subprocess.Popen(
        command, env={**at_home(home), "TMPDIR": temporary}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=errors, text=True,
    ) as running:  # fmt: skip
        assert running.stdin
        assert running.stdout
        watchdog = threading.Timer(seconds + TOO_LONG, running.kill)
        watchdog.start()
        for line in running.stdout:
            samples.append(json.loads(line))
            if time.monotonic() > until and len(samples) >= AT_LEAST and not running.stdin.closed:
                running.stdin.close()
        watchdog.cancel()
    assert running.returncode == 0, (home / "errors.txt").read_text()
    shutil.rmtree(temporary)
    return samples


class Leaks:
    """Acts that stand for a rehearsal: each leaves something of its kind behind, or nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.kept: list[Any] = []
        self.leave = threading.Event()

    def nothing(self) -> None:
        """Leave nothing."""

    def file(self) -> None:
        """Leave a file open."""
        self.kept.append((self._folder.parent / "left-open").open("w"))

    def temporary(self) -> None:
        """Leave a temporary file."""
        (self._folder / f"left-{len(list(self._folder.iterdir()))}").touch()

    def memory(self) -> None:
        """Leave some MiB."""
        self.kept.append(bytearray(b"x" * (8 << 20)))

    def thread(self) -> None:
        """Leave a thread."""
        threading.Thread(target=self.leave.wait, daemon=True).start()

    def process(self) -> None:
        """Leave a child that has ended, and that nobody asked."""
        self.kept.append(subprocess.Popen([sys.executable, "-c", ""]))


@pytest.mark.parametrize(
    ("kind", "noticed"),
    [
        ("nothing", set()),
        ("file", {"open files"}),
        ("temporary", {"temporary files"}),
        ("memory", {"memory in MiB"}),
        ("thread", {"threads"}),
        ("process", {"processes"}),
    ],
)
def test_a_rehearsal_that_leaves_something_behind_is_noticed(
    kind: str, noticed: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.end_to_end.enduring._SETTLING", 0.0)
    folder = tmp_path / "temporary"
    folder.mkdir()
    leaks, samples = Leaks(folder), []
    for _ in range(8):
        getattr(leaks, kind)()
        samples.append(measured(folder))
    leaks.leave.set()
    for one in leaks.kept:
        if isinstance(one, subprocess.Popen):
            one.wait()
        elif hasattr(one, "close"):
            one.close()
    assert set(grown(samples)) == noticed
