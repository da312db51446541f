"""The browser taken over and given back: what the person did is seen and marked, and the rest is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from keyturn.errors import GuardRefused
from keyturn.events import Event, Result
from keyturn.gates import Answer, Choice
from keyturn.model import Effect, Fact, FactKind
from pages.errors import NoEffect
from tests.keyturn.stage import (
    CHANGE,
    CREATE,
    NEVER,
    STEP,
    Made,
    Says,
    Stage,
    build,
    doing,
    ended,
    page_error,
    probe,
    result,
)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def given_back(stage: Stage, *steps: Any, seen: set[str], **action: Any) -> tuple[Any, list[Event]]:
    """Run with a person who takes over before the first step, brings `seen` about, and gives back."""
    stage.breathed = lambda: stage.on_screen.update(seen)

    class Person(Says):
        def ask(self, question: Any, pump: Any) -> Answer:
            pump()
            return super().ask(question, pump)

    person = Person([Answer(Choice.GIVE_BACK, "a test"), Answer(Choice.GO_ON, "a test")])
    person.wishes = [Answer(Choice.TAKE_OVER, "a test")]
    return build(stage, *steps, gatekeeper=person, **action)


FIRST = replace(CHANGE, id="first", title="The first")
SECOND = replace(CHANGE, id="second", title="The second", done_when=(probe("has_two"),), expect=(probe("has_two"),))


def test_what_the_person_did_is_seen_and_marked_and_the_rest_is_done(stage: Stage) -> None:
    stage.act = lambda: stage.on_screen.add("has_two")
    engine, events = given_back(stage, FIRST, SECOND, seen={"has_it"})
    engine.run()
    assert {name: str(how) for name, how in engine.state.results.items()} == {"first": "by-operator", "second": "done"}
    assert stage.log.count("act") == 1
    kinds = [event.kind for event in events]
    assert kinds.index("taken-over") < kinds.index("given-back") < kinds.index("acting")


def test_several_steps_done_by_hand_are_marked_and_never_done_again(stage: Stage) -> None:
    engine, events = given_back(stage, FIRST, SECOND, seen={"has_it", "has_two"})
    engine.run()
    assert {name: str(how) for name, how in engine.state.results.items()} == dict.fromkeys(
        ("first", "second"), "by-operator"
    )
    assert "act" not in stage.log
    assert [event.found for event in events if event.kind == "given-back"] == [("first", "second")]  # type: ignore[attr-defined]


def test_what_looks_done_counts_only_when_no_change_before_it_is_still_to_come(stage: Stage) -> None:
    def act() -> None:  # As a reset: what looked done was of the time before.
        stage.breathed = lambda: None
        stage.on_screen = {"has_two"} if "has_it" in stage.on_screen else {"has_it"}

    stage.act = act
    engine, events = given_back(stage, FIRST, SECOND, seen={"has_two"})
    engine.run()
    assert [event.found for event in events if event.kind == "given-back"] == [()]  # type: ignore[attr-defined]
    assert {name: str(how) for name, how in engine.state.results.items()} == dict.fromkeys(("first", "second"), "done")


@pytest.mark.parametrize(("state", "found"), [("none", ("second",)), ("saved", ()), ("", ())])
def test_a_change_before_it_is_to_come_unless_it_is_known_not_to_apply(
    stage: Stage, state: str, found: tuple[str, ...]
) -> None:
    if_saved = Fact(kind=FactKind.SAME, of=("{{ steps.read.state }}", "saved"), negated=False, say="nothing is saved")
    doing(stage)
    engine, events = given_back(stage, replace(FIRST, when=(if_saved,)), SECOND, seen={"has_two"})
    engine.state.outputs |= {"steps.read.state": state} if state else {}
    engine.run()
    assert [event.found for event in events if event.kind == "given-back"] == [found]  # type: ignore[attr-defined]


def test_a_change_still_to_come_in_another_portal_takes_nothing_from_what_was_done(stage: Stage) -> None:
    doing(stage)
    engine, events = given_back(stage, replace(FIRST, page="q.page"), SECOND, seen={"has_two"})
    engine.state.runbook.portals["q"] = engine.state.runbook.portals["p"]
    engine.run()
    assert [event.found for event in events if event.kind == "given-back"] == [("second",)]  # type: ignore[attr-defined]


def test_what_was_so_before_the_person_had_the_browser_is_looked_at_when_its_turn_comes(stage: Stage) -> None:
    refused = replace(FIRST, guard=(NEVER,))
    engine, events = given_back(stage, refused, seen=set())
    stage.on_screen = {"has_it"}
    with pytest.raises(GuardRefused):
        engine.run()
    assert [event.found for event in events if event.kind == "given-back"] == [()]  # type: ignore[attr-defined]


def test_what_led_to_a_step_done_by_hand_counts_with_it_but_never_a_test_that_was_not_seen(stage: Stage) -> None:
    way = replace(STEP, id="way")
    proof = replace(STEP, id="proof", expect=(probe("has_passed"),))
    engine, events = given_back(stage, way, proof, SECOND, seen={"has_two"})
    engine.run()
    assert {name: str(how) for name, how in engine.state.results.items()} == {
        "way": "by-operator",
        "proof": "skipped",
        "second": "by-operator",
    }
    assert "could not be seen" in ended(events)["proof"].reason
    assert not engine.state.is_done("proof")


def test_a_deletion_done_by_hand_is_checked_like_one_done_by_keyturn(stage: Stage) -> None:
    delete = replace(SECOND, effect=Effect.DELETE, guard=(NEVER,))
    engine, events = given_back(stage, FIRST, delete, seen={"has_two"})
    with pytest.raises(GuardRefused, match="was not to be done yet"):
        engine.run()
    assert "guard-refused" in [event.kind for event in events]


def test_another_change_done_by_hand_against_its_guard_counts_as_done_nowhere(stage: Stage) -> None:
    engine, _ = given_back(stage, FIRST, replace(SECOND, guard=(NEVER,)), seen={"has_it", "has_two"})
    engine.run()
    assert result(engine, "second") is Result.OVERRIDDEN
    assert not engine.state.is_done("second")


def test_a_secret_made_while_taken_over_is_captured_when_it_is_given_back(stage: Stage) -> None:
    stage.made_by_hand = Made("new", "2028-11-23")
    engine, _ = given_back(stage, replace(CREATE, id="create"), seen=set(), shown_by="made_beside")
    engine.run()
    assert stage.log.index("intend") < stage.log.index("copy new again") < stage.log.index("seal")
    assert "act" not in stage.log
    assert engine.state.held["client_secret"].secret_id == "new"
    assert engine.state.outputs["steps.create.secret_id"] == "new"


def test_given_back_where_no_list_of_secrets_is_on_screen_no_secret_was_made(stage: Stage) -> None:
    stage.act = lambda: Made("new", "2028-11-23")
    engine, _ = given_back(stage, replace(CREATE, id="create"), seen=set(), shown_by="made_beside")
    stage.not_shown = page_error(NoEffect)
    engine.run()
    assert result(engine, "create") is Result.DONE
    assert "copy new again" not in stage.log
