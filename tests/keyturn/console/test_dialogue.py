"""A question as a dialogue: which keys are taken, what they say, and what never says yes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keyturn.console.dialogue import LETTERS, Asks, Dialogue
from keyturn.gates import About, Answer, Choice, Mode
from tests.keyturn.console.scenery import AFTER_A_FAILURE, asked, failed

CREATING, READING = 13, 7


def dialogue(step: int = CREATING) -> Dialogue:
    return Dialogue(asked(step), "a test")


@pytest.mark.parametrize(
    ("letter", "choice"), [("y", Choice.GO_ON), ("h", Choice.BY_HAND), ("t", Choice.TAKE_OVER), ("q", Choice.STOP)]
)
def test_each_choice_has_a_letter_in_either_case(letter: str, choice: Choice) -> None:
    assert dialogue().letter(letter) == Answer(choice, "a test")
    assert dialogue().letter(letter.upper()) == Answer(choice, "a test")


def test_every_choice_that_a_question_offers_is_told_with_its_letter() -> None:
    assert [letter for letter, _ in dialogue().options()] == ["y", "h", "t", "m", "s", "q"]
    assert [letter for letter, _ in Dialogue(failed(), "").options()] == ["a", "h", "o", "t", "s", "q"]
    assert len(AFTER_A_FAILURE) == 6


def test_enter_never_says_yes_to_what_cannot_simply_be_taken_back() -> None:
    creating = dialogue()
    assert creating.agree() is None
    assert "press y" in creating.note


def test_enter_says_yes_where_nothing_is_changed() -> None:
    assert dialogue(READING).agree() == Answer(Choice.GO_ON, "a test")


def test_enter_chooses_nothing_where_yes_is_not_offered() -> None:
    failure = Dialogue(failed(), "a test")
    assert failure.agree() is None
    assert "a, h, o, t, s, q" in failure.note


def test_another_key_tells_which_there_are() -> None:
    creating = dialogue()
    assert creating.letter("x") is None
    assert creating.note == "“x” is none of the keys here: y, h, t, m, s, q."


def test_what_is_not_offered_is_not_taken() -> None:
    signing_in = Dialogue(asked(2, offers=(Choice.CHANGE_MODE, Choice.STOP)), "a test")
    assert signing_in.letter("y") is None
    assert signing_in.agree() is None


def test_the_mode_is_chosen_by_a_second_letter() -> None:
    creating = dialogue()
    assert creating.letter("m") is None
    assert creating.wants is Asks.MODE
    assert creating.letter("y") is None
    assert "g, a, m, b" in creating.note
    assert creating.letter("a") == Answer(Choice.CHANGE_MODE, "a test", mode=Mode.AUTO)


def test_the_choice_of_a_mode_can_be_left() -> None:
    creating = dialogue()
    creating.letter("m")
    assert creating.letter("b") is None
    assert creating.wants is Asks.CHOICE
    assert creating.letter("y")


@pytest.mark.parametrize(("letter", "choice"), [("s", Choice.SKIP), ("o", Choice.OVERRIDE)])
def test_skipping_and_overriding_want_a_reason(letter: str, choice: Choice) -> None:
    failure = Dialogue(failed(), "a test")
    assert failure.letter(letter) is None
    assert failure.wants is Asks.REASON
    assert failure.options() == []
    assert failure.reason("  seen in   the portal ") == Answer(choice, "a test", "seen in the portal")


def test_an_empty_reason_goes_back_to_the_question() -> None:
    creating = dialogue()
    creating.letter("s")
    assert creating.reason("  ") is None
    assert creating.wants is Asks.CHOICE


def test_the_value_of_a_secret_is_no_reason() -> None:
    creating = dialogue()
    creating.letter("s")
    assert creating.reason("it is abc8Q~madeupmadeup") is None
    assert creating.wants is Asks.REASON
    assert "8Q~" not in creating.note


def test_the_readme_tells_every_key() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    keys = re.findall(r"`([a-z])` [a-z]", readme)
    assert set(keys) == {*LETTERS.values(), "l"}


def test_yes_says_in_each_question_what_it_means_there() -> None:
    offers = (Choice.GO_ON,)
    said = [Dialogue(asked(CREATING, about, offers), "").options()[0][1] for about in (About.CHANGE, About.BY_HAND)]
    assert said == ["yes, do it", "it is done"]
