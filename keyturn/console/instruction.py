"""The current instruction on the live screen: in full, with its notes and warnings, the question and the keys.

Where the terminal is too small for all of it, what cannot be taken back comes first, and the arrows move the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Group
from rich.panel import Panel
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from keyturn.console.dialogue import LETTERS, Asks
from keyturn.console.words import asks, duration, effect, instructions, undo
from keyturn.gates import About

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from keyturn.console.scene import Scene
    from keyturn.gates import Question
    from keyturn.model import Step

_LOW = 24  # lines of the terminal; on less the panel leaves out what can be read elsewhere
_LIST = "l"
_RIMS = 3  # lines of the panel's frame, and of the progress above it


def instruction(scene: Scene, console: Console) -> RenderableType:
    """Return the panel below the list."""
    step, dialogue = scene.step, scene.dialogue
    question = dialogue.question if dialogue else None
    if step is None:
        words = [question.title, question.act] if question else [scene.last_word or "Opening the browser."]
        words += scene.found
        asking = _asking(scene, console.width) if question else []
        return Panel(Group(*map(Text, filter(None, words)), *asking), border_style="yellow" if question else "blue")
    view = laid_out(scene, console)
    failed = question is not None and question.about is About.FAILURE
    head = f"Step {scene.now + 1} of {len(scene.runbook.steps)} · {instructions(step.covers)} · {step.id}"
    style = "red" if failed else "yellow" if question else "blue"
    body = Group(_Lines(view.seen(scene.moved)), *view.hint(scene.moved), view.below)
    return Panel(body, title=Text(head), title_align="left", border_style=style)


@dataclass(frozen=True, slots=True)
class View:
    """The lines of the panel above its question, of which `room` fit: the keys are never pushed off the screen.

    The first `must` of them say what the question is about: what is worked on, and whether it can be taken back.
    """

    lines: list[list[Segment]]
    must: int
    room: int
    below: Group

    @property
    def height(self) -> int:
        """How many lines are seen at once."""
        return len(self.lines) if len(self.lines) <= self.room else max(1, self.room - 1)

    def seen(self, moved: int) -> list[list[Segment]]:
        """Return the lines that are seen when they have been moved up by so many."""
        first = self.held(moved)
        return self.lines[first : first + self.height]

    def held(self, moved: int) -> int:
        """Return by how many lines they can be moved at most, up to `moved`."""
        return max(0, min(moved, len(self.lines) - self.height))

    def hides(self, moved: int) -> bool:
        """Return whether part of what the question is about is still to be moved into view."""
        return self.held(moved) + self.height < self.must

    def hint(self, moved: int) -> list[Text]:
        """Return the line that tells of more."""
        if self.height == len(self.lines) or self.height == self.room:
            return []
        more = (
            "… there is more: up, down" if self.held(moved) + self.height < len(self.lines) else "… there is more: up"
        )
        return [Text(more, style="dim", no_wrap=True)]


def laid_out(scene: Scene, console: Console) -> View:
    """Return the panel of the step that is being done."""
    step, question = scene.step, scene.dialogue.question if scene.dialogue else None
    if step is None:
        return View([], 0, 0, Group())
    low = console.height < _LOW
    failed = question is not None and question.about is About.FAILURE
    found = [Text(line, style="cyan") for line in scene.found]
    note = [Text(step.note, style="italic")] if step.note else []
    about, beside = _facts(scene, step, question)
    said = [] if failed else [Text(text, style="cyan") for text in scene.said[-1 if low else 0 :]]
    head = [Text(_title(step, question), style="bold red" if failed else "bold")]
    first: list[RenderableType] = [*head, about] if low else [*found, *head, *note, about]
    parts: list[RenderableType] = [
        *first,
        beside,
        *([*note, *found] if low else []),
        *said,
        *([_waiting(scene)] if scene.waiting else []),
    ]
    below = Group(*([] if low else [Text()]), *_asking(scene, console.width))

    def lines(of: Sequence[RenderableType]) -> list[list[Segment]]:
        return console.render_lines(Group(*of), _inside(console), pad=False)

    room = max(1, console.height - _RIMS - len(lines([below])))
    return View(lines(parts), len(lines(first)), room, below)


class _Lines:
    """Lines that are laid out already."""

    def __init__(self, lines: list[list[Segment]]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._lines:
            yield from (*line, Segment.line())


def _inside(console: Console) -> ConsoleOptions:
    return console.options.update(width=console.width - 4)


def _title(step: Step, question: Question | None) -> str:
    return question.title if question else step.title


def _facts(scene: Scene, step: Step, question: Question | None) -> tuple[Table, Table]:
    """Return what the step works on and what it does, and what else is known; for a failure, what came of it."""
    if question and question.about is About.FAILURE:
        return _grids(*_failure(question, scene.picture))
    warning = question.warning if question else ""
    about = [(name, Text(text)) for name, text in dict(question.details if question else scene.given.items()).items()]
    about.append(("does", Text(warning or effect(step), style="bold yellow" if warning else "")))
    word, how = undo(step)
    beside = [(word, Text(how))] if word else []
    if step.pastes and question and question.about is About.BY_HAND:
        beside.append(("value", Text("is on the clipboard now; it is cleared when it is in the field")))
    if place := scene.places.get(step.id):
        beside.append(("where", Text(place)))
    if account := scene.accounts.get(step.page.partition(".")[0]):
        beside.append(("signed in", Text(account)))
    return _grids(about, beside)


def _grids(*rows: list[tuple[str, Text]]) -> tuple[Table, Table]:
    """Return two tables that look like one."""
    made = []
    for some in rows:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", no_wrap=True, width=max(len(name) for every in rows for name, _ in every))
        grid.add_column(overflow="fold")
        for name, text in some:
            grid.add_row(name, text)
        made.append(grid)
    about, beside = made
    return about, beside


def _failure(question: Question, picture: str) -> tuple[list[tuple[str, Text]], list[tuple[str, Text]]]:
    about = [
        ("expected", Text(question.expected)),
        ("seen", Text(question.seen, style="bold")),
        ("do next", Text(question.next)),
    ]
    changes = question.changed or ("nothing so far",)
    beside = [("changed" if index == 0 else "", Text(change)) for index, change in enumerate(changes)]
    if picture:
        link = f"link {Path(picture).resolve().as_uri()}"
        beside.append(("picture", Text(picture, style=link, overflow="fold")))
    return about, beside


def _waiting(scene: Scene) -> Text:
    waiting = scene.waiting
    if waiting is None:
        return Text()
    left = duration(max(0.0, waiting.until - scene.clock()))
    return Text(f"Asking again for up to {left}; the portal says: {waiting.seen}", style="bold yellow")


def _asking(scene: Scene, width: int) -> list[RenderableType]:
    """Return the question and what may be pressed; between questions, what may be wished."""
    dialogue = scene.dialogue
    if dialogue is None:
        if not scene.attended:
            return []
        keys = [(LETTERS[choice], choice.value) for choice in scene.offered] + [(_LIST, "list")]
        return [Text(scene.noted, style="bold yellow"), _keys(keys, width)] if scene.noted else [_keys(keys, width)]
    parts: list[RenderableType] = [Text(dialogue.prompt() or asks(dialogue.question), style="bold yellow")]
    if dialogue.wants is Asks.REASON:
        parts.append(Text(f"> {scene.typed or ''}▏"))
        parts.append(_keys([("Enter", "that is the reason"), ("Esc", "back")], width))
    else:
        parts.append(_keys([*dialogue.options(), (_LIST, "list")], width))
    return [*parts, Text(scene.noted, style="bold")] if scene.noted else parts


def _keys(keys: list[tuple[str, str]], width: int) -> Text:
    """Lay keys out in one text that breaks between them."""
    text = Text()
    used, room = 0, width - 4
    for letter, says in keys:
        length = len(letter) + len(says) + 1
        if used and used + 3 + length > room:
            text.append("\n")
            used = 0
        elif used:
            text.append("   ")
            used += 3
        text.append(letter, style="bold reverse").append(f" {says}")
        used += length
    return text
