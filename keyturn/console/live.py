"""The run as a live table: what was done, what is being done, what comes, and how far it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from keyturn import events
from keyturn.console.words import EFFECTS, MARKS, SEARCHING, duration, instructions
from keyturn.events import Result

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from keyturn.model import Runbook

_AROUND = 8  # lines of the screen that are not rows of the table


class LiveSteps:
    """A listener that redraws. Use as a context manager; `paused` gives the terminal to a question."""

    def __init__(self, console: Console, runbook: Runbook) -> None:
        self._console = console
        self._steps = runbook.steps
        self._title = runbook.title
        self._ended: dict[str, events.StepEnded] = {}
        self._now = -1
        self._said = Text()
        self._began = time.monotonic()
        self._spinner = Spinner("dots")
        self._live = Live(get_renderable=self.get_renderable, console=console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def pause(self) -> None:
        """Take the table off the screen until `go_on`."""
        self._live.stop()

    def go_on(self) -> None:
        """Draw the table again."""
        self._live.start()

    def __call__(self, event: events.Event) -> None:
        """Take the event into the picture."""
        match event:
            case events.StepStarted():
                self._now = event.number - 1
                self._said = Text(f"{event.step}  {event.note}".rstrip(), style="dim")
            case events.GateAsked(gate="sign_in"):
                self._said = Text("Waiting for you: sign in, in the browser window.", style="bold yellow")
            case events.Retrying():
                self._said = Text(
                    f"Not yet: {event.seen}\nAsking again for up to {duration(event.left)}.", style="yellow"
                )
            case events.SecretSealed():
                self._said = Text(f"The value is sealed into the store. Secret ID {event.secret_id}", style="green")
            case events.SearchBegan():
                self._said = Text(SEARCHING[event.pictures_read], style="bold")
            case events.StepEnded():
                self._ended[event.step] = event
            case _:
                pass

    def get_renderable(self) -> RenderableType:
        """Return the table as it looks at this moment."""
        table = Table(box=None, padding=(0, 1), show_header=False, expand=True)
        table.add_column(width=2)
        table.add_column(justify="right", width=3, style="dim")
        table.add_column(ratio=1, no_wrap=True)
        table.add_column(width=12, style="dim", no_wrap=True)
        table.add_column(width=9, justify="right")
        for index in self._window():
            table.add_row(*self._row(index))
        done = len(self._ended)
        bar = Table.grid(padding=(0, 1), expand=True)
        bar.add_column(ratio=1)
        bar.add_column(justify="right")
        bar.add_row(
            ProgressBar(total=len(self._steps), completed=done, complete_style="blue", finished_style="green"),
            Text(f"{done} of {len(self._steps)}   {duration(time.monotonic() - self._began)}", style="dim"),
        )
        return Panel(Group(table, Text(), self._said, bar), title=self._title, title_align="left", border_style="blue")

    def _window(self) -> range:
        """Return the rows that fit: the current one a third from the bottom, so that what comes is seen too."""
        rows = max(3, self._console.height - _AROUND)
        first = min(max(0, self._now - rows * 2 // 3), max(0, len(self._steps) - rows))
        return range(first, min(len(self._steps), first + rows))

    def _row(self, index: int) -> tuple[RenderableType, ...]:
        step = self._steps[index]
        ended = self._ended.get(step.id)
        number, covers = str(index + 1), instructions(step.covers)
        if ended:
            mark, style = MARKS[Result(ended.result)]
            right = duration(ended.seconds) if ended.result != Result.SKIPPED else "skipped"
            return (
                Text(mark, style=style),
                number,
                Text(step.title, style="dim" if style == "dim" else ""),
                covers,
                right,
            )
        if index == self._now:
            return self._spinner, number, Text(step.title, style="bold"), covers, EFFECTS[step.effect.value]
        return "", number, Text(step.title, style="dim"), covers, Text(EFFECTS[step.effect.value], style="dim")
