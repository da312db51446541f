"""The console around one run: how it looks, who answers, and the terminal as it was when it is over."""

from __future__ import annotations

import getpass
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keyturn import events, system
from keyturn.console.keyboard import ASK_FOR_MARKS, NO_MARKS, Keyboard
from keyturn.console.live import LiveScreen
from keyturn.console.live_face import LiveFace
from keyturn.console.person import Person
from keyturn.console.plain import PlainLines
from keyturn.console.scene import Scene
from keyturn.console.telling import how_it_goes_on, what_is_taken_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from rich.console import Console

    from keyturn.events import Listener
    from keyturn.gates import Mode
    from keyturn.model import Runbook


@dataclass(frozen=True, slots=True)
class Watching:
    """What the run tells, to `listener`, and the `person` who is asked; None where nobody is at a terminal.

    `tell` shows one sentence beside all that; `plain`: in lines.
    """

    listener: Listener
    person: Person | None
    tell: Callable[[str], None]
    plain: bool


def somebody_is_there() -> bool:
    """Return whether a person can be asked: keys come from a terminal. A file, a pipe, or nothing asks nobody."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


@contextmanager
def watching(  # noqa: PLR0913  # what a console is about, part by part
    console: Console, runbook: Runbook, places: Mapping[str, str], mode: Mode, recordings: Path, *, plain: bool
) -> Iterator[Watching]:
    """Show a run on `console` until it is left. `places` names the page of each step; pictures lie below `recordings`.

    `plain`: lines in place of a screen that is redrawn; so also where the console cannot redraw.
    """
    with ExitStack() as stack:
        plain = plain or not console.is_terminal or console.is_dumb_terminal
        face: PlainLines | LiveFace
        scene = Scene(runbook, places, mode, attended=somebody_is_there())
        if plain:
            face = PlainLines(console, runbook, places)
        else:
            face = LiveFace(stack.enter_context(LiveScreen(console, scene)))
        person = None
        if somebody_is_there():
            read = stack.enter_context(system.single_keys(sys.stdin.fileno()))
            if not plain:
                stack.callback(_write, console, NO_MARKS)
                _write(console, ASK_FOR_MARKS)
            person = Person(face, f"{getpass.getuser()} at the terminal")
            stack.enter_context(Keyboard(read, person.take, person.left_alone))
        listener: Listener = face if isinstance(face, PlainLines) else scene

        def told(event: events.Event) -> None:
            if isinstance(event, events.RunStarted | events.Resumed):
                face.pictures = f"{recordings / event.run / 'data'}/"
            if isinstance(event, events.Resumed):  # Above everything else, where it stays.
                console.print(*how_it_goes_on(event), sep="\n", markup=False, soft_wrap=True)
            if isinstance(event, events.RollbackBegan):
                console.print(*what_is_taken_back(event), sep="\n", markup=False, soft_wrap=True)
            listener(event)

        yield Watching(told, person, lambda text: face.tell(None, text), plain)


def _write(console: Console, text: str) -> None:
    console.file.write(text)
    console.file.flush()
