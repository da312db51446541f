"""What can be taken back and what cannot, and that it is seen to be undone."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error as BrowserError

from keyturn import events
from keyturn.errors import CannotStart, NobodyThere, Stopped
from keyturn.events import Changed, Event, Failed, Undone
from keyturn.gates import Beforehand, Choice, Nobody
from keyturn.model import Effect, Fact, FactKind, Undo
from keyturn.run import past_reading, resumable, rollback
from keyturn.run.rollback import NotUndone, Way, ways
from keyturn.run.state import FOUND_DONE, Held, RunState
from pages.errors import NoEffect
from secrets_store import NotStored, Secret
from tests.keyturn.recorded import INTENDED, ended, recorded, started
from tests.keyturn.stage import STEP, Stage, build, failing, page_error, probe, says

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.gates import Gatekeeper
    from keyturn.model import Step
    from keyturn.run.engine import Engine

BACK = Undo(say="press it again", do="act", args={"secret_id": "x"})


def step(name: str, **more: Any) -> Step:
    seen = {"done_when": (probe("has_it"),), "timeout": 0.0}
    return replace(STEP, id=name, effect=Effect.CHANGE, **{**seen, **more})


def found(home: Path, steps: list[Step], *told: events.Event) -> tuple[Way, ...]:
    so_far = past_reading.read(recorded(home, *told))
    runbook: Any = SimpleNamespace(steps=steps)
    state = RunState("run", runbook, {})
    state.results = dict(so_far.results)
    state.doubtful = so_far.doubtful
    return ways(so_far, state)


def test_what_was_done_is_taken_back_last_first_and_what_cannot_be_says_why(tmp_path: Path) -> None:
    later = Fact(kind=FactKind.DONE, of=("last",), negated=True, say="the last one needs it")
    steps = [
        replace(STEP, id="read"),
        step("first", undo=BACK),
        step("kept", undo=replace(BACK, guard=(later,))),
        step("said", undo=Undo(say="it cannot be")),
        step("silent"),
        step("was-so", undo=BACK),
        step("caught", undo=BACK),
        step("gone", undo=BACK),
        step("last", undo=BACK),
    ]
    done = [ended(one.id, "already" if one.id == "was-so" else "done") for one in steps if one.id != "caught"]
    caught = events.StepEnded("caught", "already", FOUND_DONE, {}, 1.0)
    told = found(tmp_path, steps, *done, caught, events.Undone("gone", "press it again"))
    assert [(way.step.id, way.can) for way in told] == [
        ("last", True),
        ("caught", True),
        ("silent", False),
        ("said", False),
        ("kept", False),
        ("first", True),
    ]
    assert [way.say for way in told if not way.can] == [
        "the runbook names no way back",
        "it cannot be",
        "the last one needs it",
    ]


def test_what_is_not_known_to_be_done_is_found_out_first(tmp_path: Path) -> None:
    steps = [step("one", undo=BACK), step("add", undo=BACK)]
    acting = events.Acting("one", "p.page", "act", {})
    for at, unsettled in enumerate((acting, INTENDED)):
        with pytest.raises(CannotStart, match="not known") as refused:
            found(tmp_path / str(at), steps, ended("one", "done"), unsettled)
        assert "keyturn resume a-run" in refused.value.hint


def test_what_was_done_by_a_step_that_the_runbook_lost_is_not_passed_over(tmp_path: Path) -> None:
    begun = [started("gone"), ended("gone", "done"), started("first"), ended("first", "done")]
    with pytest.raises(CannotStart, match=r"does not have this step any more.*: gone"):
        found(tmp_path / "a", [step("first", undo=BACK)], *begun)
    undone = events.Undone("gone", "press it again")
    assert [way.step.id for way in found(tmp_path / "b", [step("first", undo=BACK)], *begun, undone)] == ["first"]


NOT_SAVED = Fact(kind=FactKind.DONE, of=("save",), negated=True, say="the vendor uses it")


@pytest.mark.parametrize("ended_as", ["skipped", "overridden"])
def test_a_step_that_may_have_been_done_and_was_passed_over_does_not_count_as_not_done(
    tmp_path: Path, ended_as: str
) -> None:
    steps = [step("add", undo=replace(BACK, guard=(NOT_SAVED,))), step("first", undo=BACK), step("save")]
    acting = events.Acting("save", "p.page", "act", {})
    told = [ended("add", "done"), ended("first", "done"), acting, ended("save", ended_as)]
    (add,) = [way for way in found(tmp_path / "a", steps, *told) if way.step.id == "add"]
    assert not add.can
    assert add.say == "it is not known whether save was done; if it was: the vendor uses it"
    known = [*told[:-1], events.NotDone("save", "its button was not pressed"), told[-1]]
    assert [way.can for way in found(tmp_path / "b", steps, *known) if way.step.id == "add"] == [True]


def test_what_was_looked_for_and_is_not_so_can_be_rolled_back_from(tmp_path: Path) -> None:
    steps = [step("add", undo=BACK), step("save")]
    begun = (ended("add", "done"), events.Acting("save", "p.page", "act", {}), ended("save", "failed"))
    with pytest.raises(CannotStart, match="save"):
        found(tmp_path / "a", steps, *begun)
    looked = events.NotDone("save", "its page was asked, and does not show it")
    assert [way.step.id for way in found(tmp_path / "b", steps, *begun, looked)] == ["add"]
    again = events.Acting("save", "p.page", "act", {})
    with pytest.raises(CannotStart, match="save"):
        found(tmp_path / "c", steps, *begun, looked, again)


def test_a_secret_that_is_known_not_to_be_made_can_be_rolled_back_from(tmp_path: Path) -> None:
    steps = [step("one", undo=BACK), step("add", undo=BACK)]
    pressed = events.Acting("add", "p.page", "act", {})
    not_made = events.SecretNotMade("add", "secret", "intent", "it is not in the portal's list")
    told = (ended("one", "done"), INTENDED, pressed, ended("add", "failed"), not_made)
    assert [way.step.id for way in found(tmp_path, steps, *told)] == ["one"]


def test_a_rollback_that_was_killed_goes_on_and_the_run_does_not(tmp_path: Path) -> None:
    steps = [step("one", undo=BACK)]
    pressed = events.Acting("one", "p.page", "undo", {})
    told = (ended("one", "done"), events.RollbackBegan((("one", "it"),), ()), pressed)
    assert [way.can for way in found(tmp_path, steps, *told)] == [True]
    so_far = past_reading.read(tmp_path / "a-run")
    resumable.check_undoable(so_far)
    with pytest.raises(CannotStart, match="being rolled back"):
        resumable.check_resumable(so_far)


def test_where_nothing_can_be_taken_back_nothing_is_touched(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="it cannot be"):
        found(tmp_path / "a", [step("said", undo=Undo(say="it cannot be"))], ended("said", "done"))
    with pytest.raises(CannotStart, match="changed nothing"):
        found(tmp_path / "b", [replace(STEP, id="read")], ended("read", "done"))


@pytest.fixture
def stage() -> Stage:
    stage = Stage(on_screen={"has_it"})
    stage.act = stage.on_screen.clear
    return stage


def ready(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, gatekeeper: Gatekeeper, **more: Any
) -> tuple[Engine, list[Event], Way]:
    monkeypatch.setattr(rollback, "_SETTLING", 0.0)
    one = step("one", undo=BACK, copies="client_secret", **more)
    engine, told = build(stage, one, gatekeeper=gatekeeper)

    def bring(where: str) -> Any:  # Loading it is not what is looked at here.
        stage.log.append(f"bring {where}")
        return stage.page(where)

    engine.bring = bring  # type: ignore[method-assign]  # as said
    engine.state.held["client_secret"] = Held(Secret("value", "label"), SimpleNamespace(id="entry"), "x", "")  # type: ignore[arg-type]  # its ID is enough
    return engine, told, Way(one, can=True, say=BACK.say)


def test_each_is_asked_for_announced_pressed_once_and_seen_to_be_undone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, told, way = ready(stage, monkeypatch, says(Choice.GO_ON))
    rollback._taken_back(engine, way)
    assert [event.kind for event in told] == ["gate-asked", "gate-answered", "acting", "changed", "undone"]
    assert stage.log.count("act") == 1
    assert stage.log.index("! acting") < stage.log.index("act") < stage.log.index("! undone")
    assert any("undone" in change for change in engine.state.changed)


@pytest.mark.parametrize(("gatekeeper", "stopped"), [(says(Choice.STOP), Stopped), (Nobody(), NobodyThere)])
def test_without_a_yes_nothing_is_pressed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, gatekeeper: Gatekeeper, stopped: type[Exception]
) -> None:
    engine, _, way = ready(stage, monkeypatch, gatekeeper)
    with pytest.raises(stopped):
        rollback._taken_back(engine, way)
    assert "act" not in stage.log


def test_a_yes_beforehand_counts_for_the_step_that_it_names(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, _, way = ready(stage, monkeypatch, Beforehand(["one"], Nobody()))
    rollback._taken_back(engine, way)
    assert "act" in stage.log


def test_what_is_taken_back_already_is_not_asked_about(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.on_screen.clear()
    engine, told, way = ready(stage, monkeypatch, Nobody())
    rollback._taken_back(engine, way)
    assert "act" not in stage.log
    assert "note" in stage.log
    assert [type(event) for event in told] == [Changed, Undone]


@pytest.mark.parametrize(
    "looks", [[False], [False, True], [True, False]], ids=["not there", "came meanwhile", "went meanwhile"]
)
def test_what_cannot_be_seen_is_not_called_undone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, looks: list[bool]
) -> None:
    stage.on_screen.clear()
    left = list(looks)
    stage.is_there = lambda: left.pop(0) if len(left) > 1 else left[0]
    engine, told, way = ready(stage, monkeypatch, says(Choice.GO_ON))
    with pytest.raises(NotUndone, match="cannot be seen"):
        rollback._taken_back(engine, way)
    assert not {"act", "note"} & set(stage.log)
    (failed,) = told
    assert isinstance(failed, Failed)
    assert failed.next


def test_what_cannot_be_seen_after_the_press_is_not_called_undone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act() -> None:
        stage.on_screen.clear()
        stage.is_there = lambda: False

    stage.act = act
    engine, told, way = ready(stage, monkeypatch, says(Choice.GO_ON))
    with pytest.raises(NotUndone, match="cannot be seen"):
        rollback._taken_back(engine, way)
    assert "note" not in stage.log
    assert not [event for event in told if isinstance(event, Undone)]


def test_what_another_page_shows_is_looked_for_there_before_the_press_and_after_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows = replace(probe("has_it"), page="p.list")
    engine, _, way = ready(stage, monkeypatch, says(Choice.GO_ON), done_when=(shows,))
    rollback._taken_back(engine, way)
    gestures = [line for line in stage.log if line.startswith(("bring", "ask", "act"))]
    assert gestures == [
        "bring p.page",
        "bring p.list",
        "ask has_it",
        "bring p.page",
        "act",
        "bring p.list",
        "ask has_it",
    ]


def test_what_is_still_so_afterwards_is_a_failure(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.act = None
    engine, told, way = ready(stage, monkeypatch, says(Choice.GO_ON))
    with pytest.raises(NotUndone):
        rollback._taken_back(engine, way)
    (failed,) = [event for event in told if isinstance(event, Failed)]
    assert failed.next
    assert not [event for event in told if isinstance(event, Undone)]


@pytest.mark.parametrize(
    ("pressed", "advice", "do_next"),
    [
        (True, "", "look in the portal, then roll back again"),
        (False, "", "look in the portal, then roll back again"),
        (False, "ask for the role", "ask for the role; then roll back again"),
    ],
)
def test_what_goes_wrong_is_gone_on_with_by_a_rollback_and_never_by_a_resume(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, pressed: bool, advice: str, do_next: str
) -> None:
    failing(stage, page_error(NoEffect, pressed=pressed, advice=advice))
    engine, told, way = ready(stage, monkeypatch, says(Choice.GO_ON))
    way = replace(way, step=replace(way.step, effect=Effect.CREATE))
    with pytest.raises(NoEffect):
        rollback._taken_back(engine, way)
    (failed,) = [event for event in told if isinstance(event, Failed)]
    assert failed.next == do_next
    assert [change for change in failed.changed if "that was not seen" in change] == [*failed.changed][: int(pressed)]
    assert len(failed.changed) == int(pressed)


def test_who_stops_a_rollback_is_told_how_that_goes_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, _, way = ready(stage, monkeypatch, says(Choice.STOP))
    with pytest.raises(Stopped) as stopped:
        rollback._taken_back(engine, way)
    assert stopped.value.hint == "`keyturn rollback run` goes on from here"


@pytest.mark.parametrize("there", [True, False], ids=["still so", "not to be seen"])
def test_what_was_pressed_and_is_not_seen_to_be_undone_is_told_as_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    def act() -> None:
        stage.is_there = lambda: there
        if not there:
            stage.on_screen.clear()

    stage.act = act
    engine, _, way = ready(stage, monkeypatch, says(Choice.GO_ON))
    with pytest.raises(NotUndone):
        rollback._taken_back(engine, way)
    assert engine.state.changed == ["portal: A step – it was to be undone, and that was not seen"]


@pytest.mark.parametrize("pressed", [False, True])
def test_a_tab_that_is_closed_meanwhile_ends_the_rollback_in_words(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, pressed: bool
) -> None:
    def closed() -> bool:
        raise BrowserError("Target closed: page content")

    def act() -> None:
        stage.is_there = closed

    stage.act = act
    if not pressed:
        act()
    engine, told, way = ready(stage, monkeypatch, says(Choice.GO_ON))
    with pytest.raises(NotUndone, match="no longer answers") as gone:
        rollback._taken_back(engine, way)
    (failed,) = [event for event in told if isinstance(event, Failed)]
    assert "page content" not in f"{failed}{gone.value}{gone.value.__context__}"
    assert len(failed.changed) == int(pressed)


@pytest.mark.parametrize("stopped", [BrowserError("Target closed: page content"), KeyboardInterrupt()])
def test_what_may_have_been_pressed_when_it_broke_off_is_told_as_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, stopped: BaseException
) -> None:
    def act() -> None:
        raise stopped

    stage.act = act
    engine, _, way = ready(stage, monkeypatch, says(Choice.GO_ON))
    with pytest.raises((NotUndone, KeyboardInterrupt)):
        rollback._taken_back(engine, way)
    assert engine.state.changed == ["portal: A step – it was to be undone, and that was not seen"]


def test_what_is_seen_to_be_undone_at_last_is_in_doubt_no_more(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, _, way = ready(stage, monkeypatch, says(Choice.GO_ON))
    engine.state.changed = 2 * ["portal: A step – it was to be undone, and that was not seen"]
    rollback._taken_back(engine, way)
    assert engine.state.changed == ["portal: A step – undone"]


def test_what_is_undone_is_told_also_where_the_store_can_note_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, told, way = ready(stage, monkeypatch, says(Choice.GO_ON))

    def full(*_: object) -> None:
        raise NotStored("the note could not be written")

    engine.store = SimpleNamespace(note=full)  # type: ignore[assignment]  # all it is asked for
    with pytest.raises(NotStored):
        rollback._taken_back(engine, way)
    assert "portal: A step – undone" in engine.state.changed
    assert not [event for event in told if isinstance(event, Undone)]  # So that it is noted when it goes on.
