"""The stages of a step, with pages that only remember: what is called, in which order, and what stops it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from keyturn.clipboard import ClipboardFailed
from keyturn.errors import GuardRefused, KeyturnError, NobodyThere, StepFailed, Stopped
from keyturn.events import Failed, Result
from keyturn.gates import Beforehand, Choice, Mode, Nobody, Question
from keyturn.model import Effect, Fact, FactKind, Gate, Retry, SecretSpec
from keyturn.run.stages import ExpectationMissed
from pages.errors import NoEffect, NotYet
from tests.keyturn.stage import CREATE, STEP, Stage, build, failing, never, page_error, probe, result, says

if TYPE_CHECKING:
    from pages.errors import PageError


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_an_act_is_announced_before_it_is_done(stage: Stage) -> None:
    engine, _ = build(stage, STEP)
    engine.run()
    assert stage.log.index("! acting") < stage.log.index("act")
    assert stage.log.index("arrive") < stage.log.index("act")
    assert result(engine) is Result.DONE


def test_a_step_whose_fact_does_not_hold_is_skipped_with_its_reason(stage: Stage) -> None:
    fact = Fact(kind=FactKind.SAME, of=("a", "b"), negated=False, say="it is another case")
    engine, events = build(stage, replace(STEP, when=(fact,), gate=Gate.CONFIRM))
    engine.run()
    assert "act" not in stage.log
    assert result(engine) is Result.SKIPPED
    assert [event.reason for event in events if event.kind == "step-ended"] == ["it is another case"]  # type: ignore[attr-defined]
    assert [event.applies for event in events if event.kind == "step-ended"] == [False]  # type: ignore[attr-defined]


def test_a_gate_with_nobody_there_ends_the_run_before_the_act(stage: Stage) -> None:
    engine, _ = build(stage, replace(STEP, gate=Gate.CONFIRM))
    with pytest.raises(NobodyThere, match="step"):
        engine.run()
    assert "act" not in stage.log


@pytest.mark.parametrize("part", ["args", "expect"])
def test_what_no_step_has_given_stops_before_anything_is_pressed(stage: Stage, part: str) -> None:
    missing = {"at": "{{ steps.skipped.at }}"}
    needing = replace(STEP, args=missing) if part == "args" else replace(STEP, expect=(probe("has_it", **missing),))
    engine, events = build(stage, needing)
    with pytest.raises(StepFailed, match=r"nothing has given steps\.skipped\.at"):
        engine.run()
    assert "act" not in stage.log
    assert [event.seen for event in events if isinstance(event, Failed)] == ["nothing has given steps.skipped.at"]


def test_what_the_store_is_told_of_a_secret_is_known_before_one_is_made(stage: Stage) -> None:
    engine, _ = build(stage, CREATE)
    label = SecretSpec(label="{{ steps.skipped.name }}", format="any")
    engine.state.runbook.secrets["client_secret"] = label  # type: ignore[index]  # the stage's own, a dictionary
    with pytest.raises(StepFailed, match=r"nothing has given steps\.skipped\.name"):
        engine.run()
    assert "intend" not in stage.log


def test_a_no_at_a_gate_stops_before_the_act(stage: Stage) -> None:
    engine, _ = build(stage, replace(STEP, gate=Gate.CONFIRM), gatekeeper=says(Choice.STOP))
    with pytest.raises(Stopped):
        engine.run()
    assert "act" not in stage.log


def test_one_person_is_not_enough_at_the_gate_of_a_second(stage: Stage) -> None:
    engine, _ = build(stage, replace(STEP, gate=Gate.SECOND_PERSON), gatekeeper=Beforehand(["all"], says(Choice.GO_ON)))
    with pytest.raises(NobodyThere, match="second person"):
        engine.run()
    assert "act" not in stage.log


def test_only_approvals_that_were_named_answer_beforehand() -> None:
    question = Question("step", "A step", Gate.CONFIRM, "")
    assert Beforehand(["step"], Nobody()).ask(question, never).by == "--approve step"
    assert Beforehand(["all"], Nobody()).ask(question, never).by == "--approve all"
    with pytest.raises(NobodyThere):
        Beforehand(["another"], Nobody()).ask(question, never)


def test_guided_asks_before_every_change_and_before_no_reading(stage: Stage) -> None:
    engine, events = build(stage, STEP, gatekeeper=says(Choice.GO_ON), mode=Mode.GUIDED)
    engine.run()
    assert not [event for event in events if event.kind == "gate-asked"]
    changing = replace(STEP, effect=Effect.CHANGE, done_when=(probe("has_it"),))
    engine, events = build(stage, changing, gatekeeper=says(Choice.GO_ON), mode=Mode.GUIDED)
    engine.run()
    assert [event.kind for event in events if "gate" in event.kind] == ["gate-asked", "gate-answered"]


def test_a_guard_that_does_not_hold_refuses_before_the_act(stage: Stage) -> None:
    fact = Fact(kind=FactKind.STORED, of=("client_secret",), negated=False, say="the new value is not in the store")
    engine, events = build(stage, replace(STEP, effect=Effect.DELETE, guard=(fact,)))
    with pytest.raises(GuardRefused, match="not in the store"):
        engine.run()
    assert "act" not in stage.log
    assert "guard-refused" in [event.kind for event in events]


def test_what_is_already_so_is_not_done_again(stage: Stage) -> None:
    stage.on_screen.add("has_it")
    engine, _ = build(stage, replace(STEP, effect=Effect.CHANGE, done_when=(probe("has_it"),)))
    engine.run()
    assert "act" not in stage.log
    assert result(engine) is Result.ALREADY


def test_what_lacks_something_that_is_expected_after_it_is_not_already_so(stage: Stage) -> None:
    stage.on_screen.add("has_no_old")
    engine, _ = build(
        stage,
        replace(STEP, effect=Effect.DELETE, done_when=(probe("has_no_old"),), expect=(probe("has_new"),)),
    )
    stage.act = lambda: stage.on_screen.add("has_new")
    engine.run()
    assert "act" in stage.log
    assert result(engine) is Result.DONE


def test_what_depends_on_an_output_not_known_yet_is_not_already_so(stage: Stage) -> None:
    stage.on_screen.add("has_it")
    own = probe("has_it", secret_id="{{ steps.step.secret_id }}")
    engine, _ = build(stage, replace(STEP, done_when=(own,)))
    engine.run()
    assert result(engine) is Result.DONE


def test_an_expectation_that_is_not_met_fails_the_step_and_tells_what_changed(stage: Stage) -> None:
    engine, events = build(stage, replace(STEP, effect=Effect.CHANGE, expect=(probe("has_it"),)))
    with pytest.raises(ExpectationMissed):
        engine.run()
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert "has it" in failed.expected
    assert failed.seen == "another page"
    assert any("button was pressed" in change for change in failed.changed)
    assert failed.next
    assert result(engine) is Result.FAILED


def test_not_yet_is_asked_again_for_as_long_as_the_runbook_says(stage: Stage) -> None:
    failing(stage, page_error(NotYet), page_error(NotYet))
    engine, events = build(stage, replace(STEP, retry=Retry(within=60, every=5)))
    engine.run()
    assert stage.log.count("act") == 3
    assert stage.log.count("wait 5000") == 2
    assert [event.kind for event in events].count("retrying") == 2


def test_without_a_retry_or_after_its_time_not_yet_is_a_failure(stage: Stage) -> None:
    for retry in (None, Retry(within=0.0, every=1)):
        failing(stage, page_error(NotYet))
        engine, _ = build(stage, replace(STEP, retry=retry))
        with pytest.raises(NotYet):
            engine.run()


def test_a_failure_that_does_not_pass_is_never_asked_again(stage: Stage) -> None:
    failing(stage, page_error(NoEffect, pressed=True))
    engine, _ = build(stage, replace(STEP, retry=Retry(within=60, every=5)))
    with pytest.raises(NoEffect):
        engine.run()
    assert stage.log.count("act") == 1


def test_what_always_runs_runs_after_a_failure_too(stage: Stage) -> None:
    failing(stage, page_error(NoEffect))
    engine, events = build(stage, STEP)
    with pytest.raises(NoEffect):
        engine.run()
    assert [event.kind for event in events][-2:] == ["clipboard-left", "left-open"]


@pytest.mark.parametrize("broke", [NoEffect, None])
def test_what_always_runs_runs_whatever_fails_of_it_and_hides_nothing(
    stage: Stage, broke: type[PageError] | None
) -> None:
    def clear() -> str:
        raise ClipboardFailed("the clipboard may still hold the value", hint="copy over it")

    if broke:
        failing(stage, page_error(broke))
    engine, events = build(stage, STEP)
    engine.clipboard = SimpleNamespace(clear=clear)  # type: ignore[assignment]  # all of it that is used
    with pytest.raises(broke or ClipboardFailed):
        engine.run()
    assert events[-1].kind == "left-open"
    assert engine.state.changed == ["the clipboard may still hold the value: copy over it"]


def test_a_secret_that_this_run_does_not_hold_cannot_be_pasted(stage: Stage) -> None:
    engine, _ = build(stage, replace(STEP, pastes="client_secret"))
    with pytest.raises(KeyturnError, match="does not hold"):
        engine.run()
    assert "act" not in stage.log


def test_a_run_can_begin_and_end_at_a_step(stage: Stage) -> None:
    steps = [replace(STEP, id=name) for name in ("one", "two", "three")]
    engine, _ = build(stage, *steps)
    engine.run("two", "two")
    assert list(engine.state.results) == ["two"]
