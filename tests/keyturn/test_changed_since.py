"""What is not as it was when a run began is told, and needs a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from keyturn import events
from keyturn.errors import NobodyThere, Stopped
from keyturn.gates import Choice, Nobody
from keyturn.run import past_reading
from keyturn.run.changed_since import accepted, changes
from tests.keyturn.recorded import prepared, recorded, started
from tests.keyturn.stage import says

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _plain_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyturn.run.changed_since.facts_of", lambda book: book.digests)


def test_every_change_since_the_run_began_is_told(tmp_path: Path) -> None:
    so_far = past_reading.read(recorded(tmp_path, started("one")))

    def told(**changed: Any) -> tuple[str, ...]:
        return changes(so_far, prepared(**changed))

    assert told() == ()
    assert "a-book.yaml was changed" in told(runbook_sha256="9")[0]
    assert "part.yaml" in told(included_sha256={"part.yaml": "9"})[0]
    assert "more.yaml" in told(included_sha256={"part.yaml": "2", "more.yaml": "3"})[0]
    assert told(name="two") == ("the input name was one, and is now two",)


def test_an_input_that_was_changed_in_the_recording_itself_is_told_by_the_journal(tmp_path: Path) -> None:
    began = events.RunStarted("r", "b", 1, "t", "auto", "o", {}, {"name": "one"}, 1, (), (), rehearsal=False)
    folder = recorded(tmp_path, began, started("one"), inputs={"name": "two"})
    assert changes(past_reading.read(folder), prepared(name="two")) == ("the input name was one, and is now two",)
    assert changes(past_reading.read(folder), prepared(name="one")) == (
        "the input name was one, and is now two, in its run.json",
    )
    again = events.Resumed("r", "t", "auto", "o", {}, 1, (), (), False, {}, (), inputs={"name": "two"})
    folder = recorded(tmp_path, began, again, started("one"), name="said-yes-to", inputs={"name": "two"})
    assert changes(past_reading.read(folder), prepared(name="two")) == ()


def test_a_change_needs_a_yes_that_says_whose_it_is() -> None:
    assert accepted((), Nobody(), beforehand=False) == ""
    assert accepted(("it",), Nobody(), beforehand=True) == "--accept-changes"
    assert accepted(("it",), says(Choice.GO_ON), beforehand=False) == "a test"
    with pytest.raises(Stopped):
        accepted(("it",), says(Choice.STOP), beforehand=False)
    with pytest.raises(NobodyThere, match="it") as nobody:
        accepted(("it",), Nobody(), beforehand=False)
    assert "--accept-changes" in nobody.value.hint
