"""Asking the person at the terminal."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from rich.prompt import Confirm

from keyturn.gates import Answer, Choice
from keyturn.model import Gate

if TYPE_CHECKING:
    from rich.console import Console

    from keyturn.console.live import LiveSteps
    from keyturn.gates import Pump, Question


class Terminal:
    """A gatekeeper that asks at the terminal. A sign-in needs no yes: the page itself ends that gate."""

    def __init__(self, console: Console, live: LiveSteps | None) -> None:
        self._console = console
        self._live = live

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Return what the person says; end of input counts as no."""
        by = f"{getpass.getuser()} at the terminal"
        if question.gate is Gate.SIGN_IN:
            while not pump():
                pass
            return Answer(Choice.SEEN, by=by)
        if self._live:
            self._live.pause()
        try:
            if question.act:
                self._console.print(question.act, style="dim", markup=False)
            yes = Confirm.ask(f"[bold]{question.title}[/bold]: go on?", console=self._console, default=False)
        except EOFError:
            yes = False
        finally:
            if self._live:
                self._live.go_on()
        return Answer(Choice.GO_ON if yes else Choice.STOP, by=by)

    def wish(self) -> Answer | None:
        """Return None: nothing is wanted unasked."""
        return None
