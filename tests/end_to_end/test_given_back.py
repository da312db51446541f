"""The browser taken over and given back, on paper: what was done meanwhile is looked for, and nothing else is assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evidence.chain import read_chain
from keyturn.errors import Exit
from keyturn.gates import About, Answer, Choice
from keyturn.model import Gate
from rehearsal.entra.changes import delete_secret
from tests.end_to_end.paper_desk import paper_desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyturn.gates import Pump, Question
    from tests.end_to_end.paper_desk import PaperDesk


class TakesOver:
    """A person who takes the browser over at one question, does something, gives it back, and says yes to all else."""

    def __init__(self, at: str, does: Callable[[], None] = lambda: None) -> None:
        self._at, self._does = at, does

    def ask(self, question: Question, pump: Pump) -> Answer:
        if question.about is About.TAKEN_OVER:
            self._does()
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


def deletes(at: PaperDesk, *secret_ids: str) -> Callable[[], None]:
    """Return somebody's deleting of these secrets by hand."""

    def does() -> None:
        for secret_id in secret_ids:
            delete_secret(at.world, at.world.application_id, secret_id)

    return does


def secret_ids(at: PaperDesk) -> list[str]:
    registration = at.world.registration(at.world.application_id)
    assert registration
    return [one.secret_id for one in registration.secrets]


def compared(at: PaperDesk) -> list[list[str]]:
    """Return what was missing at each comparison."""
    entries = read_chain(at.recordings[-1] / "data" / "journal.jsonl").entries
    return [entry["missing"] for entry in entries if entry["kind"] == "secrets-compared"]


@pytest.mark.parametrize("takes_over_at", ["add-secret", "delete-expired-secret", "save-credentials"])
def test_a_wrong_secret_that_a_person_deleted_before_the_right_one_is_told_and_stops_the_run(
    tmp_path: Path, takes_over_at: str
) -> None:
    with paper_desk(tmp_path, "both-expired-and-valid") as at:
        due, wrong = secret_ids(at)
        at.person = TakesOver(takes_over_at, deletes(at, wrong, *([due] if takes_over_at.startswith("del") else [])))
        ended = at.run()
        assert ended.code == Exit.GUARD_REFUSED
        assert wrong in ended.told
        assert due not in ended.told
        assert f"portal: the secret {wrong} is gone, and no step was to delete it" in ended.summary["changed"]
        assert compared(at) == [[wrong]]
        at.person = TakesOver("nowhere")
        again = at.resume()
        assert again.code == 0, again.told
        assert f"portal: the secret {wrong} is gone, and no step was to delete it" in again.summary["changed"]
        assert compared(at) == [[wrong]]


def test_the_secret_that_was_to_go_may_be_deleted_by_hand(tmp_path: Path) -> None:
    with paper_desk(tmp_path, "both-expired-and-valid") as at:
        due, _ = secret_ids(at)
        at.person = TakesOver("delete-expired-secret", deletes(at, due))
        ended = at.run()
        assert ended.code == 0, ended.told
        assert compared(at) == [[]]


def test_a_wrong_deletion_is_found_too_where_the_run_was_killed_while_the_browser_was_the_person_s(
    tmp_path: Path,
) -> None:
    with paper_desk(tmp_path, "both-expired-and-valid") as at:
        due, wrong = secret_ids(at)
        at.person = TakesOver("delete-expired-secret", deletes(at, wrong, due))
        at.run(killed="before given-back delete-expired-secret")
        at.person = TakesOver("nowhere")
        ended = at.resume()
        assert ended.code == Exit.GUARD_REFUSED
        assert wrong in ended.told
        assert compared(at) == [[wrong]]


def test_a_list_that_is_not_on_screen_when_the_browser_is_given_back_is_brought_up_at_the_end(tmp_path: Path) -> None:
    with paper_desk(tmp_path, "both-expired-and-valid") as at:
        _, wrong = secret_ids(at)

        def does() -> None:
            deletes(at, wrong)()
            next(tab for tab in at.browser.pages if "entra" in tab.url).closed = True

        at.person = TakesOver("save-credentials", does)
        ended = at.run()
        assert ended.code == Exit.GUARD_REFUSED
        assert wrong in ended.told
        assert {step["result"] for step in ended.summary["steps"] if step["id"] == "synchronise"} == {"done"}
