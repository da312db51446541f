"""A step taken up again in the same part of the run: what may have happened is looked for and asked about first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Error as BrowserError

from keyturn.catalogue import Parameter
from keyturn.errors import GuardRefused, Stopped
from keyturn.events import Event, NotDone, Result, SecretIntended, SecretSealed
from keyturn.gates import About, Choice
from keyturn.model import Effect
from keyturn.run import orphan, unclear
from pages.errors import NoEffect, SessionEnded
from secrets_store import Store, StoreError
from tests.keyturn.orphan_portal import OURS, Portal
from tests.keyturn.orphan_portal import STEP as CREATE
from tests.keyturn.stage import STEP, Made, Says, Stage, build, failing, page_error, probe, result, says

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.model import Probe, Step
    from keyturn.run.engine import Engine

CHANGE = replace(STEP, effect=Effect.CHANGE, done_when=(probe("has_it"),))
UNCLEAR = "It was begun before, and the page does not show that it is done."
TAKEN_OVER = (Choice.TAKE_OVER, Choice.GIVE_BACK)


@pytest.fixture(autouse=True)
def _at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unclear, "_SETTLING", 0.0)
    monkeypatch.setattr(orphan, "SETTLING", 0.0)


def engine_of(stage: Stage, step: Step, person: Says) -> tuple[Engine, list[Event]]:
    """Return an engine whose ways to a page are only noted."""
    takes = {"description": Parameter(name="description", type=str, required=True)}
    engine, events = build(stage, step, gatekeeper=person, shown_by="made_beside", parameters=takes)
    engine.reach = lambda step: stage.log.append(f"reach {step.id}")  # type: ignore[method-assign]
    engine.reload = lambda step: stage.log.append(f"reload {step.id}")  # type: ignore[method-assign]
    engine.bring = stage.page  # type: ignore[method-assign,assignment]
    return engine, events


def about_pressing(person: Says) -> list[str]:
    """Return the warnings of the questions whether to do it."""
    return [question.warning for question in person.asked if question.about is About.CHANGE]


def test_what_was_pressed_is_not_pressed_again_without_a_question_that_says_so() -> None:
    stage = Stage()
    failing(stage, page_error(NoEffect, pressed=True))
    person = says(*TAKEN_OVER, Choice.STOP)
    engine, _ = engine_of(stage, CHANGE, person)
    with pytest.raises(Stopped):
        engine.run()
    (warning,) = about_pressing(person)
    assert UNCLEAR in warning
    assert stage.log.count("act") == 1


def test_after_a_yes_it_is_pressed_once_more_and_no_doubt_is_left() -> None:
    stage = Stage()
    failing(stage, page_error(NoEffect, pressed=True))
    engine, _ = engine_of(stage, CHANGE, says(*TAKEN_OVER, Choice.GO_ON))
    engine.run()
    assert stage.log.count("act") == 2
    assert engine.state.unfinished.announced == set()
    assert result(engine) is Result.DONE


def test_what_broke_off_with_nobody_knowing_whether_it_was_pressed_is_asked_about_when_it_is_tried_again() -> None:
    stage = Stage()
    failing(stage, BrowserError("Execution context was destroyed"))
    person = says(Choice.AGAIN, Choice.STOP)
    engine, _ = engine_of(stage, CHANGE, person)
    with pytest.raises(Stopped):
        engine.run()
    assert UNCLEAR in about_pressing(person)[0]
    assert stage.log.count("act") == 1


@pytest.mark.parametrize("choices", [(Choice.AGAIN,), TAKEN_OVER], ids=["again", "taken over"])
def test_what_was_not_pressed_is_tried_again_without_another_question(choices: tuple[Choice, ...]) -> None:
    stage = Stage()
    failing(stage, page_error(NoEffect, pressed=False))
    person = says(*choices)
    engine, _ = engine_of(stage, CHANGE, person)
    engine.run()
    assert about_pressing(person) == []
    assert stage.log.count("act") == 2


def unanswered(stage: Stage, error: Exception) -> None:
    """Let the page fail once when it is asked for what is expected, after the action went well."""
    answer, left = stage.answer, [error]

    def once(probe: Probe) -> bool:
        if probe.ask == "has_come" and left:
            raise left.pop()
        return answer(probe)

    stage.on_screen.add("has_come")
    stage.answer = once  # type: ignore[method-assign]


COMES = (probe("has_come"),)


def test_a_page_that_fails_while_what_is_expected_is_looked_for_does_not_make_it_unpressed() -> None:
    stage = Stage()
    unanswered(stage, page_error(NoEffect, pressed=False))
    person = says(Choice.STOP)
    engine, events = engine_of(stage, replace(CHANGE, expect=COMES), person)
    with pytest.raises(NoEffect):
        engine.run()
    assert Choice.AGAIN not in person.asked[0].offers
    assert not [event for event in events if isinstance(event, NotDone)]
    assert engine.state.doubtful == {"step"}


def test_a_step_that_only_reads_goes_on_by_itself_when_the_session_ends_then() -> None:
    stage = Stage()
    unanswered(stage, page_error(SessionEnded, pressed=False))
    engine, _ = engine_of(stage, replace(STEP, expect=COMES), says(Choice.STOP))
    engine.run()
    assert result(engine) is Result.DONE


# --- a secret


@dataclass
class Shown(Portal):
    """A portal whose pages also answer what every other page of the stage does."""

    def page(self, where: str) -> Any:
        return SimpleNamespace(**{**vars(Stage.page(self, where)), **vars(Portal.page(self, where))})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.throw_away(tmp_path / "store", Ed25519PrivateKey.generate())[0]


def creating(portal: Shown, store: Store, person: Says, step: Step = CREATE) -> tuple[Engine, list[Event]]:
    engine, events = engine_of(portal, step, person)
    engine.store = store
    return engine, events


def makes_unseen(portal: Shown, *, copyable: bool) -> None:
    """Let the portal make the first secret without a word, and those after it as it should."""
    left = [OURS]

    def act() -> Made:
        if left:
            portal.rows = [left.pop()]
            portal.copyable = ["new"] if copyable else []
            raise page_error(NoEffect, pressed=True)
        return Made("second", "2028-11-24")

    portal.act = act


def intents(events: list[Event]) -> int:
    return len([event for event in events if isinstance(event, SecretIntended)])


def test_a_secret_whose_making_failed_is_looked_for_before_another_is_made(store: Store) -> None:
    portal = Shown()
    makes_unseen(portal, copyable=True)
    engine, events = creating(portal, store, says(*TAKEN_OVER, Choice.STOP))
    engine.run()
    assert portal.log.count("act") == 1
    assert intents(events) == 1
    assert store.open_intents() == []
    (sealed,) = [event for event in events if isinstance(event, SecretSealed)]
    assert sealed.secret_id == "new"
    assert not engine.state.unfinished.intended
    assert not engine.state.unfinished.sealed


def test_one_whose_value_is_gone_is_deleted_after_a_yes_and_only_then_another_made(store: Store) -> None:
    portal = Shown()
    makes_unseen(portal, copyable=False)
    person = says(*TAKEN_OVER, Choice.STOP)
    engine, events = creating(portal, store, person)
    with pytest.raises(Stopped):
        engine.run()
    assert portal.log.count("act") == 1
    assert intents(events) == 1
    assert portal.rows == [OURS]
    assert person.asked[-1].about is About.ORPHAN
    assert "The secret new" in person.asked[-1].title


def test_after_the_yes_no_intent_stays_open(store: Store) -> None:
    portal = Shown()
    makes_unseen(portal, copyable=False)
    engine, _ = creating(portal, store, says(*TAKEN_OVER, Choice.GO_ON))
    engine.run()
    assert "delete new" in portal.log
    assert portal.log.count("act") == 2
    assert engine.state.held["client_secret"].secret_id == "second"
    assert store.open_intents() == []


def test_a_secret_that_is_safe_is_not_made_again_when_what_was_expected_was_not_seen(store: Store) -> None:
    portal = Shown(act=lambda: Made("new", "2028-11-24"))
    step = replace(CREATE, expect=(probe("has_secret"),))
    engine, events = creating(portal, store, says(*TAKEN_OVER), step)
    engine.run()
    assert portal.log.count("act") == 1
    assert intents(events) == 1
    assert result(engine) is Result.DONE
    assert engine.state.outputs["steps.step.secret_id"] == "new"


def test_a_copy_that_fails_when_the_browser_is_given_back_leads_to_no_second_secret(store: Store) -> None:
    portal = Shown(made_by_hand=Made("new", "2028-11-24"))
    covered = [page_error(NoEffect, pressed=False)]

    def copy_again(secret_id: str) -> None:
        if covered:
            portal.made_by_hand = None  # Given back once more, it is not to be seen at first.
            raise covered.pop()
        portal.log.append(f"copy {secret_id} again")

    portal.__dict__["_copy_again"] = copy_again
    portal.rows, portal.copyable = [OURS], ["new"]
    person = says(Choice.GIVE_BACK, *TAKEN_OVER)
    person.wishes = [says(Choice.TAKE_OVER).answers[0]]
    engine, events = creating(portal, store, person)
    engine.run()
    assert Choice.AGAIN not in person.asked[1].offers
    assert portal.log.count("act") == 0
    assert intents(events) == 1
    assert store.open_intents() == []


def test_a_value_that_only_the_store_has_is_left_to_the_next_part(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = store.seal

    def sealed_and_no_more(*args: Any, **kwargs: Any) -> None:
        seal(*args, **kwargs)
        raise StoreError("the disk is full")

    monkeypatch.setattr(store, "seal", sealed_and_no_more)
    portal = Shown(act=lambda: Made("new", "2028-11-24"))
    engine, events = creating(portal, store, says(*TAKEN_OVER, Choice.STOP))
    with pytest.raises(GuardRefused, match="sealed") as refused:
        engine.run()
    assert "keyturn resume" in refused.value.hint
    assert portal.log.count("act") == 1
    assert intents(events) == 1


def test_a_session_that_ends_once_a_value_is_safe_makes_no_other(store: Store) -> None:
    portal = Shown(act=lambda: Made("new", "2028-11-24"))
    unanswered(portal, page_error(SessionEnded, pressed=False))
    engine, events = creating(portal, store, says(Choice.STOP), replace(CREATE, expect=COMES))
    engine.run()
    assert portal.log.count("act") == 1
    assert intents(events) == 1
    assert not [event for event in events if isinstance(event, NotDone)]
    assert result(engine) is Result.DONE
