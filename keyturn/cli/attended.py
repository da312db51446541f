"""What `run` and `rehearse` have in common: the console around a run, the browser left open, the last word."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.console import Console

from keyturn import settings
from keyturn.cli.output import put_json, report
from keyturn.console import Person, print_summary, somebody_is_there, watching
from keyturn.errors import Exit
from keyturn.events import Event, Failed, GateAnswered, Result, StepEnded
from keyturn.gates import About, Beforehand, Choice, Mode, Nobody, Question
from keyturn.interruption import Interruption, listening
from keyturn.model import Gate
from keyturn.run.attendance import nobody_else
from keyturn.run.conduct import conduct
from keyturn.run.request import try_out
from keyturn.run.second_person import Approvers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from keyturn.gates import Gatekeeper
    from keyturn.outcome import Summary
    from keyturn.run.conduct import Around, Prepared

UNTOLD = {Exit.BUG, Exit.LEAK_FOUND, Exit.CANNOT_START}  # ends that no step's failure has told about


def default_mode(*, headed: bool) -> Mode:
    """Return the mode of a run for which none was said: guided where a person sits before a window and a terminal."""
    return Mode.GUIDED if headed and somebody_is_there() else Mode.AUTO


def approvers(args: argparse.Namespace, prepared: Prepared) -> Approvers | None:
    """Return whose signatures count as a second person's.

    Raises, where a step wants one, `NobodyThere` when nobody can, and `CannotStart` when nobody could be asked.
    """
    wanting = [step for step in prepared.runbook.steps if step.gate is Gate.SECOND_PERSON]
    if args.approvers:
        home: Path = args.recordings or settings.default_recordings()
        folder: Path = args.approvals or home.parent / "approvals"
        found = Approvers.read(args.approvers, folder, patient=somebody_is_there())
        if wanting:
            try_out(folder)
        return found
    if wanting:
        nobody_else(wanting[0])
    return None


@dataclass(slots=True)
class _Kept:
    """A listener that keeps the failure for the last word, unless it was put right, and whether it was asked about."""

    failed: Failed | None = None
    asked: bool = False

    def __call__(self, event: Event) -> None:
        match event:
            case Failed():
                self.failed, self.asked = event, False
            case GateAnswered() if self.failed:
                self.asked = True
            case StepEnded() if event.result != Result.FAILED:
                self.failed = None
            case _:
                pass


def attend(
    prepared: Prepared,
    around: Around,
    args: argparse.Namespace,
    instead: Gatekeeper | None = None,
    carry: Callable[[Prepared, Around], tuple[Summary, BaseException | None]] = conduct,
) -> int:
    """Carry the run out with a person watching; `instead` answers at gates in their place. Returns the exit code.

    `carry` goes on with a run, where none is to begin.
    """
    console = Console(stderr=True, highlight=False, emoji=False)
    kept = _Kept()
    interruption = Interruption()
    with ExitStack() as stack:
        stack.enter_context(listening(interruption))
        mode = Mode(prepared.wish.mode)
        watch = stack.enter_context(
            watching(
                console,
                prepared.runbook,
                _places(prepared),
                mode,
                around.recordings,
                plain=args.plain,
                asked=instead is None,
            )
        )
        interruption.tell = watch.tell
        person: Gatekeeper = watch.person or Nobody()

        def before_close() -> None:
            wanted = args.keep_open or not kept.asked  # Who was asked about the failure has looked already.
            if watch.person and wanted and not interruption.asked:
                let_look(watch.person, lambda: interruption.asked > 0)

        around = replace(
            around,
            gatekeeper=Beforehand(prepared.wish.approved, instead or person),
            listeners=(watch.listener, kept, *around.listeners),
            before_close=before_close,
            interruption=interruption,
        )
        summary, error = carry(prepared, around)
    print_summary(console, summary, prepared.runbook, kept.failed, plain=watch.plain)
    if error is not None and (kept.failed is None or summary.exit in UNTOLD):
        report(error)
    _say_what_is_left(console, summary)
    return put_json(summary.as_json(), summary.exit) if args.json else summary.exit


def _say_what_is_left(console: Console, summary: Summary) -> None:
    """Tell the person the commands for what the run has left to them."""
    if summary.exit == Exit.INTERRUPTED:
        console.print(f"To go on from here: keyturn resume {summary.run}", style="bold", soft_wrap=True)
    if summary.browser_open:
        how = f"close its window, or: keyturn runs --end {summary.run}"
        console.print(f"The browser stays open. When you have seen enough, {how}", style="bold", soft_wrap=True)


def _places(prepared: Prepared) -> dict[str, str]:
    """Return the title of each step's page, as a person reads it there."""
    portals, catalogue = prepared.runbook.portals, prepared.catalogue
    return {step.id: catalogue.at(portals, step.page).cls.title for step in prepared.runbook.steps}


def let_look(person: Person, over: Callable[[], bool]) -> None:
    """Let the person look at the browser before it is closed, until they say that it may be, or it is `over`."""
    words = "The browser stays open for you to look at. Close it?"
    question = Question("", words, Gate.NONE, "", About.RUN, (Choice.GO_ON,))
    person.ask(question, over)
