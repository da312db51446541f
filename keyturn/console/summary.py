"""The last thing a person reads: what was done, what changed, what to do next, where the recording is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from evidence.story_words import asked_for
from keyturn.console.words import MARKS, clean, duration, instructions
from keyturn.events import Failed, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, RenderableType

    from keyturn.model import Runbook
    from keyturn.outcome import Summary

_NARROW = 70  # columns; on less the table leaves out what stands in the report
_WIDE = 110  # columns; on less the ids, told while the steps are done, would break the titles into lines


def print_summary(
    console: Console, summary: Summary, runbook: Runbook, failed: Failed | None, *, plain: bool = False
) -> None:
    """Print `summary` to `console`; `failed` tells of the step that stopped the run, if one did.

    `plain`: whole lines without drawing, and without the list of steps, which stands above it already.
    """
    facts = [*_failure(failed), *_facts(summary, runbook)]
    last = _last_word(summary, runbook)
    if plain:
        named = [(f"{name[0].upper()}{name[1:]}: " if name else "    ", text) for name, text in facts]
        lines = [f"{name}{clean(text)}" for name, text in named]
        for line in ["", *lines, "", f"{last[0].upper()}{last[1:]}."]:
            console.print(line, markup=False, highlight=False, soft_wrap=not console.is_terminal)
        return
    good = summary.exit == 0
    notable = good and _by_the_person(summary, runbook)
    style = "red" if not good else "yellow" if notable else "green"
    parts: list[RenderableType] = [_steps(console, summary), Text(), _grid(facts, failed is not None)]
    console.print(Panel(Group(*parts), title=Text(runbook.title), title_align="left", border_style=style))
    console.print(Text(last, style=f"bold {style}"))


def _steps(console: Console, summary: Summary) -> Table:
    named, wide = console.width >= _WIDE, console.width >= _NARROW
    table = Table(box=None, padding=(0, 1), show_edge=False, header_style="dim", expand=True)
    table.add_column("", width=1)
    table.add_column("step", ratio=1)
    if named:
        table.add_column("id", style="dim", no_wrap=True)
    if wide:
        table.add_column("procedure", style="dim", no_wrap=True)
    table.add_column("result", no_wrap=True)
    if wide:
        table.add_column("time", justify="right", no_wrap=True)
    for step in summary.steps:
        result = Result(step["result"])
        mark, style = MARKS[result]
        title = Text(step["title"])
        if step["reason"] and result is not Result.FAILED:
            title.append(f"\n{step['reason']}", style="dim italic")
        time = duration(step["seconds"]) if result is not Result.SKIPPED else ""
        who = [title, *([Text(step["id"])] if named else [])]
        covers = [instructions(step["covers"])] if wide else []
        table.add_row(Text(mark, style=style), *who, *covers, Text(result, style=style), *([time] if wide else []))
    return table


def _grid(facts: Sequence[tuple[str, str]], failed: bool) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in facts:
        red = failed and name in {"stopped at", "expected", "seen"}
        grid.add_row(
            Text(name, style="red" if red else ""), Text(clean(text), style="bold" if name == "do next" else "")
        )
    return grid


def _failure(failed: Failed | None) -> Iterator[tuple[str, str]]:
    if failed:
        yield "stopped at", f"{failed.title} ({failed.step})"
        yield "expected", failed.expected
        yield "seen", failed.seen
        yield "do next", failed.next


def _facts(summary: Summary, runbook: Runbook) -> Iterator[tuple[str, str]]:
    for index, (step, what) in enumerate(_by_the_person(summary, runbook)):
        yield ("your word" if index == 0 else ""), f"{step['title']} – {what}"
    for secret in summary.secrets:
        yield "new secret", f"{secret['name']}, ID {secret['secret_id']}, expires {secret['expires_on']}"
    for index, change in enumerate(summary.changed):
        yield ("changed" if index == 0 else ""), change
    if not summary.changed:
        yield "changed", "nothing"
        for name, text in _found(summary).items():
            for index, line in enumerate(text.splitlines() or [""]):
                yield (name.replace("_", " ") if index == 0 else ""), line
    yield "recording", summary.recording
    if summary.search:
        what = "the value" if summary.search["values"] else "anything of a client secret's shape"
        how = "pictures too" if summary.search["pictures_read"] else "not the pictures"
        yield "searched", f"for {what} in {duration(summary.search['seconds'])}, {how}"
    if summary.timestamp:
        yield "timestamp", summary.timestamp


def _found(summary: Summary) -> dict[str, str]:
    """Return what the last step to find out anything found: where nothing is changed, the run was for that."""
    done = [step for step in summary.steps if step["result"] == Result.DONE and step["outputs"]]
    return dict(done[-1]["outputs"]) if done and summary.exit == 0 else {}


def _by_the_person(summary: Summary, runbook: Runbook) -> list[tuple[dict[str, Any], str]]:
    """Return the steps whose end is a person's word: overridden, or skipped for another reason than the runbook's."""
    own = {step.id: {fact.say for fact in step.when} for step in runbook.steps}
    return [
        (step, f"{step['result']}: {step['reason']}")
        for step in summary.steps
        if step["result"] == Result.OVERRIDDEN
        or (step["result"] == Result.SKIPPED and step["reason"] not in own.get(step["id"], set()))
    ]


def _last_word(summary: Summary, runbook: Runbook) -> str:
    """Return how it ended: a run in which a person passed something over is not simply done."""
    took = f"in {duration(summary.seconds)}"
    only = asked_for(summary.asked)
    kept_to = f"; {only}" if only else ""
    if summary.exit:
        return f"{summary.status} {took}{kept_to}"
    passed = [step["result"] for step, _ in _by_the_person(summary, runbook)]
    told = [f"{passed.count(word)} {word}" for word in (Result.OVERRIDDEN, Result.SKIPPED) if word in passed]
    steps = "step" if len(passed) == 1 else "steps"
    but = f", but with {' and '.join(told)} {steps}" if told else ""
    return f"done {took}{but}{kept_to}"
