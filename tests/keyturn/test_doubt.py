"""What may have happened is told, and what cannot have happened is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Error as BrowserError

from evidence import EvidenceError
from keyturn.clipboard import ClipboardFailed
from keyturn.events import Failed, NotDone
from keyturn.model import Effect
from keyturn.run.doubt import note_doubt
from keyturn.run.one_step import BrowserGone
from pages.errors import NoEffect, PageError
from tests.keyturn.stage import CREATE, STEP, Made, Stage, build, page_error

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
