"""The person at the terminal as a gatekeeper: questions are shown, keys taken, and the browser is let work meanwhile.

Two ways of asking share this: the live screen takes single keys, plain lines take a letter and Enter. A key that is
pressed while nothing is asked is a wish. A key that is held down answers one question, not the next one too; nor does a
yes that was meant for a question which the page answered in the same moment.
"""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Final, Protocol

from keyturn.console.dialogue import Asks, Dialogue, legible
from keyturn.console.keyboard import DOWN, ENTER, ESCAPE, PASTE, UP, key_of, typed_in
from keyturn.console.wishes import OFFERED, Wishes
from keyturn.errors import NobodyThere
from keyturn.gates import Answer, Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from keyturn.gates import Pump, Question

_AT_ONCE: Final = 0.02  # seconds that a key is waited for between two turns of the browser
_HELD: Final = 0.4  # seconds; the same key again within this is still the same press
_LATE: Final = 1.0  # seconds in which a yes may still be meant for the question before, which the page answered
_NO_WISH: Final = {PASTE, ESCAPE, UP, DOWN, ENTER, " "}
_SEVERAL: Final = "Several keys at once are no answer: press one."
_MEANT_FOR_ANOTHER: Final = (
    "The page had just answered the question before this one. If you mean this one, say y again."
)
_NOT_SEEN: Final = "Not all that this is about is on the screen: press down, then y."


class Face(Protocol):
    """How questions look."""

    by_line: bool  # answers are lines that end with Enter, and not keys

    def open(self, dialogue: Dialogue) -> None:
        """Show a question."""
        ...

    def typed(self, text: str) -> None:
        """Show the line as far as it is typed."""
        ...

    def tell(self, dialogue: Dialogue | None, note: str) -> None:
        """Show what became of the last input; `dialogue` may want something else now."""
        ...

    def browse(self, key: str) -> bool:
        """Take a key that only looks around, such as those of the list; return whether it was one."""
        ...

    def hides(self) -> bool:
        """Return whether part of what the question is about cannot be seen."""
        ...

    def close(self, answer: Answer | None) -> None:
        """Take the question off the screen; it was answered, or the run goes another way."""
        ...


class Person:
    """Asks at the terminal. `take` is given what the keyboard brings, `left_alone` told when that is gone."""

    def __init__(
        self,
        face: Face,
        by: str,
        offered: Collection[Choice] = OFFERED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take how questions look, who answers them, and what may be wished while nothing is asked."""
        self._face = face
        self._by = by
        self._alone = False
        self._clock = clock
        self._bursts: queue.SimpleQueue[tuple[float, str]] = queue.SimpleQueue()
        self._wishes = Wishes(by, lambda note: face.tell(None, note), offered)
        self._asking = False
        self._line = ""
        self._held = ("", 0.0)  # the key that answered last, and when it was pressed last
        self._seen = float("-inf")  # when the page answered last
        self._late = float("-inf")  # until when a yes may be meant for the question before

    def take(self, burst: str) -> None:
        """Take what was typed in one go; called from the keyboard's thread."""
        if self._asking:
            self._bursts.put((self._clock(), burst))
        else:
            self._between(burst)

    def left_alone(self) -> None:
        """Note that the terminal is gone, and the person with it."""
        self._alone = True

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Return what the person says, or `SEEN` as soon as the page has answered."""
        dialogue = Dialogue(question, self._by)
        self._begin(dialogue)
        answer = None
        try:
            while answer is None:
                if pump():
                    answer = Answer(Choice.SEEN, by="the page")
                    self._seen = self._clock()
                elif self._alone:
                    raise NobodyThere(f"step {question.step} waits for a person and the terminal is gone")
                else:
                    answer = self._answered(dialogue)
        finally:
            self._asking = False
            self._line = ""
            self._face.close(answer)
        return answer

    def wish(self) -> Answer | None:
        """Return what was wished since it was asked last."""
        return self._wishes.take()

    def _begin(self, dialogue: Dialogue) -> None:
        self._wishes.forget()
        self._line = ""
        while not self._bursts.empty():
            self._bursts.get()
        self._face.open(dialogue)
        opened = self._clock()
        self._late = opened + _LATE if opened < self._seen + _LATE else opened
        self._asking = True

    def _answered(self, dialogue: Dialogue) -> Answer | None:
        try:
            at, burst = self._bursts.get(timeout=_AT_ONCE)
        except queue.Empty:
            return None
        if self._face.by_line or dialogue.wants is Asks.REASON:
            return self._lined(dialogue, burst, at)
        key = key_of(burst)
        if key and key == self._held[0] and at - self._held[1] < _HELD:
            self._held = (key, at)
            return None
        if self._face.browse(key):
            return None
        answer = self._keyed(dialogue, key)
        if answer:
            self._held = (key, at)
            answer = self._meant(dialogue, answer, at)
        else:
            self._face.tell(dialogue, _SEVERAL if key == PASTE else dialogue.note)
        return answer

    def _keyed(self, dialogue: Dialogue, key: str) -> Answer | None:
        match key:
            case "paste" | "" | "up" | "down":
                return None
            case "escape":
                dialogue.back()
                return None
            case "enter" | " ":
                return dialogue.agree()
            case _:
                return dialogue.letter(key)

    def _meant(self, dialogue: Dialogue, answer: Answer, at: float) -> Answer | None:
        """Return the answer; None for a yes to what cannot simply be taken back that comes too soon, or unseen."""
        yes = answer.choice is Choice.GO_ON and dialogue.deliberate
        if not yes or (at >= self._late and not self._face.hides()):
            return answer
        self._face.tell(dialogue, _MEANT_FOR_ANOTHER if at < self._late else _NOT_SEEN)
        return None

    def _lined(self, dialogue: Dialogue, burst: str, at: float) -> Answer | None:
        if key_of(burst) == ESCAPE:
            dialogue.back()
            self._line = ""
            self._face.tell(dialogue, "")
            return None
        self._line, finished = typed_in(self._line, burst)
        self._face.typed(legible(self._line))
        if not finished:
            return None
        line, self._line = self._line.strip(), ""
        answer = dialogue.reason(line) if dialogue.wants is Asks.REASON else dialogue.letter(line)
        if answer is None:
            self._face.tell(dialogue, dialogue.note)
            return None
        return self._meant(dialogue, answer, at)

    def _between(self, burst: str) -> None:
        """Take what is typed while nothing is asked."""
        if self._face.by_line:
            self._line, finished = typed_in(self._line, burst)
            if finished and self._line.strip():
                self._wishes.letter(self._line.strip())
            self._line = "" if finished else self._line
            return
        key = key_of(burst)
        if key and not self._face.browse(key) and key not in _NO_WISH:
            self._wishes.letter(key)
