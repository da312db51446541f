"""The operator's inputs: all there, all known, all of their type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.document.value import canonical
from keyturn.fault import Faults

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from keyturn.model import Runbook


def resolve_inputs(runbook: Runbook, given: Mapping[str, str], *, open_ended: Collection[str] = ()) -> dict[str, str]:
    """Return every input of `runbook` by name, given or by default, in its canonical form.

    The inputs named in `open_ended` may be missing, and then are left out: a plan is not yet a run.
    Raises `Faulty` (an `Invalid`) that tells of all missing, unknown and malformed inputs at once.
    """
    faults = Faults()
    for name in given:
        if name not in runbook.inputs:
            faults.add(None, f"input {name}", "no such input", found=name, allowed=runbook.inputs)
    resolved = {}
    for name, spec in runbook.inputs.items():
        if name in open_ended and not given.get(name):
            continue
        value = given.get(name, spec.default)
        if value is None or (value == "" and spec.default is None):
            about = ", ".join(filter(None, (spec.ask or spec.help, spec.example and f"for example {spec.example}")))
            faults.add(None, f"input {name}", f"missing{f': {about}' if about else ''}; give it with --set {name}=…")
            continue
        try:
            resolved[name] = canonical(spec, value)
        except ValueError as error:
            faults.add(None, f"input {name}", f"not {error}", found=value, allowed=spec.choices)
    faults.raise_if_any()
    return resolved
