"""`pytest runbooks/` rehearses every runbook of this folder against the replicas: an author's test for nothing."""
# ruff: noqa: INP001  # a folder of documents, no package

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Rehearsal(pytest.Item):
    """One runbook, rehearsed headless with a throw-away store."""

    def runtest(self) -> None:
        """Rehearse, in a process of its own: other tests may have a browser under way in this one."""
        recordings = self.config.rootpath / ".pytest_cache" / "rehearsals"
        told = ["--headless", "--plain", "--recordings", str(recordings)]
        command = [sys.executable, "-m", "keyturn", "rehearse", str(self.path), *told]
        done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")  # noqa: S603  # ours
        if done.returncode:
            pytest.fail(f"{done.stderr}\nkeyturn rehearse ended with exit code {done.returncode}", pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the runbook in the report."""
        return self.path, 0, f"rehearse {self.path.stem}"


class RunbookFile(pytest.File):
    """A runbook as pytest sees it."""

    def collect(self) -> Iterator[Rehearsal]:
        """Yield its rehearsal."""
        yield Rehearsal.from_parent(self, name="rehearse")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> RunbookFile | None:
    """Take every runbook of this folder."""
    if file_path.suffix == ".yaml" and file_path.parent == Path(__file__).parent:
        return RunbookFile.from_parent(parent, path=file_path)
    return None
