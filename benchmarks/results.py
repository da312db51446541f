"""`results.md`: a section for each kind of figure, each written whole by the command that measures or counts it."""

from __future__ import annotations

import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = tuple[str, float, str, float | None]  # what, how much, its unit, the budget if there is one
RESULTS = Path(__file__).with_name("results.md")
_HEAD = "# Measured and counted\n\n`make bench` measures, `make soak` counts. Each section tells when and where.\n\n"
_FIRST = ("The engine", "The store", "The language")


def write_measured(section: str, rows: Iterable[Row], about: str, path: Path = RESULTS) -> str:
    """Put a table of what was measured in place of the section that begins so; return it. `about` says how."""
    lines = [
        "| what | measured | budget | within |",
        "|---|---|---|---|",
        *(
            f"| {what} | {value:.2f} {unit} | {_budget(budget, unit)} | {_within(value, budget)} |"
            for what, value, unit, budget in rows
        ),
    ]
    return _write(section, about, lines, path)


def write_counted(section: str, figures: Mapping[str, str], path: Path = RESULTS) -> str:
    """Put what tests counted, by their names, into the section that begins so; return it. Other tests' figures stay."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    rows = dict(re.findall(r"(?m)^\| ((?!test \|)[^|-][^|]*) (\|.*)$", _read(path).get(section, "")))
    rows |= {test: f"| {counted} | {today} |" for test, counted in figures.items()}
    lines = [
        "| test | counted | when |",
        "|---|---|---|",
        *(f"| {test} {counted}" for test, counted in sorted(rows.items())),
    ]
    return _write(section, "`make soak`", lines, path)


def _write(section: str, about: str, lines: list[str], path: Path) -> str:
    where = (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
    made = "\n".join([f"## {section}", "", f"{about}, {where}.", "", *lines, ""])
    sections = _read(path) | {section: made}
    order = sorted(sections, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    path.write_text(_HEAD + "\n".join(sections[name] for name in order), encoding="utf-8")
    return made


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    parts = re.split(r"(?m)^(?=## )", path.read_text(encoding="utf-8"))[1:]
    return {part.partition("\n")[0].removeprefix("## "): part.rstrip("\n") + "\n" for part in parts}


def _budget(budget: float | None, unit: str) -> str:
    return "" if budget is None else f"{budget:g} {unit}"


def _within(value: float, budget: float | None) -> str:
    if budget is None:
        return ""
    return "yes" if value <= budget else "**no**"
