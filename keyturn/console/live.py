"""The run as a live screen: the list of steps with results and times, the instruction in full, the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from keyturn.console.instruction import instruction, laid_out
from keyturn.console.words import EFFECTS, MARKS, duration, instructions
from keyturn.events import Result

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from keyturn.console.scene import Scene

_FRAME = 4  # lines of the list's panel that are no steps: its frame, a gap and the progress
_LEAST = 3  # steps; with room for less there is no list but what comes next
_NARROW = 70  # columns; on less the list has titles and results alone
_A_SECOND = 8  # redraws


class LiveScreen:
    """Draws the scene, again and again. Use as a context manager; the screen is as before afterwards."""

    def __init__(self, console: Console, scene: Scene) -> None:
        self.scene = scene
        self._console = console
        self._spinner = Spinner("dots")
        self._live = Live(
            get_renderable=self.get_renderable, console=console, refresh_per_second=_A_SECOND, screen=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def draw(self) -> None:
        """Draw at once what has changed."""
        self._live.refresh()

    def ring(self) -> None:
        """Ring the terminal's bell."""
        self._console.bell()

    def move(self, direction: int) -> None:
        """Move the instruction by half of what is seen of it: 1 shows what comes below."""
        view = laid_out(self.scene, self._console)
        self.scene.moved = view.held(self.scene.moved + direction * max(1, view.height // 2))

    def hides(self) -> bool:
        """Return whether part of what is asked about has no room on the screen."""
        return laid_out(self.scene, self._console).hides(self.scene.moved)

    def get_renderable(self) -> RenderableType:
        """Return the screen as it looks at this moment. It is never higher than the terminal."""
        scene, height = self.scene, self._console.height
        if scene.listed is not None:
            return self._list(height, scene.listed)
        below = instruction(scene, self._console)
        left = height - len(self._console.render_lines(below, pad=False))
        if left < _FRAME + _LEAST:
            return Group(*([self._next()] if left > 1 else []), self._progress(), below)
        rows = min(left - _FRAME, len(scene.runbook.steps))
        # The current step stands a third from the bottom, so that what comes is seen too.
        first = min(max(0, scene.now - rows * 2 // 3), len(scene.runbook.steps) - rows)
        return Group(self._list(rows + _FRAME, first), below)

    def _list(self, height: int, first: int) -> Panel:
        steps = self.scene.runbook.steps
        table = Table(box=None, padding=(0, 1), show_header=False, expand=True)
        table.add_column(width=1)
        table.add_column(justify="right", width=2, style="dim")
        table.add_column(ratio=1, no_wrap=True)
        if self._console.width >= _NARROW:
            table.add_column(style="dim", no_wrap=True, min_width=8)
        table.add_column(justify="right", no_wrap=True, min_width=8)
        for index in range(first, min(len(steps), first + height - _FRAME)):
            table.add_row(*self._row(index))
        title = Text(self.scene.runbook.title, style="bold", overflow="ellipsis", no_wrap=True)
        whole = self.scene.listed is not None
        hint = Text("up and down move the list, l goes back", style="dim") if whole else None
        return Panel(
            Group(table, Text(), self._progress()),
            title=title, title_align="left", border_style="blue", height=height if whole else None,
            subtitle=hint, subtitle_align="left",
        )  # fmt: skip

    def _next(self) -> Text:
        """Return what comes next, for a terminal without room for the list."""
        after = self.scene.runbook.steps[self.scene.now + 1 :][:1]
        words = f"Next: {after[0].title}" if after else "This is the last step."
        return Text(words, style="dim", overflow="ellipsis", no_wrap=True)

    def _progress(self) -> Table:
        scene = self.scene
        done, total = len(scene.ended), len(scene.runbook.steps)
        bar = Table.grid(padding=(0, 1), expand=True)
        bar.add_column(ratio=1)
        bar.add_column(justify="right", no_wrap=True)
        bar.add_row(
            ProgressBar(total=total, completed=done, complete_style="blue", finished_style="green"),
            Text(f"{done} of {total} · {duration(scene.clock() - scene.began)} · {scene.mode} mode", style="dim"),
        )
        return bar

    def _row(self, index: int) -> list[RenderableType]:
        step = self.scene.runbook.steps[index]
        ended = self.scene.ended.get(step.id)
        effect = Text(EFFECTS[step.effect.value], style="dim")
        mark: RenderableType = ""
        title, right = Text(step.title, style="dim"), effect
        if ended:
            result = Result(ended.result)
            mark = Text(MARKS[result][0], style=MARKS[result][1])
            title.style = "dim" if result is Result.SKIPPED else ""
            right = Text("skipped" if result is Result.SKIPPED else duration(ended.seconds), style="dim")
            if result in {Result.BY_OPERATOR, Result.OVERRIDDEN, Result.FAILED}:
                right = Text(result.value, style=MARKS[result][1])
        elif index == self.scene.now:
            mark = Text("▸", style="bold yellow") if self.scene.dialogue else self._spinner
            title, right = Text(step.title, style="bold"), Text(EFFECTS[step.effect.value], style="bold")
        title.overflow = "ellipsis"
        covers = [Text(instructions(step.covers))] if self._console.width >= _NARROW else []
        return [mark, str(index + 1), title, *covers, right]
