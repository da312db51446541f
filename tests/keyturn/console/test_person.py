"""The person at the terminal: the browser works while they think, and nothing is answered by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyturn.console.person import Person
from keyturn.errors import NobodyThere
from keyturn.gates import Answer, Choice, Mode
from tests.keyturn.console.scenery import asked, failed

if TYPE_CHECKING:
    from keyturn.console.dialogue import Dialogue

CREATING, READING = 13, 7
BY = "a test"


class Face:
    """Remembers what it was to show."""

    def __init__(self, *, by_line: bool = False) -> None:
        self.by_line = by_line
        self.shown: list[str] = []
        self.browsing = {"l"}
        self.hiding = False

    def open(self, dialogue: Dialogue) -> None:
        self.shown.append(f"open {dialogue.question.step}")

    def typed(self, text: str) -> None:
        self.shown.append(f"typed {text}")

    def tell(self, _dialogue: Dialogue | None, note: str) -> None:
        self.shown.append(f"tell {note}")

    def browse(self, key: str) -> bool:
        return key in self.browsing

    def hides(self) -> bool:
        return self.hiding

    def close(self, answer: Answer | None) -> None:
        self.shown.append(f"close {answer.choice if answer else None}")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Keys:
    """A pump during which a person types these bursts, one each time; a number lets time pass."""

    def __init__(self, person: Person, clock: Clock, *bursts: str | float) -> None:
        self._person, self._clock, self._left = person, clock, list(bursts)
        self.turns = 0

    def __call__(self) -> bool:
        self.turns += 1
        assert self.turns < 50, "nothing answered the question"
        if self._left:
            next_ = self._left.pop(0)
            if isinstance(next_, str):
                self._person.take(next_)
            else:
                self._clock.now += next_
        return False


class Desk:
    def __init__(self, *, by_line: bool = False) -> None:
        self.clock = Clock()
        self.face = Face(by_line=by_line)
        self.person = Person(self.face, BY, clock=self.clock)

    def ask(self, *bursts: str | float, step: int = CREATING) -> Answer:
        return self.person.ask(asked(step), Keys(self.person, self.clock, *bursts))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_browser_works_while_nobody_answers(desk: Desk) -> None:
    pump = Keys(desk.person, desk.clock, 1.0, 1.0, 1.0, "y")
    assert desk.person.ask(asked(CREATING), pump).yes
    assert pump.turns >= 4


def test_the_page_may_answer_before_the_person_does(desk: Desk) -> None:
    looks = iter([False, False, True])
    assert desk.person.ask(asked(2), lambda: next(looks)) == Answer(Choice.SEEN, "the page")
    assert desk.face.shown == ["open sign-in", "close seen"]


@pytest.mark.parametrize("burst", ["\r", " ", "\n", "yes", "y\r", "\x1b[200~y\x1b[201~", "\x1b[A", "\x1b[1;5y", "x"])
def test_only_its_own_key_creates_or_deletes(desk: Desk, burst: str) -> None:
    assert desk.ask(burst, 1.0, "q").choice is Choice.STOP


@pytest.mark.parametrize("burst", ["\r", " ", "y"])
def test_where_nothing_is_changed_enter_will_do(desk: Desk, burst: str) -> None:
    assert desk.ask(burst, step=READING).choice is Choice.GO_ON


def test_what_was_pressed_before_the_question_is_no_answer_to_it(desk: Desk) -> None:
    desk.person.take("y")
    assert desk.ask("q").choice is Choice.STOP


def test_a_key_that_is_held_down_answers_one_question_only(desk: Desk) -> None:
    assert desk.ask("y").yes
    assert desk.ask(0.1, "y", 0.1, "y", 0.1, "y", 0.3, "y", 1.0, "q").choice is Choice.STOP


def test_the_same_key_pressed_anew_answers_the_next_question(desk: Desk) -> None:
    assert desk.ask("y").yes
    assert desk.ask(1.0, "y").yes


def seen_before(desk: Desk, ago: float) -> None:
    """Let the page have answered a question so long ago."""
    assert desk.person.ask(asked(CREATING), lambda: True).choice is Choice.SEEN
    desk.clock.now += ago


@pytest.mark.parametrize("by_line", [False, True])
def test_a_yes_for_the_question_that_the_page_just_answered_is_none_to_the_next(*, by_line: bool) -> None:
    desk = Desk(by_line=by_line)
    end = "\r" if by_line else ""
    seen_before(desk, 0.9)  # Its key comes as the next question has just opened.
    assert desk.ask(0.3, f"y{end}", 0.6, f"q{end}").choice is Choice.STOP
    assert any("question before this one" in shown for shown in desk.face.shown)
    seen_before(desk, 0.2)
    assert desk.ask(0.1, f"y{end}", 0.1, f"y{end}", 1.0, f"y{end}").yes


def test_a_key_that_is_held_down_from_before_the_page_answered_says_no_yes(desk: Desk) -> None:
    seen_before(desk, 0.0)
    held: list[str | float] = [0.2, "y"] * 12
    assert desk.ask(*held, 0.5, "q").choice is Choice.STOP


@pytest.mark.parametrize(("ago", "step", "key"), [(1.1, CREATING, "y"), (0.1, READING, "y"), (0.1, CREATING, "h")])
def test_an_answer_that_is_meant_is_taken_at_once(desk: Desk, ago: float, step: int, key: str) -> None:
    seen_before(desk, ago)
    desk.ask(key, step=step)
    assert not [shown for shown in desk.face.shown if shown.startswith("tell")]


def test_what_cannot_be_taken_back_takes_no_yes_while_part_of_it_is_not_seen(desk: Desk) -> None:
    desk.face.hiding = True
    assert desk.ask("y", 1.0, "y", 1.0, "q").choice is Choice.STOP
    assert any("Not all that this is about" in shown for shown in desk.face.shown)
    assert desk.ask(1.0, "y", step=READING).yes
    desk.face.hiding = False
    assert desk.ask(1.0, "y").yes


def test_a_wrong_key_is_told_and_the_question_stays(desk: Desk) -> None:
    assert desk.ask("x", 1.0, "y").yes
    assert "tell “x” is none of the keys here: y, h, t, m, s, q." in desk.face.shown


def test_looking_at_the_list_answers_nothing(desk: Desk) -> None:
    assert desk.ask("l", 1.0, "q").choice is Choice.STOP


def test_a_reason_is_typed_as_a_line(desk: Desk) -> None:
    answer = desk.ask("s", "not my", "\x7f\x7f", "needed", "\r")
    assert answer == Answer(Choice.SKIP, BY, "not needed")
    assert "typed not needed" in desk.face.shown


def test_escape_leaves_the_reason_and_the_question_stays(desk: Desk) -> None:
    assert desk.ask("s", "nothing", "\x1b", 1.0, "y") == Answer(Choice.GO_ON, BY)


def test_a_value_that_was_pasted_is_never_shown_and_is_no_reason(desk: Desk) -> None:
    answer = desk.ask("s", "\x1b[200~abc8Q~" + "x" * 34 + "\x1b[201~", "\r", "\x1b", 1.0, "q")
    assert answer.choice is Choice.STOP
    assert "typed ••••••" in desk.face.shown
    assert not any("8Q~" in shown for shown in desk.face.shown)


def test_a_pasted_reason_does_not_finish_itself(desk: Desk) -> None:
    assert desk.ask("s", "\x1b[200~as agreed\ny\r\x1b[201~", "\r") == Answer(Choice.SKIP, BY, "as agreed y")


def test_the_mode_is_changed_by_two_keys(desk: Desk) -> None:
    assert desk.ask("m", 1.0, "a") == Answer(Choice.CHANGE_MODE, BY, mode=Mode.AUTO)


def test_when_the_terminal_is_gone_nobody_is_there(desk: Desk) -> None:
    desk.person.left_alone()
    with pytest.raises(NobodyThere, match="the terminal is gone"):
        desk.ask()
    assert desk.face.shown[-1] == "close None"


def test_an_interruption_takes_the_question_off_the_screen(desk: Desk) -> None:
    def interrupted() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.person.ask(asked(CREATING), interrupted)
    assert desk.face.shown[-1] == "close None"


# --- what is pressed while keyturn works


def press(desk: Desk, *bursts: str) -> Answer | None:
    for burst in bursts:
        desk.person.take(burst)
    return desk.person.wish()


@pytest.mark.parametrize(
    ("keys", "wish"),
    [
        ("t", Answer(Choice.TAKE_OVER, BY)),
        ("q", Answer(Choice.STOP, BY)),
        ("mm", Answer(Choice.CHANGE_MODE, BY, mode=Mode.MANUAL)),
        ("tt", None),
        ("qq", None),
        ("mam", None),
        ("mb", None),
        ("mxa", Answer(Choice.CHANGE_MODE, BY, mode=Mode.AUTO)),
        ("x", None),
        ("l", None),
        ("qt", Answer(Choice.TAKE_OVER, BY)),
    ],
)
def test_keys_between_steps_are_wishes_and_can_be_taken_back(desk: Desk, keys: str, wish: Answer | None) -> None:
    assert press(desk, *keys) == wish
    assert desk.person.wish() is None


def test_where_somebody_else_answers_no_key_holds_the_run_up(desk: Desk) -> None:
    desk.person = Person(desk.face, BY, (), desk.clock)
    assert press(desk, "t", "m", "m", "q") is None
    assert "Ctrl-C" in desk.face.shown[-1]


@pytest.mark.parametrize("burst", ["tq", "\x1b[200~t\x1b[201~", "\r", " ", "\x1b[A"])
def test_what_is_no_single_letter_is_no_wish(desk: Desk, burst: str) -> None:
    assert press(desk, burst) is None
    assert desk.face.shown == []


def test_a_wish_is_confirmed_at_once(desk: Desk) -> None:
    press(desk, "t")
    assert desk.face.shown == [
        "tell Noted: the browser is yours before the next step. Press t again to take that back."
    ]


def test_what_was_half_said_before_a_question_is_forgotten(desk: Desk) -> None:
    desk.person.take("m")
    desk.ask("y")
    assert press(desk, "a") is None


# --- by lines, for a screen reader


def test_by_line_a_letter_and_enter_answer() -> None:
    assert Desk(by_line=True).ask("y", "\r").yes
    assert Desk(by_line=True).ask("q", "\x7f", "y", "\r").yes


def test_by_line_enter_alone_never_answers() -> None:
    desk = Desk(by_line=True)
    assert desk.ask("\r", "\r", "q\r").choice is Choice.STOP
    assert desk.ask("\r", "\r", "q\r", step=READING).choice is Choice.STOP


@pytest.mark.parametrize("pasted", ["y\rand more\r", "\x1b[200~y\rand more\r\x1b[201~"])
def test_by_line_what_was_pasted_is_no_yes(pasted: str) -> None:
    assert Desk(by_line=True).ask(pasted, "\r", "q\r").choice is Choice.STOP


def test_by_line_a_word_is_no_letter() -> None:
    desk = Desk(by_line=True)
    assert desk.ask("yes\r", "q\r").choice is Choice.STOP
    assert any("none of the keys" in shown for shown in desk.face.shown)


def test_by_line_a_reason_is_a_line_too() -> None:
    assert Desk(by_line=True).ask("s\r", "as agreed\r") == Answer(Choice.SKIP, BY, "as agreed")


def test_by_line_a_wish_is_a_letter_and_enter() -> None:
    desk = Desk(by_line=True)
    assert press(desk, "t") is None
    assert press(desk, "\r") == Answer(Choice.TAKE_OVER, BY)


def test_a_failure_is_asked_about_in_the_same_way(desk: Desk) -> None:
    pump = Keys(desk.person, desk.clock, "\r", 1.0, "a")
    assert desk.person.ask(failed(), pump).choice is Choice.AGAIN
