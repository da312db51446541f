"""A secret that a person makes by hand: whatever they say or do meanwhile, one that may exist is never written off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from keyturn.clipboard import ClipboardFailed
from keyturn.errors import StepFailed, Stopped
from keyturn.events import Event, Result, SecretLookedFor, SecretNotMade
from keyturn.gates import Answer, Choice, Mode
from keyturn.run import made_by_hand
from keyturn.run.copied_value import ValueRefused
from pages.errors import NoEffect, PageError
from secrets_store import Secret
from tests.keyturn.stage import CREATE, VALUE, Made, Says, Stage, build, page_error, result, says

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.gates import Gatekeeper, Pump, Question
    from keyturn.run.engine import Engine

NEW = Made("new", "2028-11-23")
SECRET_ID = "b8c1e7aa-1111-4222-8333-444455556666"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_by_hand, "SETTLING", 0.0)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def by_hand(stage: Stage, person: Gatekeeper) -> tuple[Engine, list[Event]]:
    return build(stage, CREATE, gatekeeper=person, mode=Mode.MANUAL, shown_by="made_beside")


def covered(stage: Stage) -> None:
    """Let something lie over the button that copies the value."""

    def copy_again(_secret_id: str) -> None:
        raise page_error(NoEffect, pressed=False)

    stage.made_by_hand = NEW
    stage.__dict__["_copy_again"] = copy_again


def copies(stage: Stage, text: str) -> None:
    """Let the page's own button copy `text`."""

    def copy_again(secret_id: str) -> None:
        stage.log.append(f"copy {secret_id} again")
        stage.copied = text

    stage.__dict__["_copy_again"] = copy_again


def is_left_open(stage: Stage, events: list[Event]) -> bool:
    return "abandon" not in stage.log and not [event for event in events if isinstance(event, SecretNotMade)]


class Interrupted(Says):
    """A person who presses Ctrl-C while it is their turn."""

    def ask(self, question: Question, pump: Pump) -> Answer:  # noqa: ARG002
        raise KeyboardInterrupt


def test_a_secret_whose_value_cannot_be_copied_is_not_written_off_nor_made_again(stage: Stage) -> None:
    covered(stage)
    person = says(Choice.GO_ON, Choice.STOP)
    engine, events = by_hand(stage, person)
    with pytest.raises(PageError) as caught:
        engine.run()
    assert caught.value.pressed
    assert is_left_open(stage, events)
    assert not {Choice.AGAIN, Choice.BY_HAND} & set(person.asked[-1].offers)
    assert engine.state.changed == ["portal: a secret was created, ID new, expires 2028-11-23"]
    assert engine.state.doubtful == {"step"}


@pytest.mark.parametrize(
    ("person", "ends"),
    [(says(Choice.STOP), Stopped), (Interrupted([]), KeyboardInterrupt), (says(Choice.GO_ON, Choice.STOP), StepFailed)],
    ids=["stop", "Ctrl-C", "says that it is done"],
)
def test_where_no_secret_is_seen_yet_its_intent_stays_open(
    stage: Stage, person: Says, ends: type[BaseException]
) -> None:
    engine, events = by_hand(stage, person)
    with pytest.raises(ends):
        engine.run()
    assert is_left_open(stage, events)
    assert "seal" not in stage.log
    assert any("may have been pressed" in change for change in engine.state.changed)
    assert not [question for question in person.asked if Choice.AGAIN in question.offers]


@pytest.mark.parametrize("choice", [Choice.STOP, Choice.SKIP, Choice.GO_ON])
def test_who_says_something_is_told_at_once_that_it_was_heard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, choice: Choice
) -> None:
    monkeypatch.setattr(made_by_hand, "SETTLING", 0.5)
    engine, events = by_hand(stage, says(choice))

    def breathe() -> None:
        stage.made_by_hand = NEW if [one for one in events if isinstance(one, SecretLookedFor)] else None

    stage.breathed = breathe
    engine.run()
    assert [one.seconds for one in events if isinstance(one, SecretLookedFor)] == [0.5]
    assert engine.state.held["client_secret"].secret_id == "new"


def test_a_step_that_is_passed_over_leaves_the_intent_open_too(stage: Stage) -> None:
    engine, events = by_hand(stage, says(Choice.SKIP, reason="the vendor does it"))
    engine.run()
    assert result(engine) is Result.SKIPPED
    assert is_left_open(stage, events)


@pytest.mark.parametrize("choice", [Choice.STOP, Choice.SKIP, Choice.GO_ON])
def test_a_portal_that_answers_a_moment_later_is_waited_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, choice: Choice
) -> None:
    monkeypatch.setattr(made_by_hand, "SETTLING", 60.0)
    stage.breathed = lambda: setattr(stage, "made_by_hand", NEW)
    engine, _ = by_hand(stage, says(choice))
    engine.run()
    assert stage.log.index("copy new again") < stage.log.index("seal")
    assert engine.state.held["client_secret"].secret_id == "new"


@pytest.mark.parametrize("theirs", [SECRET_ID, "a text of nineteen"])
def test_what_the_person_copied_meanwhile_is_never_taken_for_the_value(stage: Stage, theirs: str) -> None:
    stage.made_by_hand, stage.copied = NEW, theirs
    copies(stage, VALUE)
    engine, _ = by_hand(stage, says(Choice.SEEN))
    engine.run()
    after = stage.log[stage.log.index("! handed-over") :]
    assert after.index("await_copy") < after.index("copy new again") < after.index("take") < after.index("seal")
    assert engine.state.held["client_secret"].secret.reveal() == VALUE
    assert stage.log.count("take") == 1


def test_what_cannot_be_the_value_is_copied_once_more_while_the_page_shows_it(stage: Stage) -> None:
    stage.act, stage.copied = (lambda: NEW), SECRET_ID
    copies(stage, VALUE)
    engine, _ = build(stage, CREATE)
    engine.run()
    assert engine.state.held["client_secret"].secret.reveal() == VALUE
    assert "lost" not in stage.log


@pytest.mark.parametrize("again", ["the same", "nothing", "not shown"])
def test_a_value_that_cannot_be_copied_rightly_is_lost_after_one_more_time(stage: Stage, again: str) -> None:
    stage.act, stage.copied = (lambda: NEW), SECRET_ID
    if again == "not shown":
        covered(stage)
    elif again == "nothing":
        stage.__dict__["take"] = takes_once(stage)
    engine, events = build(stage, CREATE, gatekeeper=says(Choice.STOP))
    with pytest.raises(ValueRefused, match="Secret ID"):
        engine.run()
    assert "value-lost" in [event.kind for event in events]
    assert stage.log.count("take") == {"the same": 2, "nothing": 2, "not shown": 1}[again]
    assert "seal" not in stage.log


def takes_once(stage: Stage) -> Callable[[str], Secret]:
    """Let the clipboard hold the Secret ID, and nothing when it is asked once more."""

    def take(label: str) -> Secret:
        stage.log.append("take")
        if stage.log.count("take") > 1:
            raise ClipboardFailed("the copy button was pressed but the clipboard did not change")
        return Secret(SECRET_ID, label)

    return take


def test_given_back_with_none_in_the_list_keyturn_makes_it(stage: Stage) -> None:
    stage.act = lambda: NEW
    engine, events = by_hand(stage, says(Choice.GIVE_BACK))
    engine.run()
    assert stage.log.count("act") == 1
    assert [event.why for event in events if isinstance(event, SecretNotMade)] == ["the operator made no secret"]
    assert result(engine) is Result.DONE


@pytest.mark.parametrize("lists", ["another", "nothing readable"])
def test_given_back_where_one_may_be_in_the_list_no_other_is_made(stage: Stage, lists: str) -> None:
    answers: list[Any] = [("old",), ("old", "new") if lists == "another" else page_error(NoEffect)]

    def known_ids() -> tuple[str, ...]:
        answer = answers.pop(0)
        if isinstance(answer, PageError):
            raise answer
        found: tuple[str, ...] = answer
        return found

    stage.__dict__["_known_ids"] = known_ids
    person = says(Choice.GIVE_BACK, Choice.STOP)
    engine, events = by_hand(stage, person)
    with pytest.raises((StepFailed, PageError)):
        engine.run()
    assert "act" not in stage.log
    assert is_left_open(stage, events)
    assert Choice.AGAIN not in person.asked[-1].offers
