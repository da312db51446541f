"""What a person wants unasked: keys pressed while keyturn works, taken note of at once, obeyed before the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyturn.console.dialogue import BACK, LETTERS, MODE_LETTERS
from keyturn.gates import Answer, Choice, Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

OFFERED: Final = (Choice.TAKE_OVER, Choice.CHANGE_MODE, Choice.STOP)
_NOTED: Final = {
    Choice.TAKE_OVER: "Noted: the browser is yours before the next step.",
    Choice.STOP: "Noted: the run stops before the next step.",
}


class Wishes:
    """One wish at most. Pressing its letter again takes it back. `tell` is given what to tell the person."""

    def __init__(self, by: str, tell: Callable[[str], None], offered: Collection[Choice] = OFFERED) -> None:
        self._by = by
        self._offered = offered
        self._tell = tell
        self._wish: Answer | None = None
        self._choosing_mode = False

    def letter(self, key: str) -> None:
        """Take a key."""
        key = key.lower()
        if self._choosing_mode:
            self._mode(key)
            return
        choice = next((choice for choice in self._offered if LETTERS[choice] == key), None)
        if choice is None:
            keys = ", ".join(f"{LETTERS[one]} {one.value}" for one in self._offered)
            self._tell(f"While keyturn works: {keys or 'nothing but Ctrl-C, which stops'}.")
        elif self._wish and self._wish.choice is choice:
            self._wish = None
            self._tell("Taken back: the run goes on.")
        elif choice is Choice.CHANGE_MODE:
            self._choosing_mode = True
            letters = ", ".join(f"{letter} {mode}" for mode, letter in MODE_LETTERS.items())
            self._tell(f"Which mode from the next step on? {letters}, {BACK} back")
        else:
            self._wish = Answer(choice, self._by)
            self._tell(f"{_NOTED[choice]} Press {key} again to take that back.")

    def take(self) -> Answer | None:
        """Return the wish, once."""
        wish, self._wish = self._wish, None
        return wish

    def forget(self) -> None:
        """Drop what was half said: a question is asked, and this is not an answer to it."""
        self._choosing_mode = False

    def _mode(self, key: str) -> None:
        mode = next((mode for mode, letter in MODE_LETTERS.items() if letter == key), None)
        if mode is None and key != BACK:
            return
        self._choosing_mode = False
        if mode is None:
            self._tell("")
        else:
            self._want(mode)

    def _want(self, mode: Mode) -> None:
        self._wish = Answer(Choice.CHANGE_MODE, self._by, mode=mode)
        self._tell(f"Noted: {mode} mode from the next step on. Press {LETTERS[Choice.CHANGE_MODE]} to take that back.")
