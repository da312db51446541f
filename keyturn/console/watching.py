"""The console around one run: how it looks, who answers, and the terminal as it was when it is over."""

from __future__ import annotations

import getpass
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from keyturn import events, system
from keyturn.console.keyboard import ASK_FOR_MARKS, NO_MARKS, Keyboard
from keyturn.console.live import LiveScreen
from keyturn.console.live_face import LiveFace
from keyturn.console.person import Person
from keyturn.console.plain import PlainLines
from keyturn.console.scene import Scene
from keyturn.console.telling import at_length
from keyturn.console.wishes import OFFERED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

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
    """Return whether a person can be asked: keys come from a terminal, and to this process.

    A file, a pipe or nothing asks nobody; and a job in the background would be stopped when it listened.
    """
    return (
        sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty() and system.is_in_front(sys.stdin.fileno())
    )


@contextmanager
def watching(  # noqa: PLR0913  # what a console is about, part by part
    console: Console,
    runbook: Runbook,
    places: Mapping[str, str],
    mode: Mode,
    recordings: Path,
    *,
    plain: bool,
    asked: bool = True,
) -> Iterator[Watching]:
    """Show a run on `console` until it is left. `places` names the page of each step; pictures lie below `recordings`.

    `plain`: lines in place of a screen that is redrawn; so also where the console cannot redraw. Where the console is a
    file and keys come from a terminal all the same, questions are put at the terminal. `asked`: it is the person who
    answers; where somebody else does, keys wish nothing either, so that the run goes through by itself.
    """
    with ExitStack() as stack:
        plain = plain or not console.is_terminal or console.is_dumb_terminal
        plain = plain or not system.is_in_front(console.file.fileno())
        face: PlainLines | LiveFace
        offered = OFFERED if asked else ()
        scene = Scene(runbook, places, mode, attended=somebody_is_there(), offered=offered)
        beside: list[str] = []  # what a screen that is redrawn would not keep
        asks_at = console
        if plain:
            if somebody_is_there() and not console.is_terminal:
                asks_at = stack.enter_context(_at_terminal())
            face = PlainLines(asks_at, runbook, places)
        else:
            stack.callback(lambda: console.print(*beside, sep="\n", end="", markup=False, soft_wrap=True))
            face = LiveFace(stack.enter_context(LiveScreen(console, scene)))
        person = None
        if somebody_is_there():
            read = stack.enter_context(system.single_keys(sys.stdin.fileno()))
            if not plain:
                stack.callback(_write, console, NO_MARKS)
                _write(console, ASK_FOR_MARKS)
            person = Person(face, f"{getpass.getuser()} at the terminal", offered)
            stack.enter_context(Keyboard(read, person.take, person.left_alone))
        listener: Listener = scene
        if isinstance(face, PlainLines):
            listener = face if asks_at is console else PlainLines(console, runbook, places)

        def told(event: events.Event) -> None:
            if isinstance(event, events.RunStarted | events.Resumed):
                face.pictures = f"{recordings / event.run / 'data'}/"
            if lines := at_length(event):
                scene.found = lines
                if plain:
                    console.print(*lines, sep="\n", markup=False, soft_wrap=True)
                else:
                    beside.extend([*lines, ""])
            listener(event)

        yield Watching(told, person, lambda text: face.tell(None, text), plain)


@contextmanager
def _at_terminal() -> Iterator[Console]:
    """Open the terminal that keys come from, to show questions there."""
    with system.screen_of(sys.stdin.fileno()).open("w", encoding="utf-8") as screen:
        yield Console(file=screen, force_terminal=True, color_system=None, highlight=False, emoji=False)


def _write(console: Console, text: str) -> None:
    console.file.write(text)
    console.file.flush()
