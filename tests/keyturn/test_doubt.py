"""What may have happened is told, and what cannot have happened is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error as BrowserError

from evidence import EvidenceError
from keyturn.clipboard import ClipboardFailed
from keyturn.errors import GuardRefused, Stopped
from keyturn.events import Failed, NotDone
from keyturn.gates import Answer, Choice
from keyturn.model import Effect, Fact, FactKind, Gate
from keyturn.run.doubt import note_doubt
from keyturn.run.lost_page import BrowserGone
from pages.errors import NoEffect, PageError, SessionEnded
from tests.keyturn.stage import CREATE, STEP, Made, Says, Stage, build, failing, page_error, says

if TYPE_CHECKING:
    from keyturn.gates import Pump, Question

CHANGE = replace(STEP, effect=Effect.CHANGE)
PRESSED = "portal: A step – the button was pressed, the result was not seen"
PERHAPS = "portal: A step – the button may have been pressed, the result was not seen"


@pytest.fixture
def stage() -> Stage:
    return Stage(tab_answers=False)


def raises(error: BaseException) -> object:
    raise error


def full(*_: object, **__: object) -> None:
    raise EvidenceError("the disk is full")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (page_error(NoEffect, pressed=True), [PRESSED]),
        (page_error(NoEffect, pressed=False), []),
        (EvidenceError("a picture cannot be written"), [PERHAPS]),
        (BrowserError("Target closed"), [PERHAPS]),
        (KeyboardInterrupt(), [PERHAPS]),
    ],
    ids=["pressed", "not pressed", "disk", "browser", "interrupted"],
)
@pytest.mark.parametrize("step", [CHANGE, CREATE], ids=["change", "create"])
def test_a_change_that_was_stopped_is_told_as_what_is_known_of_it(
    stage: Stage, step: object, error: BaseException, told: list[str]
) -> None:
    stage.act = lambda: raises(error)
    engine, _ = build(stage, step)  # type: ignore[arg-type]
    with pytest.raises((PageError, EvidenceError, BrowserGone, KeyboardInterrupt)):
        engine.run()
    assert engine.state.changed == told


@pytest.mark.parametrize("pressed", [True, False])
def test_only_a_button_that_was_never_pressed_is_known_to_have_done_nothing(stage: Stage, *, pressed: bool) -> None:
    stage.act = lambda: raises(page_error(NoEffect, pressed=pressed))
    engine, events = build(stage, CHANGE)
    with pytest.raises(NoEffect):
        engine.run()
    assert [event.why for event in events if isinstance(event, NotDone)] == (
        [] if pressed else ["its button was not pressed"]
    )
    assert engine.state.doubtful == ({"step"} if pressed else set())


def test_a_second_press_that_did_not_happen_says_nothing_of_the_first(stage: Stage) -> None:
    stage.act = lambda: raises(page_error(NoEffect, pressed=False))
    engine, events = build(stage, CHANGE)
    engine.state.doubtful.add("step")
    with pytest.raises(NoEffect):
        engine.run()
    assert not [event for event in events if isinstance(event, NotDone)]
    assert engine.state.doubtful == {"step"}


@dataclass
class Interrupts(Says):
    """A person who presses Ctrl-C when they have said all that they had to say."""

    def ask(self, question: Question, pump: Pump) -> Answer:  # noqa: ARG002
        if not self.answers:
            raise KeyboardInterrupt
        return self.answers.pop(0)


@pytest.mark.parametrize(
    ("person", "ends"),
    [
        (says(Choice.GO_ON, Choice.AGAIN, Choice.STOP), Stopped),
        (says(Choice.GO_ON, Choice.TAKE_OVER, Choice.STOP), Stopped),
        (Interrupts(says(Choice.GO_ON, Choice.AGAIN).answers), KeyboardInterrupt),
        (Interrupts(says(Choice.GO_ON).answers), KeyboardInterrupt),
    ],
    ids=["stop at the gate", "stop while taken over", "Ctrl-C at the gate", "Ctrl-C at the failure"],
)
def test_of_a_button_that_was_not_pressed_no_later_end_says_that_it_may_have_been(
    stage: Stage, person: Says, ends: type[BaseException]
) -> None:
    failing(stage, page_error(NoEffect, pressed=False))
    engine, _ = build(stage, replace(CHANGE, gate=Gate.CONFIRM), gatekeeper=person)
    with pytest.raises(ends):
        engine.run()
    assert stage.log.count("act") == 1
    assert engine.state.changed == []


def test_a_session_that_ended_before_the_press_leaves_no_doubt(stage: Stage) -> None:
    failing(stage, page_error(SessionEnded, pressed=False))
    engine, events = build(stage, replace(CHANGE, gate=Gate.CONFIRM), gatekeeper=says(Choice.GO_ON, Choice.STOP))
    engine.reach = lambda step: None  # type: ignore[method-assign]  # noqa: ARG005
    with pytest.raises(Stopped):
        engine.run()
    assert [event.why for event in events if isinstance(event, NotDone)] == ["its button was not pressed"]
    assert engine.state.doubtful == set()
    assert engine.state.changed == []


def test_a_guard_that_refuses_the_second_time_says_nothing_of_the_first(stage: Stage) -> None:
    failing(stage, page_error(NoEffect, pressed=False))
    held = Fact(kind=FactKind.SAME, of=("{{ steps.x.y }}", "a"), negated=False, say="it is another now")
    person = says(Choice.AGAIN, Choice.STOP)
    engine, _ = build(stage, replace(CHANGE, guard=(held,)), gatekeeper=person)
    engine.state.outputs["steps.x.y"] = "a"
    act = stage.act

    def acts() -> object:
        engine.state.outputs["steps.x.y"] = "b"
        return act()

    stage.act = acts
    with pytest.raises(GuardRefused):
        engine.run()
    assert stage.log.count("act") == 1
    assert engine.state.changed == []


def test_an_error_after_the_one_that_left_a_doubt_does_not_end_it(stage: Stage) -> None:
    engine, events = build(stage, CHANGE)
    engine.begin(CHANGE, 1)
    engine.announce(CHANGE, {})
    note_doubt(engine, CHANGE, page_error(NoEffect, pressed=True))
    note_doubt(engine, CHANGE, page_error(NoEffect, pressed=False))
    assert not [event for event in events if isinstance(event, NotDone)]
    assert engine.state.doubtful == {"step"}


def test_what_is_done_after_all_is_not_in_doubt(stage: Stage) -> None:
    engine, _ = build(stage, CHANGE)
    engine.run()
    assert engine.state.doubtful == set()


def test_nothing_is_told_of_a_step_that_only_reads(stage: Stage) -> None:
    stage.act = lambda: raises(BrowserError("Target closed"))
    engine, _ = build(stage, STEP)
    with pytest.raises(BrowserGone):
        engine.run()
    assert engine.state.changed == []


def test_nothing_is_told_of_a_change_that_was_stopped_before_its_action(stage: Stage) -> None:
    engine, _ = build(stage, CHANGE)
    stage.__dict__["picture"] = full
    with pytest.raises(EvidenceError):
        engine.run()
    assert "act" not in stage.log
    assert engine.state.changed == []


def test_a_secret_that_was_made_is_told_once_by_its_id(stage: Stage) -> None:
    stage.act = lambda: Made("new", "2028-11-23")
    engine, _ = build(stage, CREATE)
    stage.__dict__["seal"] = full
    with pytest.raises(EvidenceError):
        engine.run()
    assert engine.state.changed == ["portal: a secret was created, ID new, expires 2028-11-23"]


def test_a_press_after_a_secret_that_was_told_is_in_doubt_like_any_other(stage: Stage) -> None:
    engine, _ = build(stage, CREATE)
    engine.begin(CREATE, 1)
    engine.announce(CREATE, {})
    engine.state.note_created(CREATE, "new", "2028-11-23")
    engine.announce(CREATE, {})
    note_doubt(engine, CREATE, page_error(NoEffect, pressed=True))
    assert engine.state.changed[1:] == [PRESSED]


@pytest.mark.parametrize(
    ("refuses", "error"),
    [
        ("await_copy", ClipboardFailed("the browser refused the clipboard")),
        ("conceal", EvidenceError("a frame cannot be concealed")),
        ("await_copy", KeyboardInterrupt()),
    ],
    ids=["clipboard", "disguise", "interrupted"],
)
def test_no_intent_stays_open_where_nothing_was_pressed(stage: Stage, refuses: str, error: BaseException) -> None:
    stage.__dict__[refuses] = lambda: raises(error)
    engine, _ = build(stage, CREATE)
    with pytest.raises(type(error)):
        engine.run()
    assert "intend" in stage.log
    assert "abandon" in stage.log
    assert "act" not in stage.log
    assert engine.state.changed == []


def test_a_disk_that_fills_up_is_told_in_the_room_that_was_kept(stage: Stage) -> None:
    engine, events = build(stage, CHANGE)
    stage.__dict__["step"] = full
    with pytest.raises(EvidenceError):
        engine.run()
    assert [event.seen for event in events if isinstance(event, Failed)] == ["the disk is full"]
    assert stage.log.index("make_room") < stage.log.index("! failed")
    assert "picture" not in stage.log
