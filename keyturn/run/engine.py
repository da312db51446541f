"""The engine: everything that a run's steps need, wired for one run. How one step goes is told in `one_step`."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Final

from playwright.sync_api import Error as BrowserError

from keyturn.browser import PATIENCE, be_patient
from keyturn.errors import KeyturnError, Stopped
from keyturn.events import Acting, Pictured, StepStarted
from keyturn.gates import About, Choice, Mode, Question
from keyturn.model import Effect, Gate, Pictures
from keyturn.run.always import ending
from keyturn.run.attendance import Attendance, nobody_else
from keyturn.run.entrusted import check_last
from keyturn.run.one_step import take_step
from keyturn.run.reach import reach
from keyturn.run.session import Session
from keyturn.run.sign_in import SignIn
from keyturn.run.way_back import portal as portal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from playwright.sync_api import BrowserContext

    from evidence import Recorder
    from evidence.pictures import Moment
    from keyturn.catalogue import ActionSpec, Catalogue
    from keyturn.clipboard import BrowserClipboard
    from keyturn.events import Event, Listener
    from keyturn.gates import Gatekeeper
    from keyturn.model import Scalar, Step
    from keyturn.overlay import Overlay
    from keyturn.run.second_person import SecondPerson
    from keyturn.run.state import RunState
    from pages.page import Page
    from secrets_store import Store

_RESUME: Final = "`keyturn resume` goes on from here"
_BREATH = 100  # ms for which the browser works while a person thinks


class Engine:
    """Everything a step needs.

    `overlay` shows the person what is about to be done, in the page itself; `pace` is for how long, in seconds.
    `whole` surrounds what no signal may cut in two. `second` asks a second person.
    """

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
        overlay: Overlay | None = None,
        pace: float = 0.0,
        whole: Callable[[], AbstractContextManager[None]] = nullcontext,
        second: SecondPerson | None = None,
    ) -> None:
        self.state = state
        self.clipboard = clipboard
        self.store = store
        self.recorder = recorder
        unclear = state.unfinished.announced
        self.attendance = Attendance(gatekeeper, mode, self.emit, state.told, unclear, second=self._approve)
        self.told = len(state.changed)  # how much of what has changed has been told
        self.acting = ""  # the step whose action was called, until it is told what may have come of that
        self.first_press = False  # nothing that was announced for this step before is in doubt
        self.sign_in = SignIn(self.emit)
        self.overlay = overlay
        self._second = second
        self.whole = whole
        self.pace = pace
        self.number = 0  # of the step that is being done
        self._context = context
        self._catalogue = catalogue
        self._listeners = listeners
        self._patience: float = PATIENCE  # ms
        self._dark = False
        self._current: Step | None = None  # what is being done
        self._touched: set[str] = set()  # portals in which the person may have done anything
        self.session = Session(context, catalogue, state, recorder.watch)

    def emit(self, event: Event) -> None:
        """Tell every listener, the journal first: what it must flush is on disk when this returns."""
        for listener in self._listeners:
            listener(event)

    def announce(self, step: Step, args: Mapping[str, Scalar]) -> None:
        """Journal that the step's action is about to be called."""
        self.emit(Acting(step.id, step.page, step.do, dict(args)))
        self.recorder.disturbed()
        self.acting = step.id
        if step.effect is not Effect.READ:
            self.first_press = step.id not in self.state.doubtful
            self.state.doubtful.add(step.id)
            self.state.created.discard(step.id)
            self.state.unfinished.announced.add(step.id)

    def action(self, step: Step) -> ActionSpec:
        """Return what is known of the step's action."""
        return self._catalogue.at(self.state.runbook.portals, step.page).actions[step.do]

    def run(self, first: str = "", last: str = "") -> None:
        """Carry the steps out, from `first` to `last` where given. Raises what stopped it, after telling it."""
        steps = self.state.runbook.steps
        begun = not first
        with ending(self):
            for number, step in enumerate(steps, 1):
                begun = begun or step.id == first
                if begun and step.id not in self.state.results:  # Others were seen done, or are of a run that goes on.
                    take_step(self, step, number)
                if step.id == last:
                    break
            check_last(self, step)

    def breathe(self, milliseconds: float = _BREATH) -> None:
        """Let the browser work for a moment while a person thinks: films and pages go on, the outline goes along."""
        tabs = self.session.tabs().values()
        tab = next(iter(tabs), None)
        try:
            if tab:
                tab.wait_for_timeout(milliseconds)
                if self.overlay:
                    for one in tabs:
                        self.overlay.follow(one)
                return
        except BrowserError:
            pass  # Closed just now; what comes next will say so.
        time.sleep(milliseconds / 1000)

    def begin(self, step: Step, number: int) -> None:
        """Tell that `step` begins; `number` counts from 1."""
        total = len(self.state.runbook.steps)
        self.acting = ""
        self.emit(StepStarted(step.id, number, total, step.title, step.covers, step.effect.value, step.note))
        self.turn_to(step, number)

    def turn_to(self, step: Step, number: int) -> None:
        """Let what is recorded from now on be of `step`, which has begun."""
        self.number = number
        self._current = step
        self.recorder.step(number, len(self.state.runbook.steps), step.id, step.title)
        if step.evidence is not Pictures.DARK and not self._dark:
            self._light()

    def _approve(self, step: Step) -> None:
        """Wait until a second person has approved `step`."""
        if self._second is None:
            nobody_else(step)
        else:
            self._second.wait(self, step, self.number)

    def confirm(
        self, step: Step, words: str, warning: str = "", *, about: About = About.GATE, otherwise: str = _RESUME
    ) -> None:
        """Ask the person to go on in the middle of a step.

        Raises `Stopped` when they do not, with `otherwise` as the hint.
        """
        question = Question(step.id, words, Gate.CONFIRM, "", about, (Choice.GO_ON, Choice.STOP), warning)
        gate = Gate.CONFIRM.value if about is About.GATE else ""
        if not self.attendance.ask(question, self.no_answer, gate).yes:
            raise Stopped(f"stopped in step {step.id}", hint=otherwise)

    def no_answer(self) -> bool:
        """Breathe, and tell that the page has not answered."""
        self.breathe()
        return False

    def take_over(self) -> None:
        """Note that the person had the browser: every tab may stand anywhere, and anything may be done already."""
        self._touched |= set(self.state.runbook.portals)
        self.recorder.disturbed()
        self.session.adopt()
        self.session.unsure |= set(self.session.tabs())
        self.state.unfinished.touch(self.session.tabs(), self.state.outputs)

    def was_taken_over(self, step: Step) -> bool:
        """Return whether the person may have done `step`, so that what is found done counts as theirs."""
        return portal_of(step) in self._touched

    def picture(self, step: Step, moment: Moment) -> str:
        """Take a picture of the step's tab unless the runbook keeps it dark; return its path, empty without one."""
        if step.evidence is Pictures.DARK or (step.evidence is Pictures.AFTER and moment == "before"):
            return ""
        if not self.session.is_open(portal_of(step)):
            return ""
        tab = self.session.tab(portal_of(step))
        with self.overlay.hidden(tab) if self.overlay else nullcontext():
            path = self.recorder.picture(tab, step.id, moment, anew=step.effect is not Effect.READ)
        if path:
            self.emit(Pictured(step.id, moment, path))
        return path or ""

    @contextmanager
    def under_way(self, step: Step) -> Iterator[None]:
        """Let the browser wait as long as `step` may take, and record nothing where its screens are not to be seen."""
        before, self._patience = self._patience, step.timeout * 1000
        darkens = step.evidence is Pictures.DARK and not self._dark
        lights = darkens
        be_patient(self._context, self._patience)
        try:
            if darkens:
                self._dark = True
                self.recorder.dark(step.title)
            yield
            lights = darkens and step is not self._current  # After that, the next step that is to be seen lights.
        finally:
            if darkens:
                self._dark = False
            if lights:
                self._light()
            self._patience = before
            be_patient(self._context, before)

    def _light(self) -> None:
        with suppress(BrowserError):  # A browser that has gone records nothing more.
            self.recorder.light()

    def come_back(self) -> None:
        """Take in the tabs that an earlier part of the run left open; each may stand anywhere, and be disguised."""
        self.session.adopt()
        self.recorder.uncover()
        self.session.unsure |= set(self.state.runbook.portals)

    def reach(self, step: Step) -> None:
        """Bring the step's page on screen again, where its tab may stand anywhere."""
        if portal_of(step) in self.session.unsure or self.session.is_closed(portal_of(step)):
            self.recorder.disturbed()
            reach(self, step)

    def reload(self, step: Step) -> None:
        """Bring the step's page on screen by the whole way there: what stands there now is not to be trusted."""
        self.recorder.disturbed()
        reach(self, step, afresh=True)

    def bring(self, where: str) -> Page:
        """Load the page `portal.page` anew and return it. Raises `KeyturnError` when no step leads to it."""
        there = next((step for step in self.state.runbook.steps if step.page == where), None)
        if there is None:
            raise KeyturnError(f"no step of the runbook leads to {where}", hint="do it by hand in the portal")
        self.reload(there)
        return self.session.page(where)
