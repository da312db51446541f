"""The procedure as Markdown with tick boxes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyturn.show.person import asked_for, instructions

if TYPE_CHECKING:
    from keyturn.catalogue import Catalogue
    from keyturn.model import Runbook
    from keyturn.show.person import Line

_BLANK = "____________"
_FORM = {
    "warn": "- **Warning:** {text}",
    "see": "- [ ] {text}",
    "check": "- [ ] **{text}**",
    "give": "  - {name}: {text}",
    "write": f"- Write down: {{name}} {_BLANK}",
    "note": "- Note: {text}",
}


def markdown(runbook: Runbook, catalogue: Catalogue) -> str:
    """Return the procedure as Markdown."""
    source = f"Source: {_plain(runbook.procedure.source.name)}."
    lines = [f"# {_plain(runbook.title)}", "", f"Runbook {runbook.name}, revision {runbook.revision}. {source}"]
    lines += [f"Evidence for the controls {_plain(', '.join(runbook.controls))}."] if runbook.controls else []
    lines += [f"P01, P02 and so on are the instructions of {_plain(runbook.procedure.file)}.", ""]
    lines += [f"Date: {_BLANK}  By: {_BLANK}", ""]
    if asked := asked_for(runbook):
        lines += ["## To have at hand", "", "| what | usual value | yours |", "|---|---|---|"]
        lines += [f"| {_plain(name)} | {_plain(usual)} | |" for name, usual, _ in asked]
        lines.append("")
    for number, item in enumerate(instructions(runbook, catalogue), 1):
        covers = f" ({item.covers})" if item.covers else ""
        lines += [f"## {number}. {_plain(item.heading)}{covers}", "", f"Screen: {_plain(item.screen)}", ""]
        lines += [_line(line) for line in item.lines]
        lines += ["- [ ] done at ________", ""]
    return "\n".join(lines)


def _line(line: Line) -> str:
    return _FORM.get(line.kind, "- {text}").format(text=_plain(line.text), name=_plain(line.name))


def _plain(text: str) -> str:
    """Return `text` with what Markdown would take for its own marks made plain, but for lines to write on."""
    return re.sub(r"([\\`*\[\]<>#|]|(?<!_)_(?!_))", r"\\\1", text)
