"""What `run` and `rehearse` have in common: the console around a run, the browser left open, the last word."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.console import Console

from keyturn.cli.main import report
from keyturn.console import LiveSteps, PlainSteps, Terminal, print_summary
from keyturn.errors import Exit
from keyturn.events import Event, Failed
from keyturn.gates import Beforehand, Nobody
from keyturn.run.conduct import conduct

if TYPE_CHECKING:
    import argparse

    from keyturn.gates import Gatekeeper
    from keyturn.run.conduct import Around, Prepared

UNTOLD = {Exit.BUG, Exit.LEAK_FOUND, Exit.CANNOT_START}  # ends that no step's failure has told about


@dataclass(slots=True)
class _Kept:
    """A listener that keeps the failure for the last word."""

    failed: Failed | None = None

    def __call__(self, event: Event) -> None:
        if isinstance(event, Failed):
            self.failed = event


def attend(prepared: Prepared, around: Around, args: argparse.Namespace, instead: Gatekeeper | None = None) -> int:
    """Carry the run out with a person watching; `instead` answers at gates in their place. Returns the exit code."""
    console = Console(stderr=True, highlight=False, emoji=False)
    kept = _Kept()
    with ExitStack() as stack:
        live: LiveSteps | None = None
        if console.is_terminal and not args.plain:
            live = stack.enter_context(LiveSteps(console, prepared.runbook))
        view = live or PlainSteps(console)
        person: Gatekeeper = Nobody()
        if sys.stdin.isatty():
            person = Terminal(console, live)
        around = replace(
            around,
            gatekeeper=Beforehand(prepared.wish.approved, instead or person),
            listeners=(view, kept, *around.listeners),
            before_close=lambda: _let_look(console, live),
        )
        summary, error = conduct(prepared, around)
    print_summary(console, summary, prepared.runbook.title, kept.failed)
    if error is not None and (kept.failed is None or summary.exit in UNTOLD):
        report(error)
    if summary.browser_open:
        how = f"close its window, or: keyturn runs --end {summary.run}"
        console.print(f"The browser stays open. When you have seen enough, {how}", style="bold", soft_wrap=True)
    if args.json:
        print(json.dumps(summary.as_json(), ensure_ascii=False))  # noqa: T201  # what --json promises
    return summary.exit


def _let_look(console: Console, live: LiveSteps | None) -> None:
    """Let a person look at the browser before it is closed."""
    if not sys.stdin.isatty():
        return
    if live:
        live.pause()
    console.print("The browser stays open. Look at it, then press Enter here to close it.", style="bold")
    sys.stdin.readline()
