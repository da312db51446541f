"""Coverage: every instruction of the procedure is carried out by some step, and its text is the one that was read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from keyturn.document.procedure import read_procedure

if TYPE_CHECKING:
    from keyturn.check.finding import Finding
    from keyturn.document.procedure import Instructions


def check_coverage(finding: Finding) -> None:
    """Check the procedure's file, its hash and its numbers against what the steps say they cover."""
    procedure = finding.runbook.procedure
    if not procedure.file:
        return
    path = Path(finding.runbook.path).parent / procedure.file
    try:
        found = read_procedure(path)
    except OSError:
        beside = sorted(file.name for file in path.parent.glob("*.md"))
        finding.add(("procedure", "file"), "no such file beside the runbook", found=procedure.file, allowed=beside)
        return
    except UnicodeDecodeError:
        finding.add(("procedure", "file"), "the procedure is not UTF-8 text", found=procedure.file)
        return
    if procedure.sha256 and found.sha256 != procedure.sha256:
        message = (
            f"{procedure.file} has changed since; see that the steps still do what it says, then write its SHA-256"
        )
        finding.add(("procedure", "sha256"), message, found=procedure.sha256, allowed=[found.sha256])
        if procedure.source.sha256 == procedure.sha256:
            message = "this procedure is its own source; write its SHA-256 here too"
            finding.add(("procedure", "source", "sha256"), message, found=procedure.sha256, allowed=[found.sha256])
    _numbers(found, finding)


def _numbers(procedure: Instructions, finding: Finding) -> None:
    counts = Counter(row.number for row in procedure.rows)
    where = ("procedure", "file")
    if not counts:
        finding.add(where, "no table of numbered instructions in this file, as in `| P01 | Sign in | sign-in page |`")
        return
    for number in sorted(number for number, count in counts.items() if count > 1):
        finding.add(where, f"instruction {number} stands there {counts[number]} times")
    covered: set[int] = set()
    for index, step in enumerate(finding.runbook.steps):
        covered.update(step.covers)
        for place, number in enumerate(step.covers):
            if number not in counts:
                path = ("steps", index, "covers", place)
                finding.add(path, "the procedure has no such instruction", found=str(number), allowed=_range(counts))
    if not finding.runbook.steps or finding.could_not_read_steps("covers"):
        return
    for row in procedure.rows:
        if row.number not in covered:
            finding.add(where, f"no step carries out instruction {row.number}: {row.text}")


def _range(counts: Counter[int]) -> list[str]:
    return [f"{min(counts)} to {max(counts)}"]
