"""Questions on the live screen: what the person does with the keyboard is put into the scene and drawn at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.console.keyboard import DOWN, UP
from keyturn.gates import About

if TYPE_CHECKING:
    from keyturn.console.dialogue import Dialogue
    from keyturn.console.live import LiveScreen
    from keyturn.gates import Answer

_LIST = "l"
_ROWS = {UP: -5, DOWN: 5}  # that a press of an arrow moves the list
_ARROWS = {UP: -1, DOWN: 1}


class LiveFace:
    """Asks by single keys. `pictures` is the folder that the paths of pictures begin at."""

    by_line = False

    def __init__(self, screen: LiveScreen, pictures: str = "") -> None:
        self._screen = screen
        self._scene = screen.scene
        self.pictures = pictures

    def open(self, dialogue: Dialogue) -> None:
        """Show the question, and ring once: the person may be looking at the browser."""
        question = dialogue.question
        self._scene.noted, self._scene.typed, self._scene.listed = "", None, None
        self._scene.moved = 0
        self._scene.picture = f"{self.pictures}{question.picture}" if question.picture else ""
        self._scene.waiting = None
        self._scene.dialogue = dialogue
        self._screen.draw()
        if question.about is not About.TAKEN_OVER:
            self._screen.ring()

    def typed(self, text: str) -> None:
        """Show the line as far as it is typed."""
        self._scene.typed = text
        self._screen.draw()

    def tell(self, _dialogue: Dialogue | None, note: str) -> None:
        """Show what became of the last key."""
        self._scene.noted, self._scene.typed = note, None
        self._screen.draw()

    def browse(self, key: str) -> bool:
        """Show or move the whole list. While it is shown, any other key only goes back: it was no answer.

        Without it the arrows move the instruction, where there is no room for all of it.
        """
        if key in _ROWS and self._scene.listed is None:
            self._scene.noted = ""
            self._screen.move(_ARROWS[key])
        elif key in _ROWS:
            self._scene.scroll(_ROWS[key])
        elif key == _LIST or self._scene.listed is not None:
            self._scene.show_list()
        else:
            return False
        self._screen.draw()
        return True

    def hides(self) -> bool:
        """Return whether part of what the question is about is not on the screen."""
        return self._screen.hides()

    def close(self, _answer: Answer | None) -> None:
        """Take the question off the screen."""
        self._scene.dialogue, self._scene.typed, self._scene.noted = None, None, ""
        self._screen.draw()
