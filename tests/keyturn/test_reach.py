"""Coming back to a page: what was filled in on it is looked for, and filled in again where it is gone."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from keyturn.errors import GuardRefused
from keyturn.events import Result, WalkedAgain
from keyturn.gates import Choice
from keyturn.model import Gate
from keyturn.run.reach import reach
from tests.keyturn.stage import STEP, Stage, build, probe, says

if TYPE_CHECKING:
    from keyturn.events import Event
    from keyturn.run.engine import Engine

FIRST = replace(STEP, id="first", expect=(probe("has_first"),))
SECOND = replace(STEP, id="second", expect=(probe("has_second"),))
LAST = replace(STEP, id="last")
SIGN_IN = replace(STEP, id="sign-in", page="p.sign-in", gate=Gate.SIGN_IN, outputs={"account": "account"})


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


def signed_in_again(account: str) -> tuple[Engine, list[Event]]:
    """Return an engine whose run began as `me`, and where `account` signs in on the way back."""
    stage = Stage(act=lambda: SimpleNamespace(account=account))
    engine, events = build(stage, SIGN_IN, LAST, gatekeeper=says(Choice.GO_ON))
    engine.state.outputs["steps.sign-in.account"] = "me"
    return engine, events


def test_who_signs_in_again_as_before_goes_on() -> None:
    engine, events = signed_in_again("me")
    reach(engine, LAST, afresh=True)
    assert [event.step for event in events if isinstance(event, WalkedAgain)] == ["sign-in"]
    assert engine.session.unsure == set()


def test_a_run_goes_on_in_nobody_else_s_account() -> None:
    engine, events = signed_in_again("somebody else")
    with pytest.raises(GuardRefused, match="of another account, somebody else; the run began with me"):
        reach(engine, LAST, afresh=True)
    assert not [event for event in events if isinstance(event, WalkedAgain)]
    assert engine.state.outputs["steps.sign-in.account"] == "me"
    assert engine.session.unsure == {"p"}
