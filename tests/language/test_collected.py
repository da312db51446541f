"""`pytest runbooks/`: an author's runbook is collected, and what is wrong with its rehearsal is told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from keyturn.skeleton import write_skeleton

RUNBOOKS = Path(__file__).parent.parent.parent / "runbooks"


def collected(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=RUNBOOKS.parent)


def test_every_runbook_of_the_folder_is_one_test() -> None:
    done = collected(RUNBOOKS, "--collect-only")
    names = [line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line]
    assert sorted(Path(name).name for name in names) == sorted(path.name for path in RUNBOOKS.glob("*.yaml"))


def test_a_rehearsal_that_fails_is_told_with_what_keyturn_said(tmp_path: Path) -> None:
    shutil.copy(RUNBOOKS / "conftest.py", tmp_path)
    book, _ = write_skeleton("mine", tmp_path)
    book.write_text(book.read_text("utf-8").replace("do: open_app_registrations", "do: open_app_regs"), "utf-8")
    done = collected(tmp_path)
    assert done.returncode == 1
    assert "did you mean: open_app_registrations" in done.stdout
    assert "keyturn rehearse ended with exit code 3" in done.stdout
