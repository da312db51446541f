"""The engine: everything that a run's steps need, wired for one run. How one step goes is told in `one_step`."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect

from keyturn.browser import PATIENCE
from keyturn.errors import Stopped
from keyturn.events import Acting, ClipboardLeft, LeftOpen, Pictured
from keyturn.gates import About, Choice, Mode, Question
from keyturn.model import Always, Gate, Pictures
from keyturn.run.attendance import Attendance
from keyturn.run.one_step import take_step
from keyturn.run.reach import reach
from keyturn.run.session import Session
from keyturn.run.way_back import portal as portal_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

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

_BREATH = 100  # ms for which the browser works while a person thinks


class Engine:
    """Everything a step needs. `pace` is how long each instruction is shown before it is done, in seconds."""

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
        mode: Mode,
        listeners: tuple[Listener, ...],
        pace: float = 0.0,
    ) -> None:
        self.state = state
        self.clipboard = clipboard
        self.store = store
        self.recorder = recorder
        self.attendance = Attendance(gatekeeper, mode, self.emit)
        self.told = 0  # how much of what has changed has been told
        self.sign_in_screen = ""  # the one that was told last
        self._pace = pace
        self._context = context
        self._catalogue = catalogue
        self._listeners = listeners
        self._patience: float = PATIENCE  # ms
        self._dark = False
        self._touched: set[str] = set()  # portals in which the person may have done anything
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
                if begun and step.id not in self.state.results:  # Others were seen done, or are of a run that goes on.
                    take_step(self, step, number, len(steps))
                if step.id == last:
                    break
        finally:
            for act in self.state.runbook.always:
                self._always(act)

    def breathe(self) -> None:
        """Let the browser work for a moment while a person thinks, so that films and pages go on."""
        tab = next(iter(self.session.tabs().values()), None)
        try:
            if tab:
                tab.wait_for_timeout(_BREATH)
                return
        except BrowserError:
            pass  # Closed just now; what comes next will say so.
        time.sleep(_BREATH / 1000)

    def show(self, _step: Step, _page: Any, _args: Mapping[str, Scalar]) -> None:
        """Show the person what is about to be done, for as long as the pace says."""
        until = time.monotonic() + self._pace
        while time.monotonic() < until:
            self.breathe()

    def confirm(self, step: Step, words: str) -> None:
        """Ask the person to go on in the middle of a step. Raises `Stopped` when they do not."""
        question = Question(step.id, words, Gate.CONFIRM, "", About.GATE, (Choice.GO_ON, Choice.STOP))
        if not self.attendance.ask(question, self.no_answer, Gate.CONFIRM.value).yes:
            raise Stopped(f"stopped in step {step.id}", hint="`keyturn resume` goes on from here")

    def no_answer(self) -> bool:
        """Breathe, and tell that the page has not answered."""
        self.breathe()
        return False

    def take_over(self) -> None:
        """Note that the person had the browser: every tab may stand anywhere, and anything may be done already."""
        self._touched |= set(self.state.runbook.portals)
        self.session.adopt()
        self.session.unsure |= set(self.session.tabs())

    def was_taken_over(self, step: Step) -> bool:
        """Return whether the person may have done `step`, so that what is found done counts as theirs."""
        return portal_of(step) in self._touched

    def picture(self, step: Step, moment: Moment) -> str:
        """Take a picture of the step's tab unless the runbook keeps it dark; return its path, empty without one."""
        portal = step.page.partition(".")[0]
        if step.evidence is Pictures.DARK or (step.evidence is Pictures.AFTER and moment == "before"):
            return ""
        if not self.session.is_open(portal):
            return ""
        path = self.recorder.picture(self.session.tab(portal), step.id, moment)
        if path:
            self.emit(Pictured(step.id, moment, path))
        return path or ""

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
                with suppress(BrowserError):  # A browser that has gone records nothing more.
                    self.recorder.light()
            self._patience = before
            self._wait_for(before)

    def _wait_for(self, milliseconds: float) -> None:
        self._context.set_default_timeout(milliseconds)
        expect.set_options(timeout=milliseconds)

    def reach(self, step: Step) -> None:
        """Bring the step's page on screen again, where its tab may stand anywhere."""
        if portal_of(step) in self.session.unsure or self.session.is_closed(portal_of(step)):
            reach(self, step)

    def _always(self, act: Always) -> None:
        if act is Always.CLEAR_CLIPBOARD:
            self.emit(ClipboardLeft(self.clipboard.clear()))
        elif act is Always.TELL_WHAT_IS_OPEN:
            self.emit(LeftOpen(tuple(self.session.tabs())))
