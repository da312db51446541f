"""Somebody goes to another registration of the same name in the tab of the run: nothing of it is taken for the one asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from keyturn.gates import About, Answer, Choice
from keyturn.model import Gate
from tests.end_to_end.paper_desk import PaperDesk, paper_desk

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.gates import Pump, Question


@dataclass
class Strays:
    """A person who says yes to everything, and at one question goes to `elsewhere` first."""

    desk: PaperDesk
    at: str
    elsewhere: str
    failure: Question | None = None

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Answer as is said above; a failure is the end."""
        if question.about is About.FAILURE:
            self.failure = question
            return Answer(Choice.STOP, "a person")
        if question.gate is Gate.SIGN_IN:
            while not pump():
                pass
            return Answer(Choice.SEEN, "the page")
        if question.step == self.at:
            self.desk.browser.pages[0].registration = self.elsewhere
        return Answer(Choice.GO_ON, "a person")

    def wish(self) -> None:
        """Want nothing."""


@pytest.mark.parametrize(
    ("step", "scenario"),
    [("add-secret", "expired"), ("delete-expired-secret", "expired"), ("delete-valid-secret", "expiring")],
)
def test_nothing_is_made_deleted_or_claimed_in_another_registration(tmp_path: Path, step: str, scenario: str) -> None:
    with paper_desk(tmp_path, scenario) as at:
        ours = at.world.application_id
        twin = next(one for one in at.world.registrations if one.application_id != ours and one.secrets)
        twin.secrets[:] = [replace(twin.secrets[0], end=at.world.clock() - timedelta(days=3))]
        theirs, old = list(twin.secrets), at.before["registrations"][ours]["secrets"][0]["secret_id"]
        at.person = person = Strays(at, step, twin.application_id)
        ended = at.run()
        assert ended.code == 1
        assert person.failure is not None
        assert person.failure.step == step
        assert person.failure.seen == "those of another registration"
        assert twin.secrets == theirs
        assert old in [one["secret_id"] for one in at.state()["registrations"][ours]["secrets"]]
        assert at.world.presses.get("delete_secret", 0) == 0
        at.person = None
        assert at.resume().code == 0
        assert [at.world.presses[name] for name in ("add_secret", "delete_secret")] == [1, 1]
        assert [entry.metadata.application_id for entry in at.store.entries()] == [ours]
