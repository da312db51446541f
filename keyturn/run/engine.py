"""The engine: takes a runbook's steps in order, and stops at the first doubt with everything told."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from evidence import EvidenceError
from keyturn.browser import PATIENCE
from keyturn.errors import KeyturnError
from keyturn.events import Acting, Changed, ClipboardLeft, Failed, LeftOpen, Pictured, Result, StepEnded, StepStarted
from keyturn.model import Always, Effect, Pictures
from keyturn.run.failure import told
from keyturn.run.reach import reach
from keyturn.run.session import Session
from keyturn.run.stages import Skip, carry_out
from keyturn.run.way_back import portal as portal_of
from pages.base import PageError
from secrets_store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import BrowserContext

    from evidence import Recorder
    from evidence.recorder import Moment
    from keyturn.catalogue import ActionSpec, Catalogue
    from keyturn.clipboard import BrowserClipboard
    from keyturn.events import Event, Listener
    from keyturn.gates import Gatekeeper
    from keyturn.model import Scalar, Step
    from keyturn.run.state import RunState
    from secrets_store import Store


class Engine:
    """Everything a step needs, wired for one run."""

    def __init__(  # noqa: PLR0913  # the rooms are handed in one by one; a bag of them would hide what is used
        self,
        state: RunState,
        *,
        context: BrowserContext,
        catalogue: Catalogue,
        clipboard: BrowserClipboard,
        store: Store,
        recorder: Recorder,
        gatekeeper: Gatekeeper,
        guided: bool,
        listeners: tuple[Listener, ...],
    ) -> None:
        self.state = state
        self.clipboard = clipboard
        self.store = store
        self.recorder = recorder
        self.gatekeeper = gatekeeper
        self.guided = guided
        self._context = context
        self._catalogue = catalogue
        self._listeners = listeners
        self._told = 0  # of what has changed
        self._patience: float = PATIENCE  # ms
        self._dark = False
        self.session = Session(context, catalogue, state, recorder.watch)

    def emit(self, event: Event) -> None:
        """Tell every listener, the journal first: what it must flush is on disk when this returns."""
        for listener in self._listeners:
            listener(event)

    def announce(self, step: Step, args: Mapping[str, Scalar]) -> None:
        """Journal that the step's action is about to be called."""
        self.emit(Acting(step.id, step.page, step.do, dict(args)))

    def action(self, step: Step) -> ActionSpec:
        """Return what is known of the step's action."""
        portal, _, name = step.page.partition(".")
        return self._catalogue.page(self.state.runbook.portals[portal].pages, name).actions[step.do]

    def run(self, first: str = "", last: str = "") -> None:
        """Carry the steps out, from `first` to `last` where given. Raises what stopped it, after telling it."""
        steps = self.state.runbook.steps
        begun = not first
        try:
            for number, step in enumerate(steps, 1):
                begun = begun or step.id == first
                if begun and step.id not in self.state.results:  # A run that goes on has results already.
                    self._step(step, number, len(steps))
                if step.id == last:
                    break
        finally:
            for act in self.state.runbook.always:
                self._always(act)

    def picture(self, step: Step, moment: Moment) -> None:
        """Take a picture of the step's tab unless the runbook keeps it dark."""
        portal = step.page.partition(".")[0]
        if step.evidence is Pictures.DARK or (step.evidence is Pictures.AFTER and moment == "before"):
            return
        if not self.session.is_open(portal):
            return
        path = self.recorder.picture(self.session.tab(portal), step.id, moment)
        if path:
            self.emit(Pictured(step.id, moment, path))

    @contextmanager
    def under_way(self, step: Step) -> Iterator[None]:
        """Let the browser wait as long as `step` may take, and record nothing where its screens are not to be seen."""
        before, self._patience = self._patience, step.timeout * 1000
        darkens = step.evidence is Pictures.DARK and not self._dark
        self._wait_for(self._patience)
        try:
            if darkens:
                self._dark = True
                self.recorder.dark(step.title)
            yield
        finally:
            if darkens:
                self._dark = False
                self.recorder.light()
            self._patience = before
            self._wait_for(before)

    def _wait_for(self, milliseconds: float) -> None:
        self._context.set_default_timeout(milliseconds)
        expect.set_options(timeout=milliseconds)

    def reach(self, step: Step) -> None:
        """Bring the step's page on screen again, where its tab may stand anywhere."""
        if portal_of(step) in self.session.unsure:
            reach(self, step)

    def _step(self, step: Step, number: int, total: int) -> None:
        began = time.monotonic()
        self.emit(StepStarted(step.id, number, total, step.title, step.covers, step.effect.value, step.note))
        self.recorder.step(number, total, step.id, step.title)
        reason = ""
        outputs: dict[str, str] = {}
        try:
            with self.under_way(step):
                result, outputs = carry_out(self, step)
        except Skip as skip:
            result, reason = Result.SKIPPED, skip.reason
        except (PageError, StoreError, EvidenceError, KeyturnError) as error:
            self._fail(step, error, time.monotonic() - began)
            raise
        except KeyboardInterrupt:
            self._end(step, Result.FAILED, "interrupted", {}, time.monotonic() - began)
            raise
        self._end(step, result, reason, outputs, time.monotonic() - began)

    def _end(self, step: Step, result: Result, reason: str, outputs: Mapping[str, str], seconds: float) -> None:
        self.state.results[step.id] = result
        if result is Result.DONE and step.effect in {Effect.CHANGE, Effect.DELETE}:
            self.state.changed.append(f"portal: {step.title} – done")
        self.recorder.uncover()
        for what in self.state.changed[self._told :]:  # Only now: nothing comes between a button and its proof.
            self.emit(Changed(what))
        self._told = len(self.state.changed)
        self.emit(StepEnded(step.id, result.value, reason, dict(outputs), round(seconds, 3)))

    def _fail(self, step: Step, error: Exception, seconds: float) -> None:
        """Tell a failure whole: what was expected and seen, what has changed, what to do next."""
        if getattr(error, "pressed", False) and not step.copies:
            self.state.changed.append(f"portal: {step.title} – the button was pressed, the result was not seen")
        expected, seen, do_next = told(step, error)
        self.picture(step, "after")
        self.emit(Failed(step.id, step.title, expected, seen, tuple(self.state.changed), do_next))
        self._end(step, Result.FAILED, seen, {}, seconds)

    def _always(self, act: Always) -> None:
        if act is Always.CLEAR_CLIPBOARD:
            self.emit(ClipboardLeft(self.clipboard.clear()))
        elif act is Always.TELL_WHAT_IS_OPEN:
            self.emit(LeftOpen(tuple(self.session.tabs())))
