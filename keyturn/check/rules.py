"""The rules that make a runbook safe to run, whatever its pages are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.model import Effect, Gate

if TYPE_CHECKING:
    from keyturn.check.finding import Finding, Path
    from keyturn.model import Step


def check_rules(step: Step, index: int, finding: Finding) -> None:
    """Check the rules of one step."""
    path: Path = ("steps", index)
    effect = step.effect
    if effect is not Effect.READ:
        for part, probes in (("done_when", step.done_when), ("expect", step.expect)):
            if not probes:
                finding.add((*path, part), f"a step whose effect is `{effect}` needs `{part}`")
    if effect in {Effect.CREATE, Effect.DELETE} and step.gate is Gate.NONE:
        message = f"a step whose effect is `{effect}` needs a `gate`: a person is asked before it"
        finding.add((*path, "gate"), message, allowed=[Gate.CONFIRM, Gate.SECOND_PERSON, Gate.MANUAL])
    if effect is Effect.DELETE and not step.guard:
        finding.add((*path, "guard"), "a step whose effect is `delete` needs a `guard`")
    if effect in {Effect.CREATE, Effect.DELETE} and step.retry:
        finding.add((*path, "retry"), f"a step whose effect is `{effect}` is never tried again")
    if step.copies and effect is not Effect.CREATE:
        finding.add((*path, "effect"), "a step that captures a secret has the effect `create`", found=effect)
    if step.gate in {Gate.SIGN_IN, Gate.MANUAL} and not step.expect:
        finding.add((*path, "expect"), f"the gate `{step.gate}` needs `expect`: what shows that the person did it")
    if step.gate is Gate.SIGN_IN and effect is not Effect.READ:
        finding.add((*path, "gate"), "signing in changes nothing: the effect is `read`", found=step.gate)
