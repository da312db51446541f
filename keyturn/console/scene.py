"""What is on a person's screen, as data: filled by events and by the keyboard, drawn by `keyturn.console.live`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keyturn import events
from keyturn.console.telling import sentence, signed_in
from keyturn.console.wishes import OFFERED
from keyturn.console.words import SEARCHING
from keyturn.gates import Choice, Mode
from keyturn.model import Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyturn.console.dialogue import Dialogue
    from keyturn.model import Runbook, Step

_REMEMBERED = 3  # sentences about the step that stay in view


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is waited for, until when by the clock of `Scene.clock`, and the reason in the runbook's words."""

    seen: str
    until: float
    why: str


@dataclass(slots=True)
class Scene:
    """A listener that keeps what is to be seen. `places` names the page of each step, as its title reads."""

    runbook: Runbook
    places: Mapping[str, str] = field(default_factory=dict)  # step -> title of its page
    mode: Mode = Mode.AUTO
    attended: bool = True  # somebody can press keys
    offered: tuple[Choice, ...] = OFFERED  # what they can wish while nothing is asked
    clock: Callable[[], float] = time.monotonic
    accounts: dict[str, str] = field(default_factory=dict)  # portal -> who is signed in there
    ended: dict[str, events.StepEnded] = field(default_factory=dict)
    now: int = -1  # the step that is being done, from 0
    given: dict[str, str] = field(default_factory=dict)  # what that step was given, once it is announced
    said: list[str] = field(default_factory=list)
    waiting: Waiting | None = None
    dialogue: Dialogue | None = None  # the question that is open
    picture: str = ""  # path of the picture that belongs to it
    typed: str | None = None  # a line that is being typed
    noted: str = ""  # what to tell about the last key
    listed: int | None = None  # the whole list is shown from this step on
    moved: int = 0  # lines by which the instruction was moved up, where it does not fit
    found: list[str] = field(default_factory=list)  # how a run that goes on stands, until its first step has ended
    last_word: str = ""  # what is done after the last step
    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def step(self) -> Step | None:
        """The step that is being done."""
        return self.runbook.steps[self.now] if self.now >= 0 else None

    def __call__(self, event: events.Event) -> None:
        """Take the event into the scene."""
        match event:
            case events.Resumed():
                self.ended |= {step: events.StepEnded(step, word, "", {}, 0.0) for step, word in event.results.items()}
            case events.StepStarted():
                self.now = event.number - 1
                self.said, self.given, self.waiting, self.moved = [], {}, None, 0
            case events.ModeChanged():
                self.mode = Mode(event.mode)
            case events.Acting():
                self.given = {name.replace("_", " "): str(value) for name, value in event.args.items() if value != ""}
            case events.Retrying():
                self.waiting = Waiting(event.seen, self.clock() + event.left, event.why)
                return
            case events.StepEnded():
                self.ended[event.step] = event
                self._learn(event)
                self.waiting, self.noted, self.found = None, "", []
            case events.SearchBegan():
                self.now, self.last_word = -1, sentence(event)
            case events.PicturesRead():
                self.last_word = f"{SEARCHING[True]} {event.read} of {event.total} pictures have been read."
            case _:
                pass
        if text := sentence(event):
            self.said = [*self.said, text][-_REMEMBERED:]

    def _learn(self, event: events.StepEnded) -> None:
        """Keep who is signed in, once a sign-in has ended."""
        step = next((one for one in self.runbook.steps if one.id == event.step), None)
        if step and step.gate is Gate.SIGN_IN and event.outputs:
            self.accounts[step.page.partition(".")[0]] = signed_in(event.outputs)

    def show_list(self) -> None:
        """Show the whole list, or what was shown before it."""
        self.listed = None if self.listed is not None else max(0, self.now)

    def scroll(self, rows: int) -> None:
        """Move the whole list, if it is shown."""
        if self.listed is not None:
            self.listed = min(max(0, self.listed + rows), len(self.runbook.steps) - 1)
