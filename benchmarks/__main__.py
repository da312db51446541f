"""`make bench`: the budgets, measured side by side with plain Playwright in one run, written to `results.md`.

Every figure is the median of `RUNS` runs, each in a process of its own against freshly served replicas.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import language, store
from keyturn.cli.replica import open_replicas
from rehearsal import Operator

RESULTS = Path(__file__).with_name("results.md")
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 3


def measured(script: str, *more: str) -> dict[str, float]:
    """Run `script` `RUNS` times and return the median of everything it tells."""
    told: list[dict[str, Any]] = []
    for _ in range(RUNS):
        with open_replicas("expired", []) as replicas, Operator(replicas, pace=0.0):
            inputs = [replicas.entra_url, replicas.ma_portal_url, replicas.inputs["application_id"]]
            command = [sys.executable, "-m", f"benchmarks.{script}", *inputs, *more]
            finished = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # our own
            told.append(json.loads(finished.stdout.splitlines()[-1]))
    return {name: statistics.median(one[name] for one in told) for name in told[0]}


def main() -> None:
    """Measure, print and write."""
    with tempfile.TemporaryDirectory(prefix="keyturn-bench-") as folder:
        pictures = Path(folder, "pictures")
        pictures.mkdir()
        raw, raw_pictured = measured("raw"), measured("raw", str(pictures))
        bare, recorded = measured("engine"), measured("engine", folder)
        read = measured("engine", folder, "pictures")
    rows: list[store.Row] = [
        ("engine CPU over the plain gestures, a step", 1000 * (bare["cpu"] - raw["cpu"]) / bare["steps"], "ms", 2.0),
        ("start of process to first gesture, over plain", bare["start"] - raw["start"], "s", 0.3),
        ("memory outside the browser, over plain", bare["memory"] - raw["memory"], "MiB", 25.0),
        ("from the call of Add to the value sealed", bare["sealed"], "s", 1.0),
        ("value on the clipboard for a paste, at most", bare["clipboard"], "s", 0.5),
        ("gestures with recording, over plain with pictures", recorded["seconds"] / raw_pictured["seconds"], "x", 1.5),
        ("gestures with recording, over the engine without", recorded["seconds"] / bare["seconds"], "x", 1.5),
        ("search of the recording for the value", recorded["search"], "s", None),
        ("the same, reading its pictures and videos", read["search"], "s", None),
        ("leak hits, recording on", max(recorded["leaks"], read["leaks"]), "", 0.0),
        *store.rows(),
        *language.rows(),
    ]
    lines = [
        "# Measured",
        "",
        (
            f"`make bench`, {datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}, median of {RUNS} runs."
        ),
        "",
        "| what | measured | budget | within |",
        "|---|---|---|---|",
        *(
            f"| {what} | {value:.2f} {unit} | {_budget(budget, unit)} | {_within(value, budget)} |"
            for what, value, unit, budget in rows
        ),
        "",
    ]
    RESULTS.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


def _budget(budget: float | None, unit: str) -> str:
    return "" if budget is None else f"{budget:g} {unit}"


def _within(value: float, budget: float | None) -> str:
    if budget is None:
        return ""
    return "yes" if value <= budget else "**no**"


if __name__ == "__main__":
    main()
