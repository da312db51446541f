"""A read-only visit to every page that a run needs, to see that all is where it should be before anything is created.

The steps are walked as a run walks them, as long as they only read: pages are opened, forms filled in that are never
sent. The first step of a portal that changes something is not done: its page and the place it would press are looked
for, and what comes after it can be seen only as far as it happens to be on screen. Nothing is recorded or stored.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError

from keyturn.browser import be_patient
from keyturn.errors import StepFailed
from keyturn.gates import Mode
from keyturn.interpolate import NotYetKnown
from keyturn.model import Effect, FactKind, Gate
from keyturn.run.attendance import Attendance
from keyturn.run.facts import holds
from keyturn.run.session import Session
from keyturn.run.sign_in import SignIn
from keyturn.run.state import RunState, outputs_of
from keyturn.run.way_back import portal as portal_of
from pages.errors import NoEffect, PageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import BrowserContext

    from keyturn.catalogue import ActionSpec
    from keyturn.events import Listener
    from keyturn.gates import Gatekeeper
    from keyturn.model import Fact, Scalar, Step
    from keyturn.run.conduct import Prepared
    from pages.page import Page

_BREATH = 100  # ms for which the browser works while a person signs in
_LENGTH = 160  # characters of what a step found out that are told


class Look(StrEnum):
    """What was seen of a step."""

    THERE = "there"  # its page is there, and what it would press
    NOT_THERE = "not there"  # something is not where it should be, or the run would be refused here
    LATER = "later"  # it can be seen only after a step that changes something
    NOT_NEEDED = "not needed"  # as things stand, the step does not apply


@dataclass(frozen=True, slots=True)
class Looked:
    """One step and what was seen of it; `to_do` is what a person can do about it, where that is known."""

    step: Step
    look: Look
    found: str
    to_do: str = ""


class Preflight:
    """One visit. `patience` cuts the time that a step may take, in seconds."""

    def __init__(
        self,
        prepared: Prepared,
        context: BrowserContext,
        gatekeeper: Gatekeeper,
        listener: Listener,
        patience: float = float("inf"),
    ) -> None:
        self._book = prepared.runbook
        self._catalogue = prepared.catalogue
        self._context = context
        self._sign_in = SignIn(listener)
        self._patience = patience
        self._state = RunState("preflight", prepared.runbook, prepared.inputs)
        self._session = Session(context, prepared.catalogue, self._state, lambda _tab, _portal: None)
        self._attendance = Attendance(gatekeeper, Mode.AUTO, listener, self._state.told)
        self._behind: dict[str, str] = {}  # portal -> the first step in it that was not done

    def visit(self) -> Iterator[Looked]:
        """Yield each step of the runbook as it was looked at.

        Raises `Stopped` or `NobodyThere` at a sign-in, and `StepFailed` when the browser goes away.
        """
        yield from map(self._seen, self._book.steps)

    def _seen(self, step: Step) -> Looked:
        try:
            return self._looked(step)
        except PageError as error:
            self._stay_behind(step)
            return Looked(step, Look.NOT_THERE, f"expected {error.expected}; saw {error.seen}", error.advice)
        except BrowserError:
            pass  # Its text may hold page content.
        raise StepFailed("the browser no longer answers", hint="nothing was changed; start again")

    def _looked(self, step: Step) -> Looked:
        for fact in step.when:
            if (applies := self._decided(fact)) is not True:
                return Looked(step, Look.NOT_NEEDED if applies is False else Look.LATER, fact.say)
        for fact in step.guard:
            if self._decided(fact) is False:
                self._stay_behind(step)
                return Looked(step, Look.NOT_THERE, f"the run would be refused here: {fact.say}", "see to it first")
        behind = self._behind.get(portal_of(step))
        reads = step.effect is Effect.READ and not step.copies and not behind
        if missing := self._missing(step, whole=reads):
            self._stay_behind(step)
            return Looked(step, Look.LATER, f"it needs {missing}")
        if behind:
            return self._glanced(step, behind)
        if reads:
            return self._walked(step)
        self._stay_behind(step)
        return self._before_the_press(step)

    def _missing(self, step: Step, *, whole: bool) -> str:
        """Say what `step` is given that only the run knows; `whole`: or expects afterwards."""
        if step.pastes:
            return "the value of the new secret"
        name = self._state.not_given(step if whole else replace(step, expect=(), copies=""))
        _, _, rest = name.partition(".")
        of, _, output = rest.rpartition(".")
        return f"the {output.replace('_', ' ')} that {of} gives" if name else ""

    def _walked(self, step: Step) -> Looked:
        """Do a step that only reads."""
        page, args = self._page(step)
        with self._waiting(step):
            if step.gate is Gate.SIGN_IN:
                self._attendance.before(step, lambda: self._signed_in(step, page))
            if not self._action(step).anywhere:
                page.arrive()
            made = getattr(page, step.do)(**args)
            found = outputs_of(step, made)
            self._state.give(step, found)
            self._expect(step, page)
        told = ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in found.items() if text)
        return Looked(step, Look.THERE, _cut(" ".join(told.split())) or "as it should be")

    def _before_the_press(self, step: Step) -> Looked:
        """Look for the page of a step that is not done, and for what it would press."""
        page, args = self._page(step)
        with self._waiting(step):
            page.arrive()
        if not self._is_in_place(step, page, args):
            raise NoEffect(page.title, step.do, expected=f"the place to begin “{step.title}”", seen=page.seen())
        return Looked(step, Look.THERE, "its page, and what it presses; not pressed")

    def _glanced(self, step: Step, behind: str) -> Looked:
        """Look at once whether a step can be seen that comes after one that was not done."""
        if self._session.is_open(portal_of(step)):
            page, args = self._page(step)
            if page.is_on_screen() and self._is_in_place(step, page, args):
                return Looked(step, Look.THERE, "its page, and what it presses; not pressed")
        return Looked(step, Look.LATER, f"only visible after {behind}")

    def _is_in_place(self, step: Step, page: Page, args: Mapping[str, Scalar]) -> bool:
        if not self._action(step).at:
            return True
        target = page.target(step.do, args)
        return target is not None and target.count() == 1

    def _expect(self, step: Step, page: Page) -> None:
        for probe in step.expect:
            looks = self._session.looks(probe.page, min(step.timeout, self._patience))
            if not any(self._session.answer(probe) for _ in looks):
                expected = f"the page to answer {probe.ask.replace('_', ' ')}"
                raise NoEffect(page.title, step.do, expected=expected, seen=page.seen())

    def _signed_in(self, step: Step, page: Any) -> bool:
        page.tab.wait_for_timeout(_BREATH)
        return self._sign_in.is_over(step, page)

    def _page(self, step: Step) -> tuple[Page, dict[str, Scalar]]:
        return self._session.page(step.page), self._state.bound(step.args, self._action(step).parameters)

    def _action(self, step: Step) -> ActionSpec:
        return self._catalogue.at(self._book.portals, step.page).actions[step.do]

    def _stay_behind(self, step: Step) -> None:
        self._behind.setdefault(portal_of(step), step.id)

    def _decided(self, fact: Fact) -> bool | None:
        """Return whether `fact` holds; None when only the run can tell."""
        if fact.kind in {FactKind.STORED, FactKind.DONE}:
            return None
        try:
            for text in fact.of:
                self._state.fill(text)
        except NotYetKnown:
            return None
        return holds(fact, self._state)

    @contextmanager
    def _waiting(self, step: Step) -> Iterator[None]:
        be_patient(self._context, min(step.timeout, self._patience) * 1000)
        try:
            yield
        finally:
            be_patient(self._context)


def _cut(text: str) -> str:
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 1]}…"
