"""The current instruction on the live screen: in full, with its notes and warnings, the question and the keys."""

from __future__ import annotations

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
    low = console.height < _LOW
    if step is None:
        words = [question.title, question.act] if question else [scene.last_word or "Opening the browser."]
        words += scene.found
        asking = _asking(scene, console.width) if question else []
        return Panel(Group(*map(Text, filter(None, words)), *asking), border_style="yellow" if question else "blue")
    failed = question is not None and question.about is About.FAILURE
    parts: list[RenderableType] = [Text(_title(step, question), style="bold red" if failed else "bold")]
    parts = [*(Text(line, style="cyan") for line in scene.found), *parts]
    if step.note:
        parts.append(Text(step.note, style="italic"))
    parts.append(_facts(scene, step, question))
    if not failed:
        parts += [Text(text, style="cyan") for text in scene.said[-1 if low else 0 :]]
    if scene.waiting:
        parts.append(_waiting(scene))
    below = Group(*([] if low else [Text()]), *_asking(scene, console.width))
    room = console.height - _RIMS - len(console.render_lines(below, _inside(console), pad=False))
    head = f"Step {scene.now + 1} of {len(scene.runbook.steps)} · {instructions(step.covers)} · {step.id}"
    style = "red" if failed else "yellow" if question else "blue"
    body = Group(_Cut(Group(*parts), room), below)
    return Panel(body, title=Text(head), title_align="left", border_style=style)


class _Cut:
    """As much of something as there is room for: the question and its keys are never pushed off the screen."""

    def __init__(self, whole: RenderableType, lines: int) -> None:
        self._whole = whole
        self._lines = max(1, lines)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self._whole, options, pad=False)
        for line in lines if len(lines) <= self._lines else lines[: self._lines - 1]:
            yield from (*line, Segment.line())
        if len(lines) > self._lines:
            yield Text("… there is more", style="dim")


def _inside(console: Console) -> ConsoleOptions:
    return console.options.update(width=console.width - 4)


def _title(step: Step, question: Question | None) -> str:
    return question.title if question else step.title


def _facts(scene: Scene, step: Step, question: Question | None) -> Table:
    """Return what the step works on and what it does; for a failure, what came of it."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    if question and question.about is About.FAILURE:
        _failure(grid, question, scene.picture)
        return grid
    if place := scene.places.get(step.id):
        grid.add_row("where", Text(place))
    if account := scene.accounts.get(step.page.partition(".")[0]):
        grid.add_row("signed in", Text(account))
    for name, text in dict(question.details if question else scene.given.items()).items():
        grid.add_row(name, Text(text))
    if step.pastes and question and question.about is About.BY_HAND:
        grid.add_row("value", Text("is on the clipboard now; it is cleared when it is in the field"))
    warning = question.warning if question else ""
    grid.add_row("does", Text(warning or effect(step), style="bold yellow" if warning else ""))
    word, how = undo(step)
    if word:
        grid.add_row(word, Text(how))
    return grid


def _failure(grid: Table, question: Question, picture: str) -> None:
    grid.add_row("expected", Text(question.expected))
    grid.add_row("seen", Text(question.seen, style="bold"))
    if picture:
        grid.add_row("picture", Text(picture, style=f"link {Path(picture).resolve().as_uri()}", overflow="fold"))
    for index, change in enumerate(question.changed or ("nothing so far",)):
        grid.add_row("changed" if index == 0 else "", Text(change))
    grid.add_row("do next", Text(question.next))


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
