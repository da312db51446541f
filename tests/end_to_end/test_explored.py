"""Whatever happens at a desk, in whatever order: no secret is lost, none leaks, and no step is claimed that was not done.

Always on paper, with a few examples that are the same in every run. `make soak` explores longer: as many times as
KEYTURN_EXAMPLES says with a browser, and fifty times as often on paper. An engine that was broken on purpose must be
found out: that is the proof that it sees.
"""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from keyturn.events import SecretIntended
from keyturn.run import stages
from keyturn.run.journal import Journal
from pages.errors import PageError
from secrets_store import Store
from tests.end_to_end.explorer import Broken, BrowserExplorer, Explorer
from tests.end_to_end.interrupting import KILLED
from tests.end_to_end.paper_desk import paper_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from keyturn.events import Event
    from tests.end_to_end.paper_desk import PaperDesk

EXAMPLES = int(os.environ.get("KEYTURN_EXAMPLES", "10"))
ON_PAPER = 50 * EXAMPLES
ACTS = 12  # in one example, at most
QUICK = 15  # examples, each of a fifth of a second
ENOUGH = 150  # examples in which a broken engine is found out
SOON = 2  # the seed of an order in which what takes long otherwise is found out by the first few


def explore(examples: int, machine: type[Explorer] = Explorer, *, order: int | None = None) -> None:
    """Explore with so many examples, in the same order every time; `order`: in another, which is the same too."""
    run_state_machine_as_test(
        machine if order is None else seed(order)(machine),
        settings=settings(
            max_examples=examples, stateful_step_count=ACTS, deadline=None, derandomize=order is None, database=None,
            report_multiple_bugs=False, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_on_paper_the_promises_hold_whatever_happens() -> None:
    explore(QUICK)


@pytest.mark.soak
def test_on_paper_they_hold_for_as_long_as_it_is_explored(figure: Callable[[str], None]) -> None:
    Explorer.tally.clear()
    explore(ON_PAPER)
    figure(told(ON_PAPER, Explorer))


@pytest.mark.soak
def test_with_a_browser_they_hold_whatever_happens(figure: Callable[[str], None]) -> None:
    BrowserExplorer.tally.clear()
    explore(EXAMPLES, BrowserExplorer)
    figure(told(EXAMPLES, BrowserExplorer))


def told(examples: int, machine: type[Explorer]) -> str:
    """Return what was explored, in words."""
    came_to = ", ".join(f"{count} {word}" for word, count in sorted(machine.tally.items()))
    return f"{examples} sequences of up to {ACTS} acts, no promise broken; what began came to: {came_to}"


# --- what was found, and mended


@pytest.fixture
def at(tmp_path: Path) -> Iterator[PaperDesk]:
    """Give a desk on paper."""
    with paper_desk(tmp_path, "expired") as it:
        yield it


def test_a_secret_that_the_vendor_may_have_saved_is_not_taken_back(at: PaperDesk) -> None:
    at.world.faults.chosen["ma-net-cut"] = ""
    at.impatient = True  # The credentials are saved, the answer is cut off, and the step is passed over.
    assert at.run("--until", "save-credentials").code == 0
    refused = at.rollback()
    assert refused.code == 2
    assert "add-secret: it is not known whether save-credentials was done; if it was:" in refused.told
    assert at.world.presses["delete_secret"] == 1  # the old one's


def test_what_a_resume_looked_for_and_did_not_find_is_in_no_rollback_s_way(at: PaperDesk) -> None:
    assert at.run(killed="after acting reset-integration").code == KILLED
    refused = at.rollback()
    assert refused.code == 2
    assert "not known whether this was done: reset-integration" in refused.told
    assert at.resume("--approve", "sign-in", "--approve", "sign-in-to-ma-portal").code == 5
    assert at.rollback().code == 0
    assert at.world.registration(at.world.application_id).secrets == []  # type: ignore[union-attr]


def test_a_rollback_that_was_killed_comes_before_anything_else(at: PaperDesk) -> None:
    assert at.run("--until", "add-secret").code == 0
    assert at.rollback(killed="pressed delete_secret").code == KILLED
    for refused in (at.run(), at.resume()):
        assert refused.code == 2
        assert f"keyturn rollback {at.recordings[0].name}" in refused.told
    assert at.rollback().code == 0
    assert at.world.presses["delete_secret"] == 1


@pytest.mark.parametrize("killed", ["after undone add-secret", "after run-ended "])
def test_a_rollback_that_was_killed_when_all_was_undone_comes_to_its_end(at: PaperDesk, killed: str) -> None:
    assert at.run("--until", "add-secret").code == 0
    assert at.rollback(killed=killed).code == KILLED
    assert at.run().code == 2
    assert at.rollback().code == 0
    assert at.world.presses["delete_secret"] == 1
    assert at.run().code == 0


def test_what_the_store_was_told_and_the_journal_was_not_stands_in_no_later_run_s_way(at: PaperDesk) -> None:
    assert at.run(killed="before secret-intended add-secret").code == KILLED
    assert at.resume().code == 0
    assert at.store.open_intents() == []
    assert at.run().code != 2
    assert len(at.recordings) == 2


# --- it sees


def announces_nothing(patch: pytest.MonkeyPatch) -> None:
    """Leave out the intent, in the store and in the journal."""
    tell, intend, seal = Journal.__call__, Store.intend, Store.seal

    def told(self: Journal, event: Event) -> None:
        if not isinstance(event, SecretIntended):
            tell(self, event)

    def sealed(self: Store, intent: Any, *args: Any, **kwargs: Any) -> Any:
        return seal(self, intend(self, intent.metadata), *args, **kwargs)

    patch.setattr(Journal, "__call__", told)
    patch.setattr(Store, "intend", lambda _, metadata: SimpleNamespace(id="none", metadata=metadata))
    patch.setattr(Store, "seal", sealed)
    patch.setattr(Store, "abandon", lambda *_: None)
    patch.setattr(Store, "lost", lambda *_, **__: None)


def adds_again(patch: pytest.MonkeyPatch) -> None:
    """Press Add once more after an interruption, without looking for what the first press made."""
    patch.setattr(stages, "recover", lambda *_: None)


def claims_it(patch: pytest.MonkeyPatch) -> None:
    """Take what was begun before an interruption for done, without looking."""
    patch.setattr(stages, "was_done", lambda engine, step: step.id in engine.state.unfinished.announced)


def presses_twice(patch: pytest.MonkeyPatch) -> None:
    """Try every action once more that went wrong, as if nothing of it could have happened."""
    call = stages._call

    def twice(*given: Any) -> Any:
        try:
            return call(*given)
        except PageError:
            return call(*given)

    patch.setattr(stages, "_call", twice)


@pytest.mark.parametrize(
    ("broken", "found", "order"),
    [
        (announces_nothing, "nobody knows of", SOON),
        (adds_again, "nobody knows of", SOON),
        (claims_it, "is told as already, and is not so", None),
        (presses_twice, "times, and announced", None),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_an_engine_that_breaks_a_promise_is_found_out(
    broken: Callable[[pytest.MonkeyPatch], None], found: str, order: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    with pytest.raises(Broken, match=found):
        explore(ENOUGH, type("Explorer", (Explorer,), {}), order=order)
