"""Coming back to a page: what was filled in on it is looked for, and filled in again where it is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keyturn.events import Result, WalkedAgain
from keyturn.run.reach import reach
from tests.keyturn.stage import STEP, Stage, build, probe

FIRST = replace(STEP, id="first", expect=(probe("has_first"),))
SECOND = replace(STEP, id="second", expect=(probe("has_second"),))
LAST = replace(STEP, id="last")


@pytest.mark.parametrize(
    ("shown", "again"),
    [
        ({"has_first", "has_second"}, []),
        ({"has_first"}, ["second"]),
        ({"has_second"}, ["first", "second"]),
        (set(), ["first", "second"]),
    ],
)
def test_from_the_first_field_on_that_is_empty_all_is_filled_in_again(shown: set[str], again: list[str]) -> None:
    stage = Stage(on_screen=set(shown))
    engine, events = build(stage, FIRST, SECOND, LAST)
    engine.state.results |= {"first": Result.DONE, "second": Result.DONE}
    stage.act = lambda: stage.on_screen.update({"has_first", "has_second"})
    reach(engine, LAST)
    assert [event.step for event in events if isinstance(event, WalkedAgain)] == again


def test_a_disguise_that_was_left_is_ended_before_anything_is_read() -> None:
    stage = Stage()
    engine, _ = build(stage, FIRST, LAST)
    engine.state.results["first"] = Result.DONE
    stage.act = lambda: stage.on_screen.add("has_first")
    reach(engine, LAST)
    assert stage.log.index("uncover") < stage.log.index("act")


def test_what_was_never_filled_in_is_not_filled_in_by_the_way() -> None:
    stage = Stage()
    engine, _ = build(stage, FIRST, LAST)
    engine.state.results["first"] = Result.SKIPPED
    reach(engine, LAST)
    assert "act" not in stage.log


def test_what_is_not_to_be_trusted_is_loaded_by_the_whole_way() -> None:
    stage = Stage(on_screen={"has_first", "has_second"})
    engine, events = build(stage, FIRST, SECOND, LAST)
    engine.state.results |= {"first": Result.DONE, "second": Result.DONE}
    reach(engine, LAST, afresh=True)
    assert [event.step for event in events if isinstance(event, WalkedAgain)] == ["first", "second"]
