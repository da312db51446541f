"""The page lost from under a step: what goes on by itself, what is told, and nothing is pressed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error as BrowserError

from keyturn.events import Failed, Result
from keyturn.gates import Choice
from keyturn.run.lost_page import BrowserGone, PageLeft
from pages.errors import NoEffect, PageError, PortalRefused, ScreenNotReached, SessionEnded
from tests.keyturn.stage import CHANGE, CREATE, STEP, Stage, build, ended, failing, page_error, result, says

if TYPE_CHECKING:
    from keyturn.model import Step

DESTROYED = BrowserError("Execution context was destroyed")  # as when the page is left under a question


@pytest.fixture
def stage() -> Stage:
    return Stage()


def told_on_the_way(stage: Stage) -> list[str]:
    """Let the step go on by the way to its page, to its end; return the kinds of all that was told."""
    engine, events = build(stage, STEP)
    engine.reach = lambda step: stage.log.append(f"reach {step.id}")  # type: ignore[method-assign]
    engine.run()
    assert "p" in stage.unsure
    assert stage.log.count("reach step") == 2
    assert result(engine) is Result.DONE
    return [event.kind for event in events]


# --- a session that ends


def test_an_ended_session_is_signed_in_to_again_and_the_step_goes_on(stage: Stage) -> None:
    failing(stage, page_error(SessionEnded))
    assert "session-lost" in told_on_the_way(stage)


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
    assert "page-lost" in told_on_the_way(stage)


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
