"""Every fault at every step that it can strike: a quick slice always, all of it in the soak.

After each: the exit code and the message that belong to the fault, the portals and the store as the message says, a
recording that verifies, nothing pressed twice, no value to be read anywhere.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.errors import Exit
from keyturn.events import Failed
from pages.entra import shell
from rehearsal import FAULTS
from tests.end_to_end.conftest import ROTATION
from tests.end_to_end.judge import every_deed_is_a_step, judge
from tests.end_to_end.strikes import BESIDE, BOOK, ELSEWHERE, MISHAPS, NEVER_MET, Row, quick, quick_resumed, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.conftest import Rehearse, Rehearsed

ROWS = list(rows())
PATIENCE = 10  # seconds for a step; a busy machine needs two


@pytest.fixture(scope="session")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the runbook with less time for each step: what is meant to fail would else take half a minute each."""
    return impatient_copy(tmp_path_factory.mktemp("runbook"))


def impatient_copy(folder: Path) -> Path:
    """Write the rotation into `folder` with ten seconds for each step, and return its path."""
    text = ROTATION.read_text(encoding="utf-8")
    text = re.sub(r"^    timeout: .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^(    effect: .*\n)", rf"\1    timeout: {PATIENCE}s\n", text, flags=re.MULTILINE)
    text = re.sub(r"within: 2m, every: 5s", f"within: {PATIENCE}s, every: 1s", text)
    for name in (BOOK.procedure.file, ROTATION.name):
        shutil.copyfile(ROTATION.with_name(name), folder / name)
    (folder / ROTATION.name).write_text(text, encoding="utf-8")
    return folder / ROTATION.name


@pytest.fixture(autouse=True)
def blank_for_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on a blank frame within the patience of a step."""
    monkeypatch.setattr(shell, "BLANK", 1000 * PATIENCE // 2)


def endures(row: Row, rehearse: Rehearse, runbook: Path, count: Callable[[str], None], *, goes_on: bool) -> None:
    """Rehearse with the fault of `row`, and let everything be judged; where it stopped and `goes_on`, resumed too."""
    options: dict[str, Any] = dict(row.how)
    if row.fault in MISHAPS:
        options["mishap"] = MISHAPS[row.fault][0](row.step, row.moment)
        faults = []
    else:
        faults = [f"{row.fault}@{row.step}" if row.step else row.fault, *filter(None, [BESIDE.get(row.fault)])]

    def judged(run: Rehearsed, resumed: Callable[[], Rehearsed]) -> None:
        found = judge(run)
        count(f"ended {run.summary.status}")
        assert found == []
        assert run.summary.exit in row.ends.exits, said(run)
        assert run.summary.exit == Exit.DONE or re.search(row.ends.says, said(run)), said(run)
        assert row.fault in MISHAPS or (row.fault in run.state["faults_struck"]) == (row.fault not in NEVER_MET)
        if goes_on and row.can_go_on and run.summary.exit != Exit.DONE:
            again = resumed()
            found = judge(again)
            assert found == []
            assert again.summary.exit == Exit.DONE, said(again)
            count("done when resumed")

    rehearse(*faults, runbook=runbook, rendering=row.rendering, then=judged, **options)


def said(run: Rehearsed) -> str:
    """Return what was told of the failure that ended the run."""
    told = [f"{one.step}: expected {one.expected}; saw {one.seen}" for one in run.events if isinstance(one, Failed)]
    return told[-1] if told else str(run.error)


def test_no_fault_is_left_out() -> None:
    told = {row.fault for row in ROWS}
    assert told == {name for name in FAULTS if not name.startswith(ELSEWHERE)} | set(MISHAPS)
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert {row.step for row in ROWS if row.fault in MISHAPS} == {step.id for step in BOOK.steps}


def test_the_judge_knows_every_step_that_changes_something() -> None:
    assert every_deed_is_a_step()


@pytest.mark.parametrize("row", [row for row in ROWS if row.name in quick()], ids=lambda row: row.name)
def test_a_fault_ends_as_it_should(row: Row, rehearse: Rehearse, impatient: Path, count: Callable[[str], None]) -> None:
    endures(row, rehearse, impatient, count, goes_on=row.name in quick_resumed())


@pytest.mark.soak
@pytest.mark.parametrize("row", [row for row in ROWS if row.name not in quick()], ids=lambda row: row.name)
def test_every_fault_at_every_step_ends_as_it_should(
    row: Row, rehearse: Rehearse, impatient: Path, count: Callable[[str], None]
) -> None:
    endures(row, rehearse, impatient, count, goes_on=True)
