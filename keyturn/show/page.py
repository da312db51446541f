"""The procedure as one HTML page that needs nothing else and prints on A4."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from keyturn.show.person import asked_for, instructions

if TYPE_CHECKING:
    from keyturn.catalogue import Catalogue
    from keyturn.model import Runbook
    from keyturn.show.person import Instruction, Line

_STYLE = files("keyturn.show").joinpath("page.css").read_text(encoding="utf-8")


def html(runbook: Runbook, catalogue: Catalogue) -> str:
    """Return the page."""
    source = f"Source: {runbook.procedure.source.name}."
    numbers = f"P01, P02 and so on are the instructions of {runbook.procedure.file}."
    controls = f" Evidence for the controls {', '.join(runbook.controls)}." if runbook.controls else ""
    head = f"Runbook {runbook.name}, revision {runbook.revision}. {source}{controls} {numbers}"
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(runbook.title)}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>',
        f'<h1>{escape(runbook.title)}</h1><p class="head">{escape(head)}</p>',
        '<div class="sign"><span>Date</span><span>Carried out by</span><span>Confirmed by</span></div>',
        _inputs(runbook),
        "<h2>Instructions</h2>",
    ]
    parts += [_section(number, item) for number, item in enumerate(instructions(runbook, catalogue), 1)]
    return "\n".join([*filter(None, parts), "</html>", ""])


def _inputs(runbook: Runbook) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}<small>{escape(help_)}</small></td><td>{escape(usual)}</td><td></td></tr>"
        for name, usual, help_ in asked_for(runbook)
    )
    head = "<tr><th>What</th><th>Usual value</th><th>Yours</th></tr>"
    return f"<h2>To have at hand</h2><table>{head}{rows}</table>" if rows else ""


def _section(number: int, item: Instruction) -> str:
    where = " · ".join(filter(None, (item.screen, item.covers)))
    lines = "".join(map(_line, item.lines))
    return (
        f'<section><div class="n">{number}</div><div><h3>{escape(item.heading)}</h3>'
        f'<p class="where">{escape(where)}</p><ul>{lines}</ul></div><div class="done"> done at _______</div></section>'
    )


def _line(line: Line) -> str:
    text = escape(line.text)
    if line.kind == "give":
        text = f"{escape(line.name)}: <b>{text}</b>"
    if line.kind == "write":
        text = f"Write down: {escape(line.name)}"
    return f'<li class="{line.kind}">{text}</li>'
