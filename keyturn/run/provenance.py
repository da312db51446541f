"""Where what is carried out comes from: which runbook, in which versions, and what a recording keeps of them."""

from __future__ import annotations

import hashlib
import platform
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence import package
from keyturn.document.procedure import read_procedure

if TYPE_CHECKING:
    from keyturn.events.run import Instructed, Planned
    from keyturn.model import Runbook


def facts_of(runbook: Runbook) -> dict[str, Any]:
    """Return what tells whether a runbook, or one that it takes in, is still the same, and where it was read."""
    return {
        "runbook": runbook.name,
        "runbook_file": str(Path(runbook.path).resolve()),
        "runbook_sha256": _sha256(runbook.text),
        "included_sha256": {Path(file).name: _sha256(text) for file, text in sorted(runbook.included.items())},
        "revision": runbook.revision,
    }


def instructions_of(runbook: Runbook) -> tuple[Instructed, ...]:
    """Return every instruction of the procedure as the journal tells it."""
    procedure = read_procedure(Path(runbook.path).parent / runbook.procedure.file)
    return tuple((row.number, row.text, row.where) for row in procedure.rows)


def plan_of(runbook: Runbook) -> tuple[Planned, ...]:
    """Return every step as the journal tells it: an instruction is carried out when all of its steps are."""
    return tuple((step.id, step.title, step.covers) for step in runbook.steps)


def versions() -> dict[str, str]:
    """Return the versions of what carries a run out."""
    return {
        "keyturn": version("keyturn"),
        "playwright": version("playwright"),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def words_of(runbook: Runbook) -> bytes:
    """Return everything that is written in a runbook and in those that it takes in."""
    return "\n".join([runbook.text, *runbook.included.values()]).encode()


def keep(runbook: Runbook, folder: Path) -> None:
    """Write the runbook, those that it takes in, and its procedure into `folder`."""
    (folder / "runbook.yaml").write_text(runbook.text, encoding="utf-8", newline="\n")
    _keep_included(runbook, folder / "included")
    shutil.copyfile(Path(runbook.path).parent / runbook.procedure.file, folder / "procedure.md")


def _keep_included(runbook: Runbook, folder: Path) -> None:
    """Write the runbooks that this one took in by `use`. They lie beside it, so that their names are their own.

    One whose name a package cannot hold has another here; its digest in `run.json` tells which it is.
    """
    named = [(Path(file).name, text) for file, text in runbook.included.items()]
    for name, text in sorted(named, key=lambda one: package.fit(one[0]) != one[0]):
        folder.mkdir(mode=0o700, exist_ok=True)
        place = folder / package.fit(name)
        while place.exists():
            place = place.with_name(f"_{place.name}")
        place.write_text(text, encoding="utf-8", newline="\n")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
