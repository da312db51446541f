"""The live screen fits every terminal: what matters most is there, and the rest can be moved into view."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keyturn import events
from tests.keyturn.console.live_stage import Stage
from tests.keyturn.console.scenery import BOOK, asked, failed

SIZES = [(80, 40), (80, 24), (80, 20), (60, 24), (50, 20), (40, 16), (140, 50)]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("what", ["nothing", "gate", "mode", "reason", "failure", "list"])
@pytest.mark.parametrize("number", [13, 32])
def test_the_screen_fits_the_terminal_and_never_hides_the_question(
    number: int, width: int, height: int, what: str
) -> None:
    stage = Stage(number, width, height)
    stage.scene(events.SignInScreen("sign-in", "the sign-in page: approve the request; the number to match is 42"))
    if what in {"gate", "mode", "reason", "failure"}:
        dialogue = stage.ask(failed() if what == "failure" else asked(number))
        if what in {"mode", "reason"}:
            dialogue.letter(what[0].replace("r", "s"))
    if what == "list":
        stage.face.browse("l")
    lines = stage.drawn().splitlines()
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    shown = " ".join(line.strip("│ ") for line in lines)
    wanted = {"gate": "q stop the run", "mode": "b back", "reason": "Esc back", "failure": "q stop the run"}
    assert wanted.get(what, BOOK.steps[number - 1].title[:15]) in shown


DELETING = replace(
    asked(32),
    warning="It was begun before, and the page does not show that it is done. This cannot be undone.",
    details=(("secret id", "661c667d-0b80-45d5-bba6-eebae3f1166a"),),
)


def on_a_small_terminal(width: int, height: int) -> Stage:
    stage = Stage(32, width, height)
    stage.scene.accounts["entra"] = "account nora.lindqvist@cedarridge.example, directory Cedar Ridge Medical Group"
    stage.ask(DELETING)
    return stage


def words_of(drawn: str) -> str:
    return " ".join(" ".join(line.strip("│ ") for line in drawn.splitlines()).split())


@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 14)])
def test_what_cannot_be_undone_comes_before_what_can_be_read_elsewhere(width: int, height: int) -> None:
    stage = on_a_small_terminal(width, height)
    shown = words_of(stage.drawn())
    assert "661c667d-0b80-45d5-bba6-eebae3f1166a" in shown
    assert "This cannot be undone." in shown
    assert not stage.face.hides()


@pytest.mark.parametrize(("width", "height"), [(60, 12), (40, 12), (30, 10)])
def test_what_has_no_room_is_moved_into_view_before_a_yes_is_taken(width: int, height: int) -> None:
    stage = on_a_small_terminal(width, height)
    seen = ""
    for _ in range(30):
        seen += stage.drawn()
        if not stage.face.hides():
            break
        assert stage.face.browse("down")
    assert "up, down" in seen or height == 10  # There only a line has room.
    assert not stage.face.hides()
    words = words_of(seen)
    assert "undone." in words
    assert "661c667d" in words
    for _ in range(30):
        stage.face.browse("down")
    assert "Group" in words_of(stage.drawn())
    for _ in range(30):
        stage.face.browse("up")
    assert stage.face.hides()
    stage.face.browse("down")
    stage.ask(DELETING)  # A question begins at its beginning.
    assert stage.scene.moved == 0


def test_a_failure_says_what_to_do_next_however_much_was_changed() -> None:
    stage = Stage(19, height=24)
    stage.ask(replace(failed(), changed=tuple(f"portal: what was changed as number {count}" for count in range(20))))
    drawn = stage.drawn()
    assert "do next" in drawn
    assert "there is more" in drawn
