"""The runbook as a procedure for a person with pen and paper: what to do, what to look for, what cannot be undone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from keyturn.interpolate import references, substitute
from keyturn.model import Effect, FactKind, Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyturn.catalogue import Catalogue, PageSpec
    from keyturn.interpolate import Reference
    from keyturn.model import Fact, Probe, Runbook, Scalar, Step

_EFFECT = {
    Effect.CREATE: "This creates something in the portal.",
    Effect.CHANGE: "This changes something in the portal.",
    Effect.DELETE: "This deletes something in the portal.",
}
_FACT = {
    FactKind.STORED: "{0} is in the encrypted store",
    FactKind.DONE: "step “{0}” is done",
    FactKind.EXPIRED: "{0} lies before today",
    FactKind.SAME: "{0} is {1}",
    FactKind.DIFFER: "{0} is not {1}",
    FactKind.AGREES: "{0}, where given, is {1}",
    FactKind.GIVEN: "{0} is given",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line under an instruction. `kind` is `do`, `only`, `check`, `warn`, `see` or `note`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step as a person reads it."""

    heading: str
    screen: str
    covers: str
    lines: tuple[Line, ...]


def instructions(runbook: Runbook, catalogue: Catalogue) -> tuple[Instruction, ...]:
    """Return the steps in a person's words. The runbook has passed `keyturn.check`."""
    titles = {step.id: step.title for step in runbook.steps}

    def said(reference: Reference) -> str:
        if reference.root == "inputs":
            spec = runbook.inputs[reference.of]
            return spec.default or f"‹{spec.ask or _words(reference.of)}›"
        if reference.root == "run":
            return "‹this run›"
        return f"‹{_words(reference.output)}, from “{titles[reference.of]}”›"

    return tuple(_Person(runbook, catalogue, said, titles).step(step) for step in runbook.steps)


@dataclass(frozen=True, slots=True)
class _Person:
    """Says things to a person: `said` puts names into words."""

    runbook: Runbook
    catalogue: Catalogue
    said: Callable[[Reference], str]
    titles: Mapping[str, str]

    def step(self, step: Step) -> Instruction:
        page = self._page(step.page)
        lines = [Line("only", f"Only when {self._fact(fact)}; otherwise {fact.say}.") for fact in step.when]
        lines += [Line("check", f"Stop unless {self._fact(fact)}: {fact.say}.") for fact in step.guard]
        if step.effect in _EFFECT:
            back = f" To take it back: {step.undo.say}." if step.undo and step.undo.do else " It cannot be taken back"
            back = back if step.undo and step.undo.do else f"{back}{f': {step.undo.say}' if step.undo else ''}."
            lines.append(Line("warn", _EFFECT[step.effect] + back))
        if step.gate is Gate.CONFIRM:
            lines.append(Line("check", "Before you press it: confirmed by ____________"))
        lines += [Line("do", f"{page.actions[step.do].doc}.")]
        lines += [Line("do", f"{_words(name).capitalize()}: {self._text(value)}") for name, value in step.args.items()]
        if step.pastes:
            lines.append(Line("do", f"Paste {self._secret(step.pastes)}; do not type it, do not write it down."))
        if step.copies:
            lines.append(Line("warn", f"Keep {self._secret(step.copies)} in the encrypted store and nowhere else."))
        lines += [Line("see", self._probe(probe)) for probe in step.expect]
        lines += [Line("do", f"Write down: {_words(name)} ____________") for name in step.outputs]
        lines += [Line("note", step.note)] if step.note else []
        covers = ", ".join(f"P{number:02}" for number in step.covers)
        return Instruction(step.title, page.cls.title, covers, tuple(lines))

    def _page(self, named: str) -> PageSpec:
        portal, _, name = named.partition(".")
        return self.catalogue.page(self.runbook.portals[portal].pages, name)

    def _text(self, value: Scalar) -> str:
        return substitute(value, self.said) if isinstance(value, str) else str(value).lower()

    def _secret(self, name: str) -> str:
        return f"the secret “{self._text(self.runbook.secrets[name].label)}”"

    def _fact(self, fact: Fact) -> str:
        of = [self._asked(text) or self._text(text) or "nothing" for text in fact.of]
        of = [self.titles.get(fact.of[0], of[0])] if fact.kind is FactKind.DONE else of
        of = [self._secret(fact.of[0])] if fact.kind is FactKind.STORED else of
        words = _FACT[fact.kind].format(*of)
        return f"it is not so that {words}" if fact.negated else words

    def _asked(self, text: str) -> str:
        """Return what a fact asks of an input: its name, with the default that the reader may have replaced."""
        found = references(text)
        if len(found) != 1 or found[0].written != text or found[0].root != "inputs":
            return ""
        default = self.runbook.inputs[found[0].of].default
        usual = "" if default is None else f" ({default or 'nothing'} unless given)"
        return f"“{_words(found[0].of)}”{usual}"

    def _probe(self, probe: Probe) -> str:
        page = self._page(probe.page)
        args = ", ".join(f"{_words(name)} {self._text(value)}" for name, value in probe.args.items())
        spec = page.probe(probe.ask)
        asked = re.sub(r"^\w* ?[Ww]hether |`", "", spec.doc) if spec else ""
        turned = "it is not so that " if probe.ask not in page.probes else ""
        return f"See on “{page.cls.title}”: {turned}{asked}{f' ({args})' if args else ''}"


def _words(name: str) -> str:
    return re.sub(r"[_-]", " ", name)


def markdown(runbook: Runbook, catalogue: Catalogue) -> str:
    """Return the procedure as Markdown with tick boxes."""
    lines = [f"# {_plain(runbook.title)}", "", _head(runbook), "", "Date: ____________  By: ____________", ""]
    for number, item in enumerate(instructions(runbook, catalogue), 1):
        covers = f" ({item.covers})" if item.covers else ""
        lines += [f"## {number}. {_plain(item.heading)}{covers}", "", f"Screen: {_plain(item.screen)}", ""]
        lines += [_markdown_line(line) for line in item.lines]
        lines += ["- [ ] done at ________", ""]
    return "\n".join(lines)


def _markdown_line(line: Line) -> str:
    text = _plain(line.text)
    return {"warn": f"- **Warning:** {text}", "see": f"- [ ] {text}", "check": f"- [ ] **{text}**"}.get(
        line.kind, f"- {text}"
    )


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text) if "____" not in text else text


def _head(runbook: Runbook) -> str:
    return f"Runbook {runbook.name}, revision {runbook.revision}. Source: {runbook.procedure.source.name}."


_STYLE = """
:root{color-scheme:light}
body{font:11pt/1.45 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.02rem;margin:0 0 .2rem}.head{color:#444}.by{margin:1rem 0 1.5rem}
section{border-top:1px solid #bbb;padding:.7rem 0;break-inside:avoid}
small{color:#555}ul{margin:.3rem 0;padding-left:1.2rem}
.warn{color:#8a1c00;font-weight:600}.see,.check,.done{list-style:none;margin-left:-1.2rem}.check{font-weight:600}
.see::before,.check::before,.done::before{content:"☐";margin-right:.45rem}.note{color:#555;font-style:italic}
@page{size:A4;margin:16mm 15mm}@media print{body{margin:0;max-width:none;font-size:10pt}h2{break-after:avoid}}
"""


def html(runbook: Runbook, catalogue: Catalogue) -> str:
    """Return the procedure as one HTML file that needs nothing else and prints on A4."""
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(runbook.title)}</title>',
        f'<style>{_STYLE}</style><h1>{escape(runbook.title)}</h1><p class="head">{escape(_head(runbook))}</p>',
        '<p class="by">Date: ____________________ &nbsp; By: ____________________</p>',
    ]
    for number, item in enumerate(instructions(runbook, catalogue), 1):
        covers = f" <small>{item.covers}</small>" if item.covers else ""
        lines = "".join(f'<li class="{line.kind}">{escape(line.text)}</li>' for line in item.lines)
        parts.append(
            f"<section><h2>{number}. {escape(item.heading)}{covers}</h2><small>{escape(item.screen)}</small>"
            f'<ul>{lines}<li class="done">done at ________</li></ul></section>'
        )
    return "\n".join([*parts, "</html>", ""])
