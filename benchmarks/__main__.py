"""`make bench`: the budgets, measured side by side with what else does the same, written to `results.md`.

Every figure of the engine is the median of `RUNS` runs, each in a process of its own against freshly served replicas;
only the search that reads pictures is a single one, because it takes minutes.
`python -m benchmarks [RUNS] [engine] [store] [language]`: a section for each word, all of them without one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import language, store
from benchmarks.results import Row, write_measured
from keyturn.cli.replica import open_replicas
from rehearsal import Operator

WORDS = sys.argv[1:]
RUNS = int(WORDS.pop(0)) if WORDS and WORDS[0].isdecimal() else 5


def measured(*scripts: tuple[str, ...], runs: int = RUNS) -> list[dict[str, float]]:
    """Run each script, a name and arguments, `runs` times and return for each the median of everything it tells.

    They take turns: a machine that is slower for a while is so for all of them.
    """
    told: list[list[dict[str, Any]]] = [[_run(*script) for script in scripts] for _ in range(runs)]
    columns = zip(*told, strict=True)
    return [{name: statistics.median(one[name] for one in column) for name in column[0]} for column in columns]


def _run(script: str, *more: str) -> dict[str, Any]:
    """Run `script` once, against replicas of its own, and return what it tells."""
    with (
        open_replicas("expired", []) as replicas,
        Operator(replicas),
        tempfile.TemporaryDirectory(prefix="keyturn-bench-") as own,
    ):
        inputs = [replicas.entra_url, replicas.ma_portal_url, replicas.inputs["application_id"]]
        told: dict[str, Any] = json.loads(_printed(own, script, *inputs, *more).splitlines()[-1])
    return told


def _printed(own: str, script: str, *more: str) -> str:
    """Return what `script` printed. Its locks, in the folder `own`, are not those of the operator's own runs."""
    command = [sys.executable, "-m", f"benchmarks.{script}", *more]
    places = {**os.environ, "XDG_RUNTIME_DIR": own}
    finished = subprocess.run(command, check=False, capture_output=True, text=True, env=places)  # noqa: S603  # our own
    if finished.returncode:
        raise SystemExit(f"{script} failed:\n{finished.stderr}")
    return finished.stdout


def rehearsed() -> float:
    """Return how many times as long a rehearsal takes with a recording as without, of the medians of `RUNS` each."""
    took: dict[tuple[str, ...], list[float]] = {("bare",): [], (): []}
    for _ in range(RUNS):
        for how, seconds in took.items():
            with tempfile.TemporaryDirectory(prefix="keyturn-bench-") as own:
                began = time.monotonic()
                _printed(own, "rehearsal", own, *how)
                seconds.append(time.monotonic() - began)
    bare, recorded = map(statistics.median, took.values())
    return recorded / bare


def engine() -> list[Row]:
    """Measure the engine beside the same gestures in plain Playwright."""
    with tempfile.TemporaryDirectory(prefix="keyturn-bench-") as folder:
        pictures = Path(folder, "pictures")
        pictures.mkdir()
        raw, raw_pictured, bare, recorded = measured(("raw",), ("raw", str(pictures)), ("engine",), ("engine", folder))
        (read,) = measured(("engine", folder, "pictures"), runs=1)  # It takes minutes, and nothing is compared with it.
    return [
        ("engine CPU over the plain gestures, a step", 1000 * (bare["cpu"] - raw["cpu"]) / bare["steps"], "ms", 2.0),
        (
            "of that, in what the pages ask the browser",
            1000 * (bare["asking"] - raw["cpu"]) / bare["steps"],
            "ms",
            None,
        ),
        ("questions and gestures for the browser, a step", bare["asked"] / bare["steps"], "", None),
        ("start of process to first gesture, over plain", bare["start"] - raw["start"], "s", 0.3),
        ("memory of keyturn's own process, over plain", bare["memory"] - raw["memory"], "MiB", 25.0),
        ("memory outside the browser, the keeper included, over plain", bare["outside"] - raw["outside"], "MiB", 25.0),
        ("from the call of Add to the value sealed", bare["sealed"], "s", 1.0),
        ("value on the clipboard for a paste, at most", bare["clipboard"], "s", 0.5),
        ("gestures with recording, over plain with pictures", recorded["seconds"] / raw_pictured["seconds"], "x", 1.5),
        ("the same, over the engine's without", recorded["seconds"] / bare["seconds"], "x", None),
        ("a whole rehearsal with recording, over one without", rehearsed(), "x", 1.5),
        ("the same, without what serves the portals", recorded["whole"] / bare["whole"], "x", None),
        ("search of the recording for the value", recorded["search"], "s", None),
        ("the same, reading its pictures and videos", read["search"], "s", None),
        ("leak hits, recording on", max(recorded["leaks"], read["leaks"]), "", 0.0),
    ]


SECTIONS = {
    "engine": ("The engine", engine, f"`make bench`, beside plain Playwright, median of {RUNS} runs"),
    "store": ("The store", store.rows, "`make bench`, beside `age` and KeePassXC where they are installed"),
    "language": ("The language", language.rows, "`make bench`"),
}


def main() -> None:
    """Measure, print and write."""
    for word in WORDS or SECTIONS:
        section, measure, about = SECTIONS[word]
        print(write_measured(section, measure(), about), flush=True)


if __name__ == "__main__":
    main()
