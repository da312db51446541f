"""What a step asks of its page: the action, its arguments and outputs, the probes, and the way back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyturn.interpolate import references
from keyturn.model import KEY, Effect, Gate, InputType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyturn.catalogue import ActionSpec, Parameter
    from keyturn.check.finding import Finding, Path
    from keyturn.model import Probe, Scalar, Step

# What locators look like in CSS, XPath and Playwright: no operator's word begins so.
_SELECTOR = re.compile(
    r"(?:css|xpath|text|role|id|data-testid)=|//|[#.][A-Za-z][\w-]*(?:$|[ .:>\[])|[A-Za-z]*\[[\w-]+[~|^$*]?=|.*>>"
)


def check_calls(step: Step, index: int, finding: Finding) -> None:
    """Check everything that `step` asks of pages."""
    path: Path = ("steps", index)
    page = finding.page(step.page, (*path, "page")) if step.page else None
    action = page.actions.get(step.do) if page else None
    if page and step.do and action is None:
        finding.add((*path, "do"), f"{step.page} has no such action", found=step.do, allowed=page.actions)
    if page and step.gate is Gate.SIGN_IN and not page.signs_in:
        where = finding.places_to_sign_in(step.page)
        finding.add(
            (*path, "page"), f"the gate `{step.gate}` needs a page to sign in at", found=step.page, allowed=where
        )
    if action:
        check_arguments(step.args, action.parameters, f"{step.do} of {step.page}", (*path, "with"), finding)
        _effect(step, action, path, finding)
        _outputs(step, action, path, finding)
        _secret(step, action, path, finding)
    for part, probes in (("done_when", step.done_when), ("expect", step.expect)):
        for number, probe in enumerate(probes):
            _probe(probe, (*path, part, number, probe.written), finding)
    if step.undo and step.undo.do:
        _undo(step, (*path, "undo"), finding)


def check_arguments(
    args: Mapping[str, Scalar], wanted: Mapping[str, Parameter], whose: str, path: Path, finding: Finding
) -> None:
    """Check that `args` are what the parameters `wanted` take, by name and by type."""
    for name, value in args.items():
        here = (*path, name)
        if name not in wanted:
            finding.add((*here, KEY), f"{whose} has no such argument", found=name, allowed=wanted)
            continue
        if isinstance(value, str) and _SELECTOR.match(value):
            message = "this looks like a selector; a runbook names what an operator would name, pages find it"
            finding.add(here, message, found=value)
        _typed(value, wanted[name], here, finding)
    for name, parameter in wanted.items():
        if parameter.required and name not in args and (*path, name) not in finding.unread:
            finding.add(path, f"{whose} needs the argument `{name}`: {parameter.wants}")


def _typed(value: Scalar, parameter: Parameter, path: Path, finding: Finding) -> None:
    for text in _may_be(value, finding):
        try:
            parameter.bind(text)
        except ValueError:
            shown = str(text).lower() if isinstance(text, bool) else str(text)
            quotes = "; put it in quotes" if parameter.type is str and not isinstance(text, str) else ""
            message = f"{parameter.name} takes {parameter.wants}{quotes}"
            finding.add(path, message, found=shown, allowed=parameter.choices)


def _may_be(value: Scalar, finding: Finding) -> tuple[Scalar, ...]:
    """Return what `value` may be when the run comes to it, as far as the runbook tells; nothing where it does not."""
    found = references(value)
    if not found:
        return (value,)
    spec = finding.runbook.inputs.get(found[0].of) if found[0].root == "inputs" else None
    if spec and spec.type is InputType.CHOICE and found[0].written == value:
        return spec.choices
    return ()


def _effect(step: Step, action: ActionSpec, path: Path, finding: Finding) -> None:
    """Demand the effect that the page knows of: a deletion that is called a reading would escape the rules for it."""
    if action.effect is None or step.copies:  # That a step that captures a secret creates is a rule of its own.
        return
    least = Effect(action.effect)
    enough = [Effect.CHANGE, Effect.CREATE, Effect.DELETE] if least is Effect.CHANGE else [least]
    if step.effect not in enough:
        message = f"{step.do} of {step.page} has the effect `{least}`"
        finding.add((*path, "effect"), message, found=step.effect, allowed=map(str, enough))


def _outputs(step: Step, action: ActionSpec, path: Path, finding: Finding) -> None:
    for name, field in step.outputs.items():
        if field not in action.outputs:
            here = (*path, "outputs", name)
            finding.add(here, f"{step.do} of {step.page} returns no such field", found=field, allowed=action.outputs)


def _secret(step: Step, action: ActionSpec, path: Path, finding: Finding) -> None:
    """Demand a secret exactly where the action copies or pastes one."""
    for role, name, part in (("copies", step.copies, "outputs"), ("pastes", step.pastes, "with")):
        here = (*path, part, "secret")
        if action.secret == role and not name:
            finding.add(here[:-1], f"{step.do} {role} a secret: `{part}` needs `secret: NAME`")
        elif name and action.secret != role:
            message = f"a secret may only be captured, stored and pasted, and {step.do} of {step.page} {role} none"
            finding.add((*here, KEY), message, found=name)
        elif name and name not in finding.runbook.secrets and not finding.could_not_read("secrets", name):
            finding.add(here, "no such secret in `secrets`", found=name, allowed=finding.runbook.secrets)


def _probe(probe: Probe, path: Path, finding: Finding) -> None:
    page = finding.page(probe.page, (*path, KEY)) if not probe.page.startswith(".") and probe.page else None
    if page is None:
        return
    spec = page.probe(probe.ask)
    if spec is None:
        allowed = [*page.probes, *(name.replace("has_", "has_no_", 1) for name in page.probes)]
        allowed += [f"{other}.{probe.ask}" for other in finding.pages_that_know(probe.ask, probe.page)]
        finding.add((*path, KEY), f"{probe.page} has no such probe", found=probe.ask, allowed=allowed)
    else:
        check_arguments(probe.args, spec.parameters, f"{probe.ask} of {probe.page}", path, finding)


def _undo(step: Step, path: Path, finding: Finding) -> None:
    undo = step.undo
    page = finding.page(undo.page, (*path, "page")) if undo and undo.page else None
    if undo is None or page is None:
        return
    action = page.actions.get(undo.do)
    if action is None:
        finding.add((*path, "do"), f"{undo.page} has no such action", found=undo.do, allowed=page.actions)
    elif action.secret:
        finding.add((*path, "do"), "an action that handles a secret takes nothing back", found=undo.do)
    else:
        check_arguments(undo.args, action.parameters, f"{undo.do} of {undo.page}", (*path, "with"), finding)
