"""A person in a test: answers questions, and acts in the browser themselves, with the page objects as their hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keyturn.catalogue import Catalogue
from keyturn.events import Event, RunStarted, StepEnded, StepStarted
from keyturn.gates import About, Answer, Choice, Mode, Question
from keyturn.model import Gate
from keyturn.run.state import RunState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import BrowserContext

    from keyturn.gates import Pump
    from keyturn.model import Runbook, Step

_BREATHS = 300  # of a tenth of a second: more than a page needs to show what was done


class Hands:
    """A gatekeeper and a listener. `takes_over` maps a step to the steps done by hand from there before giving back."""

    def __init__(self, book: Runbook, takes_over: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.context: BrowserContext | None = None  # given when there is one
        self.asked: list[Question] = []
        self._book = book
        self._catalogue = Catalogue.of(portal.pages for portal in book.portals.values())
        self._takes_over = dict(takes_over or {})
        self._state: RunState | None = None
        self._step = ""

    def __call__(self, event: Event) -> None:
        """Remember what was learnt, as somebody who reads along would."""
        if isinstance(event, RunStarted):
            self._state = RunState(event.run, self._book, event.inputs)
        elif isinstance(event, StepStarted):
            self._step = event.step
        elif isinstance(event, StepEnded) and self._state:
            self._state.outputs |= {f"steps.{event.step}.{name}": text for name, text in event.outputs.items()}

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Sign in, say yes, or do what is to be done and wait until it was seen."""
        self.asked.append(question)
        if question.about is About.TAKEN_OVER:
            for step in self._takes_over.pop(question.step):
                self.do(step)
            return Answer(Choice.GIVE_BACK, "a person")
        if question.about is About.BY_HAND:
            self.do(question.step)
            if not question.expected:  # Nothing to be seen: only their word tells.
                return Answer(Choice.GO_ON, "a person")
        elif question.gate is not Gate.SIGN_IN:
            return Answer(Choice.GO_ON, "a person")
        for _ in range(_BREATHS):
            if pump():
                return Answer(Choice.SEEN, "the page")
        raise AssertionError(f"what was done by hand at {question.step} was not seen")

    def wish(self) -> Answer | None:
        """Take over where that was said."""
        return Answer(Choice.TAKE_OVER, "a person") if self._step in self._takes_over else None

    def do(self, name: str) -> None:
        """Do the step called `name` in the browser."""
        step = next(step for step in self._book.steps if step.id == name)
        portal, _, page = step.page.partition(".")
        spec = self._catalogue.page(self._book.portals[portal].pages, page)
        assert self._state
        args = self._state.bound(step.args, spec.actions[step.do].parameters)
        hands: Any = spec.cls(self._tab(step), str(self._state.fill(self._book.portals[portal].url)))
        getattr(hands, step.do)(**args)

    def _tab(self, step: Step) -> Any:
        assert self.context
        assert self._state
        url = str(self._state.fill(self._book.portals[step.page.partition(".")[0]].url))
        return next(tab for tab in self.context.pages if tab.url.startswith(url))


MANUAL = Mode.MANUAL.value
