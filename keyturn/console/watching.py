"""The console around one run: how it looks, who answers, and the terminal as it was when it is over."""

from __future__ import annotations

import getpass
import sys
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

from rich.console import Console

from keyturn import events, system
from keyturn.console.enduring import Enduring
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
    from contextlib import AbstractContextManager
    from pathlib import Path

    from keyturn.events import Listener
    from keyturn.gates import Choice, Mode
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
    answers; where somebody else does, keys wish nothing either, so that the run goes through by itself. From here on
    `console` lets go what cannot be written.
    """
    console.file = _enduring(console.file)
    with ExitStack() as stack:
        plain = plain or not _redraws(console)
        attended, offered = somebody_is_there(), OFFERED if asked else ()
        scene = Scene(runbook, places, mode, attended=attended, offered=offered)
        beside: list[str] = []  # what a screen that is redrawn would not keep
        listener: Listener
        face: PlainLines | LiveFace
        if plain:
            listener = face = PlainLines(console, runbook, places)
            if attended and not console.is_terminal:
                face = PlainLines(stack.enter_context(_at_terminal()), runbook, places)
        else:
            stack.callback(lambda: console.print(*beside, sep="\n", end="", markup=False, soft_wrap=True))
            listener, face = scene, LiveFace(stack.enter_context(LiveScreen(console, scene)))
        marks = nullcontext() if plain else _marking(console)
        person = stack.enter_context(_answering(face, offered, marks)) if attended else None

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


def _redraws(console: Console) -> bool:
    """Return whether a screen can be drawn on `console` again and again."""
    can = console.is_terminal and not console.is_dumb_terminal
    return can and system.is_in_front(console.file.fileno())


@contextmanager
def _answering(
    face: PlainLines | LiveFace, offered: tuple[Choice, ...], marks: AbstractContextManager[None]
) -> Iterator[Person]:
    """Let the person at the terminal answer on `face` until it is left; `marks` surrounds what they type."""
    with system.single_keys(sys.stdin.fileno()) as read, marks:
        person = Person(face, f"{getpass.getuser()} at the terminal", offered)
        with Keyboard(read, person.take, person.left_alone):
            yield person


@contextmanager
def _marking(console: Console) -> Iterator[None]:
    """Have the terminal mark what is pasted."""
    try:
        _write(console, ASK_FOR_MARKS)
        yield
    finally:
        _write(console, NO_MARKS)


@contextmanager
def _at_terminal() -> Iterator[Console]:
    """Open the terminal that keys come from, to show questions there."""
    screen = system.screen_of(sys.stdin.fileno()).open("w", encoding="utf-8")
    try:
        yield Console(file=_enduring(screen), force_terminal=True, color_system=None, highlight=False, emoji=False)
    finally:
        with suppress(OSError):  # It writes what is left, to a terminal that may have gone.
            screen.close()


def _enduring(stream: IO[str]) -> IO[str]:
    return cast("IO[str]", Enduring(stream))


def _write(console: Console, text: str) -> None:
    console.file.write(text)
    console.file.flush()
