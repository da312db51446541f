"""One question as a dialogue: a letter for each choice, then a mode or a reason where the choice wants one.

It knows no terminal: keys and lines are told to it, and it says what it makes of them. What cannot be taken back is
chosen by its own letter alone; Enter, the space bar and whatever was pasted never say yes to it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from keyturn.console.words import MODES, clean, said_by
from keyturn.gates import WITH_REASON, Answer, Choice, Mode

if TYPE_CHECKING:
    from keyturn.gates import Question

LETTERS: Final = {
    Choice.GO_ON: "y",
    Choice.AGAIN: "a",
    Choice.BY_HAND: "h",
    Choice.TAKE_OVER: "t",
    Choice.GIVE_BACK: "g",
    Choice.CHANGE_MODE: "m",
    Choice.SKIP: "s",
    Choice.OVERRIDE: "o",
    Choice.STOP: "q",
}
MODE_LETTERS: Final = {Mode.GUIDED: "g", Mode.AUTO: "a", Mode.MANUAL: "m"}
BACK: Final = "b"
_VALUE = re.compile(r"\S*[78]Q~\S*")  # with the mark of a client secret (keyturn.secret_format)


def legible(line: str) -> str:
    """Return `line` as it may be shown while it is typed: what looks like a value is bullets."""
    return _VALUE.sub("••••••", line)


class Asks(Enum):
    """What the dialogue wants to be told next."""

    CHOICE = "choice"
    MODE = "mode"
    REASON = "reason"


class Dialogue:
    """Turns letters and lines into the answer to `question`; `by` says whose answer it is.

    `wants` is what it waits for, `note` what to tell about the last input, empty when there is nothing to tell.
    """

    def __init__(self, question: Question, by: str) -> None:
        self.question = replace(
            question,
            title=clean(question.title),
            act=clean(question.act),
            expected=clean(question.expected),
            seen=clean(question.seen),
            next=clean(question.next),
            changed=tuple(map(clean, question.changed)),
            details=tuple((name, clean(text)) for name, text in question.details),
        )
        self.wants = Asks.CHOICE
        self.note = ""
        self._by = by
        self._choices = {LETTERS[choice]: choice for choice in question.offers if choice in LETTERS}
        self._chosen = Choice.STOP

    @property
    def deliberate(self) -> bool:
        """Whether yes takes its own letter: something would be created, changed or deleted."""
        return bool(self.question.warning)

    def options(self) -> list[tuple[str, str]]:
        """Return the letters that are taken now and what each says; none while a reason is written."""
        if self.wants is Asks.MODE:
            return [(letter, f"{mode}: {MODES[mode]}") for mode, letter in MODE_LETTERS.items()] + [(BACK, "back")]
        if self.wants is Asks.REASON:
            return []
        return [(letter, said_by(choice, self.question.about)) for letter, choice in self._choices.items()]

    def prompt(self) -> str:
        """Say what is wanted next; empty while the question itself stands."""
        if self.wants is Asks.MODE:
            return "Which mode from here on?"
        if self.wants is Asks.REASON:
            what = "skip this step" if self._chosen is Choice.SKIP else "let it count as done"
            return f"Why do you {what}? The reason goes into the recording."
        return ""

    def letter(self, key: str) -> Answer | None:
        """Take a letter; return the answer if it is one."""
        self.note = ""
        key = key.lower()
        if self.wants is Asks.MODE:
            return self._mode(key)
        choice = self._choices.get(key)
        if choice is None:
            self._unknown(key)
        elif choice is Choice.CHANGE_MODE:
            self.wants = Asks.MODE
        elif choice in WITH_REASON:
            self.wants, self._chosen = Asks.REASON, choice
        else:
            return Answer(choice, self._by)
        return None

    def agree(self) -> Answer | None:
        """Take Enter or the space bar, which say yes where that is harmless."""
        self.note = ""
        if self.wants is Asks.CHOICE and Choice.GO_ON in self._choices.values() and not self.deliberate:
            return Answer(Choice.GO_ON, self._by)
        if self.wants is Asks.CHOICE and Choice.GO_ON in self._choices.values():
            self.note = "To go on, press y: what comes next cannot simply be taken back."
        else:
            self._unknown("")
        return None

    def reason(self, text: str) -> Answer | None:
        """Take the reason; an empty one goes back. A value does not belong into a recording."""
        text = " ".join(text.split())
        if not text:
            self.back()
            return None
        if _VALUE.search(text):
            self.note = "That looks like the value of a secret. Write the reason in words."
            return None
        return Answer(self._chosen, self._by, text)

    def back(self) -> None:
        """Return to the question itself."""
        self.wants, self.note = Asks.CHOICE, ""

    def _mode(self, key: str) -> Answer | None:
        if key == BACK:
            self.back()
            return None
        mode = next((mode for mode, letter in MODE_LETTERS.items() if letter == key), None)
        if mode is None:
            self._unknown(key)
            return None
        return Answer(Choice.CHANGE_MODE, self._by, mode=mode)

    def _unknown(self, key: str) -> None:
        letters = ", ".join(letter for letter, _ in self.options())
        self.note = f"{f'“{key}”' if len(key) == 1 else 'That'} is none of the keys here: {letters}."
