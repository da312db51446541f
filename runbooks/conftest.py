"""`pytest runbooks/` rehearses every runbook of this folder against the replicas: an author's test for nothing."""
# ruff: noqa: INP001  # a folder of documents, no package

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Rehearsal(pytest.Item):
    """One runbook, rehearsed headless with a throw-away store."""

    def runtest(self) -> None:
        """Rehearse. What went wrong is what `keyturn rehearse` told on standard error."""
        from keyturn.cli import main  # noqa: PLC0415  # collecting needs none of it

        recordings = self.config.rootpath / ".pytest_cache" / "rehearsals"
        code = main(["rehearse", str(self.path), "--headless", "--plain", "--recordings", str(recordings)])
        if code:
            pytest.fail(f"keyturn rehearse ended with exit code {code}", pytrace=False)

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
