"""The browser taken over and given back, on paper: what looks done and was so before the run is no step of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.gates import About, Answer, Choice
from keyturn.model import Gate
from tests.end_to_end.paper_desk import paper_desk

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.gates import Pump, Question


class TakesOver:
    """A person who takes the browser over at one question, gives it back as it is, and says yes to everything else."""

    def __init__(self, at: str) -> None:
        self._at = at

    def ask(self, question: Question, pump: Pump) -> Answer:
        if question.about is About.TAKEN_OVER:
            return Answer(Choice.GIVE_BACK, "a person")
        if question.gate is Gate.SIGN_IN:
            assert pump()
            return Answer(Choice.SEEN, "the page")
        if question.step == self._at:
            self._at = ""
            return Answer(Choice.TAKE_OVER, "a person")
        return Answer(Choice.STOP if question.about is About.FAILURE else Choice.GO_ON, "a person")

    def wish(self) -> None:
        """Want nothing else."""


def test_an_integration_that_is_to_be_reset_is_never_taken_for_the_one_that_was_saved_after_it(tmp_path: Path) -> None:
    with paper_desk(tmp_path, "expired") as at:
        at.person = TakesOver("reset-integration")
        ended = at.run()
        portal = at.state()
    assert ended.code == 0, ended.told
    results = {step["id"]: step["result"] for step in ended.summary["steps"]}
    saving = ("reset-integration", "paste-secret-value", "test-connection", "save-credentials", "synchronise")
    assert {results[step] for step in saving} == {"done"}
    assert portal["ma_portal"]["integration"]["users"]
