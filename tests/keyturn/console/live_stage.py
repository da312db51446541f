"""The live screen in the middle of a run, without a terminal."""

from __future__ import annotations

import io

from keyturn import events
from keyturn.console import LiveScreen, Scene
from keyturn.console.dialogue import Dialogue
from keyturn.console.live_face import LiveFace
from keyturn.gates import Mode, Question
from tests.keyturn.console.scenery import BOOK, PLACES, console, started, text


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """A screen before which step `number` is being done, a minute and a half after the run began."""

    def __init__(self, number: int, width: int = 80, height: int = 40) -> None:
        self.clock = Clock()
        self.console = console(width, height)
        self.scene = Scene(BOOK, PLACES, Mode.GUIDED, clock=self.clock)
        self.face = LiveFace(LiveScreen(self.console, self.scene), "/recordings/run/data/")
        self.clock.now = 93.0
        for before in range(1, number + 1):
            step = BOOK.steps[before - 1]
            self.scene(started(before))
            if before < number:
                result = "skipped" if before in {5, 8} else "done"
                self.scene(events.StepEnded(step.id, result, "", {}, 1.0 + before / 10))

    def ask(self, question: Question) -> Dialogue:
        """Open the question, as `LiveFace` does, on a screen that is not drawn by itself."""
        dialogue = Dialogue(question, "mira at the terminal")
        self.face.open(dialogue)
        return dialogue

    def drawn(self) -> str:
        """Return the screen as it looks at this moment."""
        self.console.file = io.StringIO()
        self.console.print(self.face._screen.get_renderable())
        return text(self.console)
