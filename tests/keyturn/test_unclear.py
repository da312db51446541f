"""What was announced before an interruption: looked for first, asked about anew, never silently done a second time."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.errors import NobodyThere, Stopped
from keyturn.events import Event, NotDone, Result, StepEnded
from keyturn.gates import About, Beforehand, Choice, Nobody
from keyturn.model import Effect, Gate
from keyturn.run import unclear
from keyturn.run.state import FOUND_DONE
from tests.keyturn.stage import STEP, Stage, build, probe, result, says

if TYPE_CHECKING:
    from keyturn.gates import Gatekeeper
    from keyturn.model import Step
    from keyturn.run.engine import Engine

SAVE = replace(STEP, effect=Effect.CHANGE, done_when=(probe("has_it"),))


def begun(stage: Stage, step: Step, gatekeeper: Gatekeeper) -> tuple[Engine, list[Event]]:
    """Return an engine before a step that an earlier part announced; loading a page anew is only noted."""
    engine, events = build(stage, step, gatekeeper=gatekeeper)
    engine.state.unfinished.announced.add("step")
    engine.bring = lambda where: stage.log.append(f"bring {where}")  # type: ignore[method-assign,assignment,return-value]
    engine.reach = lambda step: stage.log.append(f"reach {step.id}")  # type: ignore[method-assign]
    return engine, events


@pytest.fixture(autouse=True)
def _at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unclear, "_SETTLING", 0.0)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize("gate", [Gate.NONE, Gate.CONFIRM])
def test_what_is_seen_to_be_done_is_neither_asked_about_nor_pressed(stage: Stage, gate: Gate) -> None:
    stage.on_screen.add("has_it")
    engine, events = begun(stage, replace(SAVE, gate=gate), Nobody())
    engine.run()
    assert result(engine) is Result.ALREADY
    assert "act" not in stage.log
    (ended,) = [event for event in events if isinstance(event, StepEnded)]
    assert ended.reason == FOUND_DONE
    assert any("begun before, and found done" in change for change in engine.state.changed)


def test_what_is_not_seen_is_asked_about_anew_even_where_no_gate_is(stage: Stage) -> None:
    person = says(Choice.GO_ON)
    engine, events = begun(stage, SAVE, person)
    engine.run()
    (found,) = [event for event in events if isinstance(event, NotDone)]
    assert found.why == "its page was asked, and does not show it"
    (question,) = person.asked
    assert question.about is About.CHANGE
    assert "begun before, and" in question.warning
    assert stage.log.count("act") == 1


def test_with_nobody_there_it_is_not_done_again(stage: Stage) -> None:
    engine, _ = begun(stage, SAVE, Nobody())
    with pytest.raises(NobodyThere):
        engine.run()
    assert "act" not in stage.log


def test_a_yes_beforehand_is_a_new_decision(stage: Stage) -> None:
    engine, _ = begun(stage, SAVE, Beforehand(["step"], Nobody()))
    engine.run()
    assert stage.log.count("act") == 1


def test_where_its_page_is_gone_the_page_that_would_show_it_is_loaded(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(where: str) -> Any:
        return SimpleNamespace(**{**vars(Stage.page(stage, where)), "is_on_screen": lambda: False})

    monkeypatch.setattr(stage, "page", page)
    engine, _ = begun(stage, SAVE, Nobody())
    shown = lambda where: stage.log.append(f"bring {where}") or stage.on_screen.add("has_it")  # type: ignore[func-returns-value]  # noqa: E731
    engine.bring = shown  # type: ignore[method-assign,assignment]
    engine.run()
    assert "bring p.page" in stage.log
    assert result(engine) is Result.ALREADY
    assert stage.unsure == {"p"}  # The next step there looks for its own page first.


def test_what_lacks_something_that_is_expected_after_it_is_not_found_done(stage: Stage) -> None:
    stage.on_screen.add("has_it")
    person = says(Choice.STOP)
    engine, _ = begun(stage, replace(SAVE, expect=(probe("has_that_too"),)), person)
    with pytest.raises(Stopped):
        engine.run()
    assert len(person.asked) == 1


def test_what_an_expectation_could_tell_by_its_own_result_alone_is_asked_about(stage: Stage) -> None:
    stage.on_screen.add("has_it")
    own = probe("has_that_too", group="{{ steps.step.group }}")
    person = says(Choice.STOP)
    engine, _ = begun(stage, replace(SAVE, expect=(own,)), person)
    with pytest.raises(Stopped):
        engine.run()
    assert not [line for line in stage.log if line.startswith("bring")]


def test_what_only_its_own_result_could_tell_is_asked_about(stage: Stage) -> None:
    own = replace(SAVE, done_when=(probe("has_it", group="{{ steps.step.group }}"),))
    person = says(Choice.GO_ON)
    engine, _ = begun(stage, own, person)
    engine.run()
    assert len(person.asked) == 1
    assert not [line for line in stage.log if line.startswith("bring")]


def test_what_only_reads_is_simply_done_again(stage: Stage) -> None:
    engine, _ = begun(stage, replace(SAVE, effect=Effect.READ, done_when=()), Nobody())
    engine.run()
    assert stage.log.count("act") == 1


def test_a_browser_that_was_in_a_person_s_hands_is_given_back_before_anything_is_done(stage: Stage) -> None:
    person = says(Choice.STOP)
    engine, _ = begun(stage, SAVE, person)
    engine.state.unfinished.taken_over["step"] = "somebody"
    with pytest.raises(Stopped):
        engine.run()
    assert [question.about for question in person.asked] == [About.TAKEN_OVER]
    assert "act" not in stage.log
