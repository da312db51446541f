"""The whole check, in one pass over the runbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.check.calls import check_calls
from keyturn.check.coverage import check_coverage
from keyturn.check.finding import Finding
from keyturn.check.names import Names
from keyturn.check.rules import check_rules
from keyturn.document import read
from keyturn.fault import Fault, Faults
from keyturn.interpolate import references
from keyturn.model import InputType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from keyturn.catalogue import Catalogue
    from keyturn.model import Runbook


def check(runbook: Runbook, catalogue: Catalogue) -> None:
    """Check a runbook that has been loaded. Raises `Faulty` (an `Invalid`) with all faults, sorted by place."""
    faults = Faults({**runbook.included, runbook.path: runbook.text})
    _check(Finding(runbook, catalogue, faults))
    faults.raise_if_any()


def check_file(path: Path, catalogue_of: Callable[[Iterable[str]], Catalogue]) -> tuple[Runbook | None, Faults]:
    """Read and check the runbook in `path`: the faults of its form and of its content, at once.

    `catalogue_of` gives the catalogue of the packages that the runbook names. A part that could not be read is not
    checked further: neither where a fault of form stands nor for what such a part leaves undone around it.
    """
    faults = Faults()
    runbook = read(path, faults)
    if runbook:
        form = faults.sorted()
        content = Faults(faults.texts)
        catalogue = catalogue_of(portal.pages for portal in runbook.portals.values())
        _check(Finding(runbook, catalogue, content, faults.unread))
        faults.take(content, lambda fault: not any(_follows(fault, first) for first in form))
    return runbook, faults


def _follows(fault: Fault, first: Fault) -> bool:
    return fault.place == first.place or first.path.startswith((f"{fault.path}.", f"{fault.path}["))


def _check(finding: Finding) -> None:
    runbook = finding.runbook
    _portals(finding)
    names = Names(finding)
    for index, step in enumerate(runbook.steps):
        path = ("steps", index)
        for part, facts in (("when", step.when), ("guard", step.guard)):
            for number, fact in enumerate(facts):
                names.fact(fact, (*path, part, number))
        names.table(step.args, (*path, "with"))
        if step.pastes in runbook.secrets:
            names.secret(step.pastes, (*path, "with", "secret"))
        names.probes(step, "done_when", step.done_when, index)
        names.probes(step, "expect", step.expect, index)
        if step.undo:
            names.table(step.undo.args, (*path, "undo", "with"), step)
        check_calls(step, index, finding)
        check_rules(step, index, finding)
        _captured_once(names, index, finding)
        names.before[step.id] = step
    _undo_guards(names, finding)
    _secrets(finding)
    check_coverage(finding)


def _undo_guards(names: Names, finding: Finding) -> None:
    """Check what the guards of undo name: a step is taken back when later ones may be done, so all are known."""
    for index, step in enumerate(finding.runbook.steps):
        for number, fact in enumerate(step.undo.guard if step.undo else ()):
            names.fact(fact, ("steps", index, "undo", "guard", number))


def _captured_once(names: Names, index: int, finding: Finding) -> None:
    step = finding.runbook.steps[index]
    earlier = [other.id for other in names.before.values() if step.copies and other.copies == step.copies]
    if earlier:
        path = ("steps", index, "outputs", "secret")
        finding.add(path, f"this secret is captured already, by {earlier[0]}", found=step.copies)


def _portals(finding: Finding) -> None:
    for name, portal in finding.runbook.portals.items():
        if portal.pages and portal.pages not in finding.catalogue.packages():
            known = finding.catalogue.known()
            finding.add(("portals", name, "pages"), "no such package of pages", found=portal.pages, allowed=known)
        path = ("portals", name, "url")
        found = references(portal.url)
        spec = finding.runbook.inputs.get(found[0].of) if found and found[0].written == portal.url else None
        if portal.url and (spec is None or spec.type is not InputType.URL):
            message = "an input of type `url` belongs here, so that another cloud or a rehearsal can take its place"
            urls = [
                f"{{{{ inputs.{key} }}}}"
                for key, value in finding.runbook.inputs.items()
                if value.type is InputType.URL
            ]
            finding.add(path, message, found=portal.url, allowed=urls)


def _secrets(finding: Finding) -> None:
    """Check the secrets' texts; they are filled in at the capture, so they may name what the steps before it give."""
    for name, secret in finding.runbook.secrets.items():
        path = ("secrets", name)
        capture = next((index for index, step in enumerate(finding.runbook.steps) if step.copies == name), None)
        if capture is None:
            if finding.runbook.steps and not finding.could_not_read_steps("outputs"):
                finding.add(path, "no step captures this secret", found=name)
            continue
        before = Names(finding, {step.id: step for step in finding.runbook.steps[:capture]})
        for key in ("label", "application", "directory"):
            before.text(getattr(secret, key), (*path, key))
