"""The browser taken over and given back, on paper: what was done meanwhile is looked for, and nothing else is assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evidence.chain import read_chain
from keyturn.errors import Exit
from keyturn.gates import About, Answer, Choice
from keyturn.model import Gate
from rehearsal.entra.changes import delete_secret
from rehearsal.ma_portal.state import Integration
from tests.end_to_end.paper_desk import paper_desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyturn.gates import Pump, Question
    from tests.end_to_end.paper_desk import PaperDesk


class TakesOver:
    """A person who takes the browser over at one question, does something, gives it back, and says yes to all else."""

    def __init__(self, at: str, does: Callable[[], None] = lambda: None, says: Choice = Choice.STOP) -> None:
        self._at, self._does, self._says = at, does, says
        self.asked: list[Question] = []

    def ask(self, question: Question, pump: Pump) -> Answer:
        self.asked.append(question)
        if question.about is About.BEYOND:
            return Answer(self._says, "a person", "I did both")
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


def saves_anew(at: PaperDesk) -> Callable[[], None]:
    """Return somebody's resetting of the integration and saving of a new one by hand; all it says is not empty."""

    def does() -> None:
        if not any("ma.invalid" in tab.url for tab in at.browser.pages):
            at.browser.new_page().load("users", "https://ma.invalid")
        portal: Any = at.world.portals["ma_portal"]
        was = portal.integration
        portal.reset()
        synchronised = at.world.clock() if was.last_sync else None
        portal.integration = Integration(was.credentials, was.group_id, synchronised)

    return does


@pytest.mark.parametrize("takes_over_at", ["delete-expired-secret", "reset-integration", "never synchronised"])
def test_an_integration_that_a_person_reset_and_saved_is_not_reset_again_unless_they_say_so(
    tmp_path: Path, takes_over_at: str
) -> None:
    with paper_desk(tmp_path, "expired") as at:
        if takes_over_at == "never synchronised":  # What was read then says nothing, before and after.
            portal: Any = at.world.portals["ma_portal"]
            portal.integration.group_id, portal.integration.last_sync = "", None
            takes_over_at = "reset-integration"
        at.person = TakesOver(takes_over_at, saves_anew(at))
        ended = at.run()
        assert ended.code == Exit.STOPPED
        assert at.state()["ma_portal"]["integration"]
        assert not at.state()["presses"].get("ma-reset")
        at.person = person = TakesOver("nowhere")
        assert at.resume().code == Exit.STOPPED
        assert person.asked[-1].about is About.BEYOND


def test_who_reset_and_saved_by_hand_goes_on_after_that_and_what_was_not_seen_is_not_claimed(tmp_path: Path) -> None:
    with paper_desk(tmp_path, "expired") as at:
        at.person = TakesOver("reset-integration", saves_anew(at), Choice.OVERRIDE)
        ended = at.run()
    assert ended.code == 0, ended.told
    results = {step["id"]: (step["result"], step["reason"]) for step in ended.summary["steps"]}
    assert results["reset-integration"] == ("overridden", "I did both (a person)")
    assert results["test-connection"][0] == "skipped"
    assert results["save-credentials"][0] == "overridden"
    assert "the connection test has not passed" in results["save-credentials"][1]
    assert results["synchronise"][0] == "done"
