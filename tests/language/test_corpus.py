"""Each bad runbook is told apart by the message beside it, word for word, and the good ones pass."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyturn.check import check_file

if TYPE_CHECKING:
    from keyturn.catalogue import Catalogue

RUNBOOKS = Path(__file__).parent.parent / "runbooks"
BAD = sorted(path.stem for path in (RUNBOOKS / "bad").glob("*.yaml"))


@pytest.mark.parametrize("name", BAD)
def test_a_bad_runbook_is_told_everything_that_is_wrong_with_it(
    name: str, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(RUNBOOKS / "bad")
    _, faults = check_file(Path(f"{name}.yaml"), lambda _packages: catalogue)
    told = "\n\n".join(str(fault) for fault in faults.sorted()) + "\n"
    assert told == Path(f"{name}.txt").read_text(encoding="utf-8")


def test_a_good_runbook_has_no_fault(catalogue: Catalogue) -> None:
    runbook, faults = check_file(RUNBOOKS / "good" / "practice.yaml", lambda _packages: catalogue)
    assert runbook
    assert faults.sorted() == ()
    assert [step.id for step in runbook.steps] == ["open", "sign-in", "add-key", "paste", "delete-old"]
