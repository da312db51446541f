"""`benchmarks/results.md` is written a section at a time, and no section touches another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.results import write_counted, write_measured

if TYPE_CHECKING:
    from pathlib import Path


def test_a_section_is_written_whole_and_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "results.md"
    write_counted("Counted by the long tests of z", {"a test": "3 kills"}, path)
    write_measured("The store", [("a write", 1.234, "ms", 10.0), ("a read", 11.0, "ms", 10.0)], "measured", path)
    write_measured("The engine", [("a step", 1.0, "ms", None)], "measured", path)
    before = path.read_text()
    assert "| a write | 1.23 ms | 10 ms | yes |\n| a read | 11.00 ms | 10 ms | **no** |\n" in before
    assert "| a step | 1.00 ms |  |  |" in before
    write_measured("The store", [("a write", 2.0, "ms", None)], "measured", path)
    after = path.read_text()
    headings = [line for line in after.splitlines() if line.startswith("#")]
    assert headings == [
        "# Measured and counted", "## The engine", "## The store", "## Counted by the long tests of z"
    ]  # fmt: skip
    assert "a read" not in after
    assert [part for part in before.split("## ") if "store" not in part] == [
        part for part in after.split("## ") if "store" not in part
    ]


def test_what_one_test_counted_stays_when_another_is_run(tmp_path: Path) -> None:
    path = tmp_path / "results.md"
    section = "Counted by the long tests of z"
    write_counted(section, {"kills [1]": "100 kills", "faults": "3 rows"}, path)
    write_counted(section, {"faults": "4 rows"}, path)
    assert [line.split(" | ")[0:2] for line in path.read_text().splitlines() if line.startswith("| ")] == [
        ["| test", "counted"], ["| faults", "4 rows"], ["| kills [1]", "100 kills"]
    ]  # fmt: skip
