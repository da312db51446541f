"""The run as plain lines: for log files, screen readers and terminals that cannot redraw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn import events
from keyturn.console.words import MARKS, SEARCHING, duration, instructions
from keyturn.events import Result

if TYPE_CHECKING:
    from rich.console import Console


class PlainSteps:
    """A listener that prints one line when a step ends, and one for whatever a person should know in between."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step: events.StepStarted | None = None

    def __call__(self, event: events.Event) -> None:
        """Print what `event` is to a person; most events are for the journal alone."""
        match event:
            case events.RunStarted():
                self._line(f"{event.title}\nrun {event.run}, {event.mode} mode, {event.total} steps\n")
            case events.StepStarted():
                self._step = event
            case events.GateAsked(gate="sign_in"):
                self._line("         waiting for you to sign in, in the browser")
            case events.Retrying():
                self._line(f"         not yet: {event.seen}; asking again for up to {duration(event.left)}")
            case events.SecretSealed():
                self._line(f"         sealed into the store; Secret ID {event.secret_id}, expires {event.expires_on}")
            case events.SearchBegan():
                self._line(f"\n{SEARCHING[event.pictures_read]}")
            case events.StepEnded():
                self._ended(event)
            case _:
                pass

    def _ended(self, event: events.StepEnded) -> None:
        if self._step is None:
            return
        mark, _ = MARKS[Result(event.result)]
        tail = duration(event.seconds) if event.result != Result.SKIPPED else event.reason
        step = self._step
        covers = f" ({instructions(step.covers)})" if step.covers else ""
        head = f"[{step.number:>2}/{step.total}] {mark} {step.step}: {step.title}{covers}"
        self._line(f"{head}: {event.result}, {tail}")

    def _line(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
