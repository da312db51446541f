"""The person beside the run: what each mode asks, that every choice does what it says, and nothing is pressed twice."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Error as BrowserError

from keyturn.catalogue import Parameter
from keyturn.errors import GuardRefused, NobodyThere, Stopped
from keyturn.events import Event, Failed, GateAnswered, Result, StepEnded
from keyturn.gates import About, Answer, Choice, Mode
from keyturn.model import Effect, Fact, FactKind, Gate, Step
from keyturn.run.capture import ValueRefused
from keyturn.run.one_step import BrowserGone, PageLeft
from keyturn.run.stages import ExpectationMissed
from pages.errors import NoEffect, PageError, PortalRefused, ScreenNotReached, SessionEnded
from tests.keyturn.stage import CREATE, STEP, Made, Says, Stage, build, failing, page_error, probe, result, says

CHANGE = replace(STEP, effect=Effect.CHANGE, done_when=(probe("has_it"),), expect=(probe("has_it"),))
DESTROYED = BrowserError("Execution context was destroyed")  # as when the page is left under a question
NEVER = Fact(kind=FactKind.STORED, of=("client_secret",), negated=False, say="the new value is not in the store")


@pytest.fixture
def stage() -> Stage:
    return Stage()


def doing(stage: Stage) -> None:
    """Let the action bring about what is expected."""
    stage.act = lambda: stage.on_screen.add("has_it")


def ended(events: list[Event]) -> dict[str, StepEnded]:
    return {event.step: event for event in events if isinstance(event, StepEnded)}


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


# --- a session that ends


def test_an_ended_session_is_signed_in_to_again_and_the_step_goes_on(stage: Stage) -> None:
    failing(stage, page_error(SessionEnded))
    engine, events = build(stage, STEP)
    engine.reach = lambda step: stage.log.append(f"reach {step.id}")  # type: ignore[method-assign]
    engine.run()
    assert "session-lost" in [event.kind for event in events]
    assert "p" in stage.unsure
    assert stage.log.count("reach step") == 2
    assert result(engine) is Result.DONE


def test_a_session_that_ends_after_the_press_is_looked_into_and_nothing_is_pressed_again(stage: Stage) -> None:
    def act() -> None:
        stage.on_screen.add("has_it")
        raise page_error(SessionEnded, pressed=True)

    stage.act = act
    engine, events = build(stage, CHANGE)
    engine.reach = lambda step: None  # type: ignore[method-assign]  # noqa: ARG005
    engine.run()
    assert stage.log.count("act") == 1
    assert result(engine) is Result.DONE
    assert "signing in again" in ended(events)["step"].reason
    stage.act, stage.on_screen = failing_pressed, set()
    engine, _ = build(stage, CHANGE)
    engine.reach = lambda step: None  # type: ignore[method-assign]  # noqa: ARG005
    with pytest.raises(SessionEnded):
        engine.run()
    assert stage.log.count("act") == 2


def failing_pressed() -> None:
    raise page_error(SessionEnded, pressed=True)


def test_a_session_that_ends_again_and_again_stops_the_run(stage: Stage) -> None:
    failing(stage, *(page_error(SessionEnded) for _ in range(9)))
    engine, events = build(stage, STEP)
    engine.reach = lambda step: None  # type: ignore[method-assign]  # noqa: ARG005
    with pytest.raises(SessionEnded):
        engine.run()
    assert [event.kind for event in events].count("session-lost") == 3
    assert isinstance(next(event for event in events if isinstance(event, Failed)), Failed)


def loaded_anew(stage: Stage, *errors: Exception) -> None:
    """Let the action find the portal loaded anew under it, with each of these errors; after that it succeeds."""
    left = list(errors)

    def act() -> object:
        stage.loads.update("p")
        if left:
            raise left.pop(0)
        return None

    stage.act = act


@pytest.mark.parametrize(
    "error", [page_error(NoEffect), page_error(ScreenNotReached), DESTROYED], ids=lambda error: type(error).__name__
)
def test_a_page_that_was_loaded_anew_under_a_step_is_looked_for_and_the_step_goes_on(
    stage: Stage, error: Exception
) -> None:
    loaded_anew(stage, error)
    engine, events = build(stage, STEP)
    engine.reach = lambda step: stage.log.append(f"reach {step.id}")  # type: ignore[method-assign]
    engine.run()
    assert "page-lost" in [event.kind for event in events]
    assert "p" in stage.unsure
    assert stage.log.count("reach step") == 2
    assert result(engine) is Result.DONE


def test_a_page_that_is_gone_again_stops_the_run(stage: Stage) -> None:
    loaded_anew(stage, page_error(NoEffect), page_error(NoEffect))
    engine, events = build(stage, STEP)
    engine.reach = lambda step: None  # type: ignore[method-assign]  # noqa: ARG005
    with pytest.raises(NoEffect):
        engine.run()
    assert [event.kind for event in events].count("page-lost") == 1


@pytest.mark.parametrize(("error", "kind"), [(page_error(NoEffect), NoEffect), (DESTROYED, PageLeft)])
def test_a_page_that_was_not_loaded_anew_is_not_looked_for(
    stage: Stage, error: Exception, kind: type[Exception]
) -> None:
    failing(stage, error)
    engine, events = build(stage, STEP)
    with pytest.raises(kind):
        engine.run()
    assert "page-lost" not in [event.kind for event in events]


@pytest.mark.parametrize(("step", "kind"), [(CHANGE, NoEffect), (STEP, PortalRefused)])
def test_what_changes_something_or_was_refused_is_not_tried_again_by_itself(
    stage: Stage, step: Step, kind: type[PageError]
) -> None:
    loaded_anew(stage, page_error(kind))
    engine, _ = build(stage, step)
    with pytest.raises(kind):
        engine.run()
    assert stage.log.count("act") == 1


def looked_for(stage: Stage, *choices: Choice) -> list[bool]:
    """Return whether the page was to be looked for, each time that the step began: at first, and as chosen."""
    failing(stage, page_error(NoEffect))
    engine, _ = build(stage, STEP, gatekeeper=says(*choices))
    found: list[bool] = []
    engine.reach = lambda step: found.append("p" in stage.unsure)  # type: ignore[method-assign]  # noqa: ARG005
    engine.run()
    return found


def test_what_the_person_wants_tried_again_is_tried_on_its_page(stage: Stage) -> None:
    assert looked_for(stage, Choice.AGAIN) == [False, True]


def test_what_the_person_does_by_hand_is_done_where_the_browser_stands(stage: Stage) -> None:
    assert looked_for(stage, Choice.BY_HAND, Choice.GO_ON) == [False, False]


# --- a page that is left while it is asked


def broken_off(stage: Stage, kind: type[BrowserGone | PageLeft]) -> None:
    """Let the browser library break off under a step, and see that it ends as `kind`, in our own words."""
    failing(stage, DESTROYED)
    engine, events = build(stage, STEP)
    with pytest.raises(kind) as caught:
        engine.run()
    assert caught.value.__context__ is None
    assert "Execution context" not in f"{caught.value} {caught.value.hint} {events}"
    assert [(event.expected, event.seen) for event in events if isinstance(event, Failed)] == [
        (kind.expected, kind.seen)
    ]


def test_a_page_that_was_left_is_told_as_that_while_its_tab_answers(stage: Stage) -> None:
    broken_off(stage, PageLeft)


def test_a_tab_that_does_not_answer_is_told_as_a_browser_that_is_gone(stage: Stage) -> None:
    stage.tab_answers = False
    broken_off(stage, BrowserGone)


def test_a_tab_that_was_closed_is_told_as_a_browser_that_is_gone(stage: Stage) -> None:
    stage.tabs = dict  # type: ignore[method-assign]
    broken_off(stage, BrowserGone)


def test_a_step_whose_page_was_left_may_be_tried_again(stage: Stage) -> None:
    failing(stage, DESTROYED)
    engine, _ = build(stage, STEP, gatekeeper=says(Choice.AGAIN))
    engine.run()
    assert stage.log.count("act") == 2
    assert result(engine) is Result.DONE


def test_where_a_secret_may_have_been_made_a_page_that_was_left_is_not_tried_again(stage: Stage) -> None:
    failing(stage, DESTROYED)
    person = says(Choice.STOP)
    engine, _ = build(stage, CREATE, gatekeeper=person)
    with pytest.raises(PageLeft):
        engine.run()
    assert Choice.AGAIN not in person.asked[0].offers


# --- taken over


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


def test_who_answered_and_why_is_told(stage: Stage) -> None:
    engine, events = build(stage, CHANGE, gatekeeper=says(Choice.SKIP, reason="not today"), mode=Mode.GUIDED)
    engine.run()
    (answered,) = [event for event in events if isinstance(event, GateAnswered)]
    assert (answered.answer, answered.by, answered.reason) == ("skip", "a test", "not today")
