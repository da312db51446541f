"""The person beside the run: in which mode it goes, what they are asked, and what their answers lead to."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from keyturn.errors import NobodyThere, Stopped
from keyturn.events import GateAnswered, GateAsked, ModeChanged
from keyturn.gates import About, Answer, Choice, Mode, Question
from keyturn.model import Effect, Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from keyturn.events import Event
    from keyturn.gates import Gatekeeper, Pump
    from keyturn.model import Step

_WARNINGS = {
    Effect.CREATE: "This creates something that only its own deletion takes back.",
    Effect.CHANGE: "This changes what the portal holds.",
    Effect.DELETE: "This cannot be undone.",
}
_UNCLEAR = "It was begun before, and the page does not show that it is done."
_BEFORE = (Choice.GO_ON, Choice.BY_HAND, Choice.TAKE_OVER, Choice.CHANGE_MODE, Choice.SKIP, Choice.STOP)
_WHILE_BY_HAND = (Choice.GO_ON, Choice.GIVE_BACK, Choice.CHANGE_MODE, Choice.SKIP, Choice.STOP)


class TakeOver(Exception):  # not an error: the person wants the browser, wherever in a step that was said
    """The person takes the browser over; `by` says who."""

    def __init__(self, by: str) -> None:
        self.by = by
        super().__init__(by)


class Passed(Exception):  # not an error: the person passes this step over
    """The person skips the step; `reason` is theirs."""

    def __init__(self, answer: Answer) -> None:
        self.reason = f"{answer.reason} ({answer.by})"
        super().__init__(self.reason)


def nobody_else(step: Step) -> None:
    """Raise `NobodyThere`: one person alone is not enough, and no other can be reached."""
    raise NobodyThere(
        f"step {step.id} waits for a second person's signature, and nobody's key may approve",
        hint="nothing of it was done; name the approvers with --approvers FILE",
    )


class Attendance:
    """Asks the person and keeps the mode. Every question and answer is told as an event."""

    def __init__(  # noqa: PLR0913  # who and what a question is about, part by part
        self,
        gatekeeper: Gatekeeper,
        mode: Mode,
        emit: Callable[[Event], None],
        given: Callable[[Step], tuple[tuple[str, str], ...]],
        unclear: Collection[str] = (),
        *,
        second: Callable[[Step], None] = nobody_else,
    ) -> None:
        """Take who answers, how it begins, who is told, and `given`: what a step is given, for a person to read.

        `unclear` are steps that were begun before and may be done. `second` waits until a second person
        has approved a step.
        """
        self.approved: set[str] = set()  # steps that a second person approved
        self._second = second
        self.mode = mode
        self._given = given
        self._unclear = unclear
        self._handed_over = ""  # the step that the person does whatever the mode
        self._stops = False
        self._walking = False  # back to a page, through steps that are done already
        self._gatekeeper = gatekeeper
        self._emit = emit

    def ask(self, question: Question, pump: Pump, gate: str = "") -> Answer:
        """Return the answer to `question`. A change of mode is made here and returned, so that it can be acted on."""
        self._emit(GateAsked(question.step, gate or question.about.value))
        answer = self._gatekeeper.ask(question, pump)
        self._emit(GateAnswered(question.step, _word(answer), answer.by, answer.reason))
        if answer.choice is Choice.CHANGE_MODE and answer.mode:
            self._change(question.step, answer.mode, answer.by)
        return answer

    def before(self, step: Step, pump: Pump) -> bool:
        """Ask what is to be asked before `step`; return whether the person does it by hand.

        Raises `Stopped`, `TakeOver`, or `Passed` when the person wants that instead.
        """
        while self._handed_over != step.id:
            question = self._question(step)
            if question is None:
                return self.mode is Mode.MANUAL and not self._walking
            answer = self.ask(question, pump, step.gate.value if question.about is About.GATE else "")
            if answer.choice is Choice.CHANGE_MODE:
                continue  # The new mode may ask otherwise, or not at all.
            self.obey(step, answer)
            self._approve(step)
            return answer.choice is Choice.BY_HAND or self.mode is Mode.MANUAL
        self._handed_over = ""
        self._approve(step)
        return True

    def _approve(self, step: Step) -> None:
        """Wait for a second person where the runbook wants one: nobody here can answer for them."""
        if step.gate is Gate.SECOND_PERSON and step.id not in self.approved:
            self._second(step)
            self.approved.add(step.id)

    def hand_over(self, step: Step) -> None:
        """Let the person do `step` when it is tried again: they said so when it failed."""
        self._handed_over = step.id

    @contextmanager
    def unasked(self) -> Iterator[None]:
        """Go through what is inside without handing any of it to the person: they did it once, or keyturn did."""
        before, self._walking = self._walking, True
        try:
            yield
        finally:
            self._walking = before

    def by_hand(self, step: Step, until: str, pump: Pump) -> Answer:
        """Wait while the person does `step`; return the answer, which is theirs or the page's."""
        question = Question(
            step.id, step.title, step.gate, step.note, About.BY_HAND, _WHILE_BY_HAND, _WARNINGS.get(step.effect, ""),
            self._given(step), expected=until,
        )  # fmt: skip
        while (answer := self.ask(question, pump)).choice is Choice.CHANGE_MODE:
            if self.mode is not Mode.MANUAL:
                return Answer(Choice.GIVE_BACK, answer.by)
        self.obey(step, answer)
        return answer

    def stop_next(self) -> None:
        """Stop before the next step: the person wanted it while this one had to come to its end first."""
        self._stops = True

    def wish(self, step: Step) -> None:
        """Do what the person wants unasked before `step` begins. Raises `Stopped` or `TakeOver`."""
        if self._stops:
            raise Stopped(f"stopped at step {step.id}", hint="`keyturn resume` goes on from here")
        while wanted := self._gatekeeper.wish():
            if wanted.choice is Choice.CHANGE_MODE and wanted.mode:
                self._change(step.id, wanted.mode, wanted.by)
            else:
                self._emit(GateAnswered(step.id, _word(wanted), wanted.by, wanted.reason))
                self.obey(step, wanted)

    def obey(self, step: Step, answer: Answer) -> None:
        """Raise what ends the step's ordinary way: `Stopped`, `TakeOver` or `Passed`; else return."""
        if answer.choice is Choice.STOP:
            raise Stopped(f"stopped at step {step.id}", hint="`keyturn resume` goes on from here")
        if answer.choice is Choice.TAKE_OVER:
            raise TakeOver(answer.by)
        if answer.choice is Choice.SKIP:
            raise Passed(answer)

    def _question(self, step: Step) -> Question | None:
        """Return what is to be asked before `step` in this mode; None when nothing is."""
        warning = _WARNINGS.get(step.effect, "")
        unclear = step.effect is not Effect.READ and step.id in self._unclear
        if unclear:  # Each decision presses once: what is to be pressed again is asked anew.
            warning = f"{_UNCLEAR} {warning}"
        if step.gate is not Gate.NONE:
            offers = (Choice.CHANGE_MODE, Choice.STOP) if step.gate is Gate.SIGN_IN else _BEFORE
            return Question(step.id, step.title, step.gate, step.note, About.GATE, offers, warning, self._given(step))
        if unclear or (self.mode is Mode.GUIDED and step.effect is not Effect.READ):
            return Question(
                step.id, step.title, step.gate, step.note, About.CHANGE, _BEFORE, warning, self._given(step)
            )
        return None

    def _change(self, step: str, mode: Mode, by: str) -> None:
        self.mode = mode
        self._emit(ModeChanged(step, mode.value, by))


def _word(answer: Answer) -> str:
    return {Choice.GO_ON: "yes", Choice.STOP: "no"}.get(answer.choice, answer.choice.value)
