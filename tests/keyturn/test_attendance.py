"""The person beside the run: what each mode asks, that every choice does what it says, and nothing is pressed twice."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from keyturn.catalogue import Parameter
from keyturn.errors import GuardRefused, NobodyThere, Stopped
from keyturn.events import GateAnswered, Result
from keyturn.gates import About, Answer, Choice, Mode
from keyturn.model import Effect, Gate
from keyturn.run.copied_value import ValueRefused
from keyturn.run.stages import ExpectationMissed
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
    failing,
    page_error,
    result,
    says,
)


@pytest.fixture
def stage() -> Stage:
    return Stage()


# --- modes


def test_a_change_of_mode_at_a_question_is_obeyed_at_once(stage: Stage) -> None:
    doing(stage)
    person = Says([Answer(Choice.CHANGE_MODE, "a test", mode=Mode.AUTO)])
    engine, events = build(stage, CHANGE, gatekeeper=person, mode=Mode.GUIDED)
    engine.run()
    assert result(engine) is Result.DONE  # In auto mode this step asks nothing.
    assert [event.kind for event in events].count("mode-changed") == 1


def test_a_gate_is_asked_again_after_a_change_of_mode(stage: Stage) -> None:
    doing(stage)
    person = Says([Answer(Choice.CHANGE_MODE, "a test", mode=Mode.AUTO), Answer(Choice.STOP, "a test")])
    engine, _ = build(stage, replace(CHANGE, gate=Gate.CONFIRM), gatekeeper=person)
    with pytest.raises(Stopped):
        engine.run()
    assert len(person.asked) == 2
    assert "act" not in stage.log


def test_a_wish_between_two_steps_is_obeyed_before_the_next(stage: Stage) -> None:
    person = says(Choice.GO_ON)
    person.wishes = [Answer(Choice.CHANGE_MODE, "a test", mode=Mode.GUIDED), Answer(Choice.STOP, "a test")]
    engine, events = build(stage, STEP, gatekeeper=person)
    with pytest.raises(Stopped):
        engine.run()
    assert "act" not in stage.log
    assert [event.kind for event in events if event.kind in {"mode-changed", "gate-answered"}] == [
        "mode-changed",
        "gate-answered",
    ]


def test_what_was_skipped_is_not_done_and_keeps_the_persons_reason(stage: Stage) -> None:
    person = says(Choice.SKIP, reason="the vendor does it today")
    engine, events = build(stage, CHANGE, gatekeeper=person, mode=Mode.GUIDED)
    engine.run()
    assert "act" not in stage.log
    assert ended(events)["step"].reason == "the vendor does it today (a test)"
    assert ended(events)["step"].applies
    assert result(engine) is Result.SKIPPED


# --- by hand


def test_in_manual_mode_nothing_is_pressed_and_what_is_seen_counts(stage: Stage) -> None:
    stage.breathed = lambda: stage.on_screen.add("has_it")
    engine, events = build(stage, CHANGE, gatekeeper=says(Choice.SEEN), mode=Mode.MANUAL)
    engine.run()
    assert "act" not in stage.log
    assert result(engine) is Result.BY_OPERATOR
    assert "handed-over" in [event.kind for event in events]
    assert any("by the operator" in change for change in engine.state.changed)


def test_the_persons_word_alone_does_not_make_a_step_done(stage: Stage) -> None:
    engine, _ = build(stage, CHANGE, gatekeeper=says(Choice.GO_ON, Choice.STOP), mode=Mode.MANUAL)
    with pytest.raises(ExpectationMissed):
        engine.run()
    assert result(engine) is Result.FAILED


def test_where_nothing_can_be_seen_the_word_counts_and_is_recorded_as_theirs(stage: Stage) -> None:
    engine, events = build(stage, STEP, gatekeeper=says(Choice.GO_ON), mode=Mode.MANUAL)
    engine.run()
    assert result(engine) is Result.BY_OPERATOR
    assert ended(events)["step"].reason == "a test says so"


SYNC = replace(STEP, effect=Effect.CHANGE, outputs={"moment": "secret_id"})
BEFORE, AFTER = Made("before", "2028-11-23"), Made("after", "2028-11-23")


def test_what_the_page_showed_before_is_never_what_the_person_says_they_did(stage: Stage) -> None:
    stage.made_by_hand = BEFORE
    person = says(Choice.GO_ON, Choice.STOP)
    engine, _ = build(stage, SYNC, gatekeeper=person, mode=Mode.MANUAL, shown_by="shown")
    with pytest.raises(ExpectationMissed, match="to be seen on the page"):
        engine.run()
    assert "steps.step.moment" not in engine.state.outputs
    assert not {Choice.AGAIN, Choice.BY_HAND} & set(person.asked[-1].offers)


def test_what_the_person_says_they_did_is_waited_for(stage: Stage) -> None:
    stage.made_by_hand = BEFORE
    stage.breathed = lambda: setattr(stage, "made_by_hand", AFTER)
    engine, _ = build(
        stage, replace(SYNC, timeout=60.0), gatekeeper=says(Choice.GO_ON), mode=Mode.MANUAL, shown_by="shown"
    )
    engine.run()
    assert engine.state.outputs["steps.step.moment"] == "after"
    assert result(engine) is Result.BY_OPERATOR


def test_where_the_page_shows_already_what_was_asked_for_the_word_is_enough(stage: Stage) -> None:
    stage.made_by_hand = BEFORE
    wanted = replace(SYNC, args={"group": "before"}, timeout=60.0)
    takes = {"group": Parameter(name="group", type=str, required=True)}
    engine, _ = build(
        stage, wanted, gatekeeper=says(Choice.GO_ON), mode=Mode.MANUAL, shown_by="shown", parameters=takes
    )
    engine.run()
    assert engine.state.outputs["steps.step.moment"] == "before"


def test_a_step_that_only_leads_on_is_done_when_the_next_page_is_seen(stage: Stage) -> None:
    there: list[bool] = []
    stage.breathed = lambda: there.append(True)
    other = SimpleNamespace(is_on_screen=lambda: bool(there))
    page = stage.page("")
    page.other = lambda _: other
    stage.page = lambda _where: page  # type: ignore[method-assign]
    leads_to = SimpleNamespace(title="Next page")
    engine, events = build(stage, STEP, gatekeeper=says(Choice.SEEN), mode=Mode.MANUAL, leads_to=leads_to)
    engine.run()
    assert result(engine) is Result.BY_OPERATOR
    assert [event.until for event in events if event.kind == "handed-over"] == ["the page “Next page”"]  # type: ignore[attr-defined]


def test_keyturn_does_it_after_all_when_the_step_is_given_back(stage: Stage) -> None:
    doing(stage)
    engine, _ = build(stage, CHANGE, gatekeeper=says(Choice.GIVE_BACK), mode=Mode.MANUAL)
    engine.run()
    assert stage.log.count("act") == 1
    assert result(engine) is Result.DONE


def test_what_only_reads_and_returns_something_is_keyturns_in_every_mode(stage: Stage) -> None:
    stage.act = lambda: Made("one", "2028-01-01")
    reading = replace(STEP, outputs={"id": "secret_id"})
    engine, _ = build(stage, reading, gatekeeper=says(Choice.STOP), mode=Mode.MANUAL)
    engine.run()
    assert result(engine) is Result.DONE


def test_a_guard_is_asked_before_a_step_is_handed_to_the_person(stage: Stage) -> None:
    delete = replace(CHANGE, effect=Effect.DELETE, guard=(NEVER,))
    engine, events = build(stage, delete, gatekeeper=says(Choice.STOP), mode=Mode.MANUAL)
    with pytest.raises(GuardRefused):
        engine.run()
    assert "handed-over" not in [event.kind for event in events]


# --- a secret made by hand


def made_by_hand(stage: Stage) -> None:
    stage.breathed = lambda: setattr(stage, "made_by_hand", Made("new", "2028-11-23"))


def test_a_secret_made_by_hand_is_sealed_like_one_made_by_keyturn(stage: Stage) -> None:
    made_by_hand(stage)
    engine, _ = build(stage, CREATE, gatekeeper=says(Choice.SEEN), mode=Mode.MANUAL, shown_by="made_beside")
    engine.run()
    assert "act" not in stage.log
    assert stage.log.index("prove") < stage.log.index("! handed-over")
    assert stage.log.index("intend") < stage.log.index("! handed-over") < stage.log.index("seal")
    assert engine.state.held["client_secret"].secret_id == "new"
    assert result(engine) is Result.BY_OPERATOR


def test_a_secret_made_by_hand_and_not_copied_is_copied_before_anything_else_is_done(stage: Stage) -> None:
    made_by_hand(stage)

    class Impatient(Says):
        def ask(self, question: Any, pump: Any) -> Answer:
            pump()
            return super().ask(question, pump)

    person = Impatient([Answer(Choice.STOP, "a test")])
    engine, _ = build(stage, CREATE, gatekeeper=person, mode=Mode.MANUAL, shown_by="made_beside")
    engine.run()
    assert stage.log.index("copy new again") < stage.log.index("seal")
    assert engine.state.held["client_secret"].secret_id == "new"


def test_a_stop_said_while_a_secret_made_by_hand_is_sealed_comes_before_the_next_step(stage: Stage) -> None:
    made_by_hand(stage)

    class Impatient(Says):
        def ask(self, question: Any, pump: Any) -> Answer:
            pump()
            return super().ask(question, pump)

    person = Impatient([Answer(Choice.STOP, "a test")])
    engine, events = build(
        stage, CREATE, replace(STEP, id="next"), gatekeeper=person, mode=Mode.MANUAL, shown_by="made_beside"
    )
    with pytest.raises(Stopped, match="next"):
        engine.run()
    assert ended(events)["step"].result == Result.BY_OPERATOR
    assert "act" not in stage.log


@pytest.mark.parametrize("mode", [Mode.GUIDED, Mode.MANUAL])
def test_a_question_tells_what_the_step_is_given(stage: Stage, mode: Mode) -> None:
    given = {"secret_id": "{{ inputs.id }}", "empty": "", "own": "{{ steps.step.secret_id }}"}
    person = says(Choice.STOP)
    takes = {name: Parameter(name=name, type=str, required=True) for name in given}
    engine, _ = build(stage, replace(CHANGE, args=given), gatekeeper=person, mode=mode, parameters=takes)
    engine.state.outputs["steps.step.secret_id"] = "two"
    with pytest.raises(Stopped):
        engine.run()
    assert person.asked[0].details == (("secret id", "one"), ("own", "two"))


# --- failures


def test_a_failure_that_may_be_tried_again_is_tried_once_for_each_yes(stage: Stage) -> None:
    failing(stage, page_error(NoEffect), page_error(NoEffect))
    engine, events = build(stage, STEP, gatekeeper=says(Choice.AGAIN))
    engine.run()
    assert stage.log.count("act") == 3
    assert result(engine) is Result.DONE
    assert [event.kind for event in events].count("step-ended") == 1
    assert [event.kind for event in events].count("failed") == 2


def test_what_may_have_happened_is_never_offered_again(stage: Stage) -> None:
    failing(stage, page_error(NoEffect, pressed=True))
    person = says(Choice.STOP)
    engine, _ = build(stage, CHANGE, gatekeeper=person)
    with pytest.raises(NoEffect):
        engine.run()
    (question,) = person.asked
    assert question.about is About.FAILURE
    assert not {Choice.AGAIN, Choice.BY_HAND, Choice.GO_ON} & set(question.offers)
    assert question.expected
    assert question.seen
    assert question.next


def test_a_refused_value_never_leads_to_a_second_secret_by_trying_again(stage: Stage) -> None:
    stage.act, stage.copied = (lambda: Made("new", "2028-11-23")), "not a value"
    person = says(Choice.STOP)
    engine, _ = build(stage, CREATE, gatekeeper=person)
    with pytest.raises(ValueRefused):
        engine.run()
    assert Choice.AGAIN not in person.asked[0].offers


def test_with_nobody_there_the_failure_itself_ends_the_run(stage: Stage) -> None:
    failing(stage, page_error(NoEffect))
    engine, _ = build(stage, STEP)
    with pytest.raises(NoEffect):
        engine.run()


def test_a_stop_and_a_missing_person_are_asked_about_no_further(stage: Stage) -> None:
    person = says(Choice.STOP)
    engine, _ = build(stage, replace(CHANGE, gate=Gate.CONFIRM), gatekeeper=person)
    with pytest.raises(Stopped):
        engine.run()
    assert len(person.asked) == 1
    engine, _ = build(stage, replace(CHANGE, gate=Gate.CONFIRM))
    with pytest.raises(NobodyThere):
        engine.run()


def test_an_expectation_may_be_overridden_with_a_reason_and_counts_as_done_nowhere(stage: Stage) -> None:
    engine, events = build(stage, CHANGE, gatekeeper=says(Choice.OVERRIDE, reason="the list is slow today"))
    engine.run()
    assert result(engine) is Result.OVERRIDDEN
    assert not engine.state.is_done("step")
    assert ended(events)["step"].reason == "the list is slow today (a test)"


def test_after_a_failure_the_person_may_do_it_by_hand(stage: Stage) -> None:
    failing(stage, page_error(NoEffect))
    stage.breathed = lambda: stage.on_screen.add("has_it")
    engine, _ = build(stage, CHANGE, gatekeeper=says(Choice.BY_HAND, Choice.SEEN))
    engine.run()
    assert stage.log.count("act") == 1
    assert result(engine) is Result.BY_OPERATOR


def test_who_answered_and_why_is_told(stage: Stage) -> None:
    engine, events = build(stage, CHANGE, gatekeeper=says(Choice.SKIP, reason="not today"), mode=Mode.GUIDED)
    engine.run()
    (answered,) = [event for event in events if isinstance(event, GateAnswered)]
    assert (answered.answer, answered.by, answered.reason) == ("skip", "a test", "not today")
