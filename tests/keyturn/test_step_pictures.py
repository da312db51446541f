"""The pictures of a step: none of a dark one, and none shown again when the page may have changed since it was taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from keyturn.events import Result
from keyturn.gates import Answer, Choice, Mode
from keyturn.model import Effect, Fact, FactKind, Gate, Pictures
from keyturn.run.step_end import as_found
from keyturn.run.taken_over import Found
from pages.errors import NoEffect
from tests.keyturn.stage import STEP, Made, Says, Stage, build, failing, page_error, result, says

if TYPE_CHECKING:
    from keyturn.gates import Pump, Question


@pytest.fixture
def stage() -> Stage:
    return Stage()


DARK = replace(STEP, evidence=Pictures.DARK)
SEEN = replace(STEP, id="seen")


def test_a_dark_step_has_no_pictures_and_the_next_one_lights(stage: Stage) -> None:
    engine, _ = build(stage, DARK, SEEN)
    engine.run()
    dark, light = stage.log.index("dark"), stage.log.index("light")
    assert dark < stage.log.index("act") < light < stage.log.index("picture")


def test_between_two_dark_steps_it_stays_dark(stage: Stage) -> None:
    engine, _ = build(stage, DARK, replace(DARK, id="second"), SEEN)
    engine.run()
    lights = [line for line in stage.log if line in {"dark", "act", "light"}]
    assert lights[:5] == ["dark", "act", "dark", "act", "light"]


def test_a_dark_step_that_fails_lights_before_the_person_is_asked(stage: Stage) -> None:
    failing(stage, page_error(NoEffect))

    class Notes(Says):
        def ask(self, question: Question, pump: Pump) -> Answer:
            stage.log.append("asked")
            return super().ask(question, pump)

    engine, _ = build(stage, DARK, gatekeeper=Notes([Answer(Choice.STOP, "a test")]))
    with pytest.raises(NoEffect):
        engine.run()
    assert stage.log.index("light") < stage.log.index("asked")


def test_a_dark_step_on_the_way_back_lights_for_the_one_that_goes_on(stage: Stage) -> None:
    engine, _ = build(stage, DARK, SEEN)
    engine.begin(SEEN, 2)
    stage.log.clear()
    with engine.under_way(SEEN), engine.under_way(DARK):
        assert stage.log == ["dark"]
    assert stage.log == ["dark", "light"]


def test_after_others_were_found_done_what_is_recorded_is_of_the_step_that_goes_on(stage: Stage) -> None:
    engine, _ = build(stage, DARK, SEEN)
    engine.begin(SEEN, 2)
    assert as_found(engine, SEEN, [Found(DARK, Result.BY_OPERATOR)]) is None
    assert engine.number == 2
    stage.log.clear()
    with engine.under_way(SEEN), engine.under_way(DARK):
        pass
    assert stage.log == ["dark", "light"]


@pytest.mark.parametrize("effect", Effect)
def test_before_a_change_its_page_is_looked_at_anew(stage: Stage, effect: Effect) -> None:
    engine, _ = build(stage, replace(STEP, effect=effect))
    engine.run()
    assert stage.pictured[0] == ("before", effect is not Effect.READ)


def test_what_is_done_makes_the_last_picture_an_old_one(stage: Stage) -> None:
    engine, _ = build(stage, STEP)
    engine.run()
    assert stage.log.index("picture") < stage.log.index("disturbed") < stage.log.index("act")


@pytest.mark.parametrize("unsure", [True, False])
def test_the_way_back_to_a_page_makes_the_last_picture_an_old_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, unsure: bool
) -> None:
    monkeypatch.setattr("keyturn.run.engine.reach", lambda *_, **__: stage.log.append("reach"))
    engine, _ = build(stage, STEP)
    stage.unsure |= {"p"} if unsure else set()
    engine.reach(STEP)
    assert stage.log == (["disturbed", "reach"] if unsure else [])
    stage.log.clear()
    engine.reload(STEP)
    assert stage.log == ["disturbed", "reach"]


def test_a_person_who_had_the_browser_makes_the_last_picture_an_old_one(stage: Stage) -> None:
    engine, _ = build(stage, STEP)
    engine.take_over()
    assert "disturbed" in stage.log


def looked_at_anew(stage: Stage, *, after: int) -> bool:
    """Return whether the picture after that many others is of what is seen then, and not of what was seen last."""
    at = [place for place, line in enumerate(stage.log) if line == "picture"]
    return "disturbed" in stage.log[at[after - 1] : at[after]]


TWO = (STEP, replace(STEP, id="next"))


def test_where_keyturn_ended_a_step_itself_the_next_may_begin_with_its_picture(stage: Stage) -> None:
    engine, _ = build(stage, *TWO)
    engine.run()
    assert not looked_at_anew(stage, after=2)


@pytest.mark.parametrize("choice", [Choice.BY_HAND, Choice.AGAIN])
def test_what_is_tried_again_does_not_begin_with_the_picture_of_its_failure(stage: Stage, choice: Choice) -> None:
    failing(stage, page_error(NoEffect))
    engine, _ = build(stage, STEP, gatekeeper=says(choice, Choice.GO_ON))
    engine.reach = lambda step: None  # type: ignore[method-assign]  # noqa: ARG005
    engine.run()
    assert [moment for moment, _ in stage.pictured] == ["before", "after", "before", "after"]
    assert looked_at_anew(stage, after=2)


def test_after_a_step_done_by_hand_the_next_is_looked_at_anew(stage: Stage) -> None:
    by_hand = replace(STEP, gate=Gate.MANUAL)
    engine, _ = build(stage, by_hand, TWO[1], gatekeeper=says(Choice.GO_ON))
    engine.run()
    assert result(engine) is Result.BY_OPERATOR
    assert looked_at_anew(stage, after=2)


def test_while_the_person_has_the_mouse_every_step_is_looked_at_anew(stage: Stage) -> None:
    stage.act = lambda: Made("one", "2028-01-01")
    keyturns = replace(STEP, outputs={"id": "secret_id"})
    engine, _ = build(stage, keyturns, TWO[1], gatekeeper=says(Choice.GO_ON), mode=Mode.MANUAL)
    engine.run()
    assert result(engine) is Result.DONE
    assert looked_at_anew(stage, after=2)


def test_a_step_that_does_not_apply_leaves_the_page_as_it_was(stage: Stage) -> None:
    fact = Fact(kind=FactKind.SAME, of=("a", "b"), negated=False, say="it is another case")
    engine, _ = build(stage, STEP, replace(STEP, id="passed", when=(fact,)), TWO[1])
    engine.run()
    assert result(engine, "passed") is Result.SKIPPED
    assert not looked_at_anew(stage, after=2)


def test_after_a_step_that_a_person_passed_over_the_next_is_looked_at_anew(stage: Stage) -> None:
    asked = replace(STEP, id="passed", gate=Gate.CONFIRM)
    engine, _ = build(stage, STEP, asked, TWO[1], gatekeeper=says(Choice.SKIP, reason="it is done"))
    engine.run()
    assert result(engine, "passed") is Result.SKIPPED
    assert looked_at_anew(stage, after=2)
