"""The runbook as a procedure for a person with pen and paper: what to do, what to look for, what cannot be undone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keyturn.interpolate import references, substitute
from keyturn.model import Effect, FactKind, Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyturn.catalogue import Catalogue, PageSpec
    from keyturn.interpolate import Reference
    from keyturn.model import Fact, Input, Probe, Runbook, Scalar, Step

_EFFECT = {
    Effect.CREATE: "this creates something in the portal.",
    Effect.CHANGE: "this changes something in the portal.",
    Effect.DELETE: "this deletes something in the portal.",
}
_CONFIRMED = {
    Gate.CONFIRM: "Before you press it: confirmed by ____________",
    Gate.SECOND_PERSON: "Before you press it: confirmed by ____________ and, as the second person, by ____________",
}
_CAPITALS = {"id": "ID", "url": "URL", "ad": "AD", "ma": "MA"}
_FACT = {
    FactKind.STORED: "{0} is in the encrypted store",
    FactKind.DONE: "step “{0}” is done",
    FactKind.EXPIRED: "{0} lies before today",
    FactKind.SAME: "{0} is {1}",
    FactKind.DIFFER: "{0} is not {1}",
    FactKind.AGREES: "{0}, where given, is {1}",
    FactKind.GIVEN: "{0} is given",
}
_FACT_TURNED = {
    FactKind.STORED: "{0} is not in the encrypted store",
    FactKind.DONE: "step “{0}” is not done",
    FactKind.EXPIRED: "{0} does not lie before today",
    FactKind.SAME: "{0} is not {1}",
    FactKind.DIFFER: "{0} is {1}, or one of them is nothing",
    FactKind.AGREES: "{0} is given and is not {1}",
    FactKind.GIVEN: "{0} is not given",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line under an instruction. `kind` is `do`, `give`, `only`, `check`, `warn`, `see`, `note` or `write`.

    `name` is the field to fill in (`give`) or the thing to write down (`write`), else empty.
    """

    kind: str
    text: str
    name: str = ""


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
    numbers = {step.id: number for number, step in enumerate(runbook.steps, 1)}

    def said(reference: Reference) -> str:
        if reference.root == "inputs":
            spec = runbook.inputs[reference.of]
            return spec.default or f"‹{spec.ask or _words(reference.of)}›"
        if reference.root == "run":
            return "‹this run›"
        return f"‹{_words(reference.output)}, from step {numbers[reference.of]}›"

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
        lines = [*self._before(step), *self._act(step, page)]
        lines += [Line("see", self._probe(probe)) for probe in step.expect]
        lines += [Line("write", "", _label(name)) for name in step.outputs]
        lines += [Line("note", step.note)] if step.note else []
        covers = ", ".join(f"P{number:02}" for number in step.covers)
        return Instruction(step.title, page.cls.title, covers, tuple(lines))

    def _before(self, step: Step) -> list[Line]:
        lines = [Line("only", f"Only when {self._fact(fact)}; otherwise {fact.say}.") for fact in step.when]
        lines += [Line("check", f"Stop unless {self._fact(fact)}: {fact.say}.") for fact in step.guard]
        if step.effect in _EFFECT:
            lines.append(Line("warn", _warning(step)))
        if step.undo:
            only = [f"Take it back only when {self._fact(fact)}; otherwise {fact.say}." for fact in step.undo.guard]
            lines += [Line("only", text) for text in only]
        if step.gate in _CONFIRMED:
            lines.append(Line("check", _CONFIRMED[step.gate]))
        return lines

    def _act(self, step: Step, page: PageSpec) -> list[Line]:
        """Return what is to be done. What a page waits for while a person acts is for the person to do."""
        if step.gate is Gate.SIGN_IN:
            return [Line("do", "Sign in yourself.")]
        lines = [Line("do", f"{page.actions[step.do].doc.replace('`', '')}.")]
        lines += [Line("give", self._text(value) or "nothing", _label(name)) for name, value in step.args.items()]
        if step.pastes:
            lines.append(Line("do", f"Paste {self._secret(step.pastes)}; do not type it, do not write it down."))
        if step.copies:
            lines.append(Line("warn", f"Keep {self._secret(step.copies)} in the encrypted store and nowhere else."))
        return lines

    def _page(self, named: str) -> PageSpec:
        return self.catalogue.at(self.runbook.portals, named)

    def _text(self, value: Scalar) -> str:
        return substitute(value, self.said) if isinstance(value, str) else str(value).lower()

    def _secret(self, name: str) -> str:
        return f"the secret “{self._text(self.runbook.secrets[name].label)}”"

    def _fact(self, fact: Fact) -> str:
        of = [self._asked(text) or self._text(text) or "nothing" for text in fact.of]
        of = [self.titles.get(fact.of[0], of[0])] if fact.kind is FactKind.DONE else of
        of = [self._secret(fact.of[0])] if fact.kind is FactKind.STORED else of
        return (_FACT_TURNED if fact.negated else _FACT)[fact.kind].format(*of)

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


def _warning(step: Step) -> str:
    """Return what a step does and how it is taken back; without an action for that it is a point of no return."""
    say = step.undo.say if step.undo else "it cannot be taken back"
    if step.undo and step.undo.do:
        return f"Mind: {_EFFECT[step.effect]} To take it back: {say}."
    return f"Point of no return: {_EFFECT[step.effect]} {say[:1].upper()}{say[1:]}."


def _words(name: str) -> str:
    """Return a name of ours as words: `application_id` is application ID."""
    return " ".join(_CAPITALS.get(word, word) for word in re.split(r"[_-]", name))


def _label(name: str) -> str:
    words = _words(name)
    return words[:1].upper() + words[1:]


def asked_for(runbook: Runbook) -> tuple[tuple[str, str, str], ...]:
    """Return what to have at hand: for each input its name in words, its usual value with the others, and its help."""
    return tuple((spec.ask or _label(name), _usual(spec), spec.help) for name, spec in runbook.inputs.items())


def _usual(spec: Input) -> str:
    others = ", ".join(choice for choice in spec.choices if choice != spec.default)
    if others:
        return f"{spec.default}; or {others}" if spec.default else others
    if spec.default is None:
        return f"for example {spec.example}" if spec.example else ""
    return spec.default or "nothing"
