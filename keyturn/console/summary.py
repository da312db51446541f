"""The last thing a person reads: what was done, what changed, what to do next, where the recording is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from keyturn.console.words import MARKS, duration, instructions
from keyturn.events import Failed, Result

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from keyturn.outcome import Summary

_WIDE = 110  # characters; narrower, the ids would break the titles into lines


def print_summary(console: Console, summary: Summary, title: str, failed: Failed | None) -> None:
    """Print `summary` to `console`; `failed` tells of the step that stopped the run, if one did."""
    good = summary.exit == 0
    parts: list[RenderableType] = [_steps(summary, wide=console.width >= _WIDE), Text()]
    if failed:
        parts += [_failure(failed), Text()]
    parts += [_facts(summary)]
    console.print(Panel(Group(*parts), title=title, title_align="left", border_style="green" if good else "red"))
    word = "done" if good else summary.status
    console.print(Text(f"{word} in {duration(summary.seconds)}", style="bold green" if good else "bold red"))


def _steps(summary: Summary, *, wide: bool) -> Table:
    """Return the steps; `wide` leaves room for their ids, which a narrow screen tells while the steps are done."""
    table = Table(box=None, padding=(0, 1), show_edge=False, header_style="dim", expand=True)
    table.add_column("", width=1)
    table.add_column("step", ratio=1)
    if wide:
        table.add_column("id", style="dim", no_wrap=True)
    table.add_column("procedure", style="dim", no_wrap=True)
    table.add_column("result", no_wrap=True)
    table.add_column("time", justify="right", no_wrap=True)
    for step in summary.steps:
        mark, style = MARKS[Result(step["result"])]
        title = Text(step["title"])
        if step["reason"] and step["result"] == Result.SKIPPED:
            title.append(f"\n{step['reason']}", style="dim italic")
        time = duration(step["seconds"]) if step["result"] != Result.SKIPPED else ""
        who = (title, Text(step["id"])) if wide else (title,)
        table.add_row(
            Text(mark, style=style), *who, instructions(step["covers"]), Text(step["result"], style=style), time
        )
    return table


def _found(summary: Summary) -> dict[str, str]:
    """Return what the last step to find out anything found: where nothing is changed, the run was for that."""
    done = [step for step in summary.steps if step["result"] == Result.DONE and step["outputs"]]
    return dict(done[-1]["outputs"]) if done and summary.exit == 0 else {}


def _failure(failed: Failed) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold red", no_wrap=True)
    grid.add_column()
    grid.add_row("stopped at", Text(f"{failed.title} ({failed.step})"))
    grid.add_row("expected", Text(failed.expected))
    grid.add_row("seen", Text(failed.seen))
    grid.add_row("do next", Text(failed.next, style="bold"))
    return grid


def _facts(summary: Summary) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for secret in summary.secrets:
        grid.add_row("new secret", Text(f"{secret['name']}, ID {secret['secret_id']}, expires {secret['expires_on']}"))
    for index, change in enumerate(summary.changed):
        grid.add_row("changed" if index == 0 else "", Text(change))
    if not summary.changed:
        grid.add_row("changed", Text("nothing"))
        for name, text in _found(summary).items():
            grid.add_row(name.replace("_", " "), Text(text))
    grid.add_row("recording", Text(summary.recording))
    if summary.search:
        how = "pictures too" if summary.search["pictures_read"] else "not the pictures"
        grid.add_row("searched", Text(f"for the value in {duration(summary.search['seconds'])}, {how}"))
    if summary.timestamp:
        grid.add_row("timestamp", Text(summary.timestamp))
    return grid
