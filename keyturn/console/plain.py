"""The run as plain lines: for log files, screen readers and terminals that cannot redraw.

Whole sentences, no drawing. A question is a list of letters, one a line, answered with a letter and Enter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn import events
from keyturn.console.dialogue import Asks
from keyturn.console.telling import sentence, signed_in
from keyturn.console.words import asks, clean, duration, effect, instructions, undo
from keyturn.events import Result
from keyturn.gates import About, Choice
from keyturn.model import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console

    from keyturn.console.dialogue import Dialogue
    from keyturn.gates import Answer, Question
    from keyturn.model import Runbook, Step

_ANSWER = "Your answer: "
_HOW = "Type a letter, then Enter."


class PlainLines:
    """A listener that prints a line when a step ends and for what a person should know before; and asks in lines."""

    by_line = True

    def __init__(
        self, console: Console, runbook: Runbook, places: Mapping[str, str] | None = None, pictures: str = ""
    ) -> None:
        """Take where to print; `places` names the page of each step, `pictures` where the paths of pictures begin."""
        self._console = console
        self._steps = {step.id: (number, step) for number, step in enumerate(runbook.steps, 1)}
        self._places = places or {}
        self.pictures = pictures
        self._echoed = ""
        self._asking = False

    def __call__(self, event: events.Event) -> None:
        """Print what `event` is to a person; most events are for the journal alone."""
        match event:
            case events.RunStarted():
                self._between(f"{event.title}.\nRun {event.run}, in {event.mode} mode, {event.total} steps.\n")
            case events.StepEnded():
                self._ended(event)
            case events.Failed():
                self._between(clean(f"    {event.title}: expected {event.expected}; saw {event.seen}."))
            case _ if text := sentence(event):
                self._between(f"    {text}")
            case _:
                pass

    def open(self, dialogue: Dialogue) -> None:
        """Print the question with everything that belongs to it."""
        self._line("")
        for line in self._question(dialogue.question):
            self._line(line)
        self._options(dialogue)
        self._asking = True

    def typed(self, text: str) -> None:
        """Echo what is typed."""
        shared = next(
            (at for at, (one, other) in enumerate(zip(text, self._echoed, strict=False)) if one != other), None
        )
        shared = min(len(text), len(self._echoed)) if shared is None else shared
        gone = len(self._echoed) - shared
        self._write("\b \b" * gone + text[shared:])
        self._echoed = text

    def tell(self, dialogue: Dialogue | None, note: str) -> None:
        """Print what became of the line that was typed, and what is wanted next."""
        if self._echoed or dialogue:
            self._line("")
        self._echoed = ""
        if note:
            self._line(note)
        if dialogue and note:
            self._write(_ANSWER)  # What can be answered is told by the note.
        elif dialogue:
            self._options(dialogue)

    def browse(self, _key: str) -> bool:
        """Return False: lines stay where they are."""
        return False

    def hides(self) -> bool:
        """Return False: every line was printed."""
        return False

    def close(self, answer: Answer | None) -> None:
        """Print the answer."""
        self._echoed, self._asking = "", False
        self._line("")
        if answer and answer.choice is Choice.SEEN:
            self._line("The page shows that it is done.")
        elif answer:
            reason = f": {answer.reason}" if answer.reason else f": {answer.mode}" if answer.mode else ""
            self._line(f"Answered: {answer.choice}{reason}.")

    def _question(self, question: Question) -> Iterator[str]:
        number, step = self._steps.get(question.step, (0, None))
        if step:
            covers = f", instructions {instructions(step.covers)}" if step.covers else ""
            yield f"Step {number} of {len(self._steps)}, {step.id}{covers}."
        yield f"{question.title}."
        if question.act:
            yield question.act
        if question.about is About.FAILURE:
            yield from self._failure(question)
            return
        if step:
            yield from self._step(step, question)

    def _step(self, step: Step, question: Question) -> Iterator[str]:
        if place := self._places.get(step.id):
            yield f"Where: {place}."
        for name, text in question.details:
            yield f"{name.capitalize()}: {text}"
        if step.pastes and question.about is About.BY_HAND:
            yield "The value is on the clipboard now; it is cleared when it is in the field."
        yield question.warning or effect(step)
        word, how = undo(step)
        if word:
            yield f"{word.capitalize()}: {how}."

    def _failure(self, question: Question) -> Iterator[str]:
        yield f"Expected: {question.expected}."
        yield f"Seen: {question.seen}."
        if question.picture:
            yield f"Picture: {self.pictures}{question.picture}"
        yield f"Changed already: {'; '.join(question.changed) or 'nothing'}."
        yield f"Do next: {question.next}."

    def _options(self, dialogue: Dialogue) -> None:
        if dialogue.wants is Asks.REASON:
            self._line(f"{dialogue.prompt()} Write it, then Enter; Enter alone goes back.")
        else:
            self._line(f"{dialogue.prompt() or asks(dialogue.question)} {_HOW}")
        for letter, says in dialogue.options():
            self._line(f"  {letter}: {says}")
        self._write(_ANSWER)

    def _ended(self, event: events.StepEnded) -> None:
        number, step = self._steps[event.step]
        result = event.result if event.result != Result.SKIPPED else f"skipped, {event.reason}"
        if event.result != Result.SKIPPED:
            result += f", {event.reason}" if event.reason else ""
            result += f", {duration(event.seconds)}"
        covers = f" ({instructions(step.covers)})" if step.covers else ""
        self._between(f"Step {number} of {len(self._steps)}, {step.id}: {step.title}{covers}: {result}.")
        if step.gate is Gate.SIGN_IN and event.outputs:
            self._between(f"    Signed in: {signed_in(event.outputs)}.")

    def _between(self, text: str) -> None:
        """Print what happens; below a question that is open, and then what is typed there once more."""
        if self._asking:
            self._line("")
        self._line(text)
        if self._asking:
            self._write(_ANSWER + self._echoed)

    def _line(self, text: str) -> None:
        # A terminal would break a line in the middle of a word; a log keeps it whole.
        self._console.print(text, markup=False, highlight=False, soft_wrap=not self._console.is_terminal)

    def _write(self, text: str) -> None:
        self._console.file.write(text)
        self._console.file.flush()
