"""What a run would do: the steps with what is already known filled in, and the points of no return marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from keyturn.interpolate import NotYetKnown, fill, substitute
from keyturn.model import Effect, FactKind, Gate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from keyturn.model import Fact, Probe, Runbook, Scalar, Step, Undo

# The facts that inputs alone may decide, as the engine decides them during the run.
_DECIDE: Mapping[FactKind, Callable[[Sequence[str]], bool]] = {
    FactKind.SAME: lambda of: of[0].casefold() == of[1].casefold(),
    FactKind.DIFFER: lambda of: all(of) and of[0].casefold() != of[1].casefold(),
    FactKind.AGREES: lambda of: not of[0] or of[0].casefold() == of[1].casefold(),
    FactKind.GIVEN: lambda of: bool(of[0]),
}

_DECIDED = {True: ", which holds", False: ", which does not hold", None: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One step of the plan. `skipped` holds the reason when the inputs alone already rule the step out."""

    step: Step
    args: Mapping[str, Scalar]
    skipped: str
    no_return: bool


def planned(runbook: Runbook, inputs: Mapping[str, str]) -> tuple[Planned, ...]:
    """Return the plan for `inputs`, by name. What changes something and has no way back is a point of no return."""
    names = {f"inputs.{name}": value for name, value in inputs.items()}
    return tuple(
        Planned(
            step=_known(step, names),
            args=_args(step.args, names),
            skipped=next((fact.say for fact in step.when if holds(fact, names) is False), ""),
            no_return=step.effect is not Effect.READ and not (step.undo and step.undo.do),
        )
        for step in runbook.steps
    )


def holds(fact: Fact, names: Mapping[str, str]) -> bool | None:
    """Return whether `fact` holds, or None where only the run can tell."""
    try:
        of = [str(fill(text, names)) for text in fact.of]
    except NotYetKnown:
        return None
    return _DECIDE[fact.kind](of) is not fact.negated if fact.kind in _DECIDE else None


def _known(step: Step, names: Mapping[str, str]) -> Step:
    """Return `step` with what is known filled into its facts and probes; what only the run can tell stays a name."""

    def facts(told: Sequence[Fact]) -> tuple[Fact, ...]:
        return tuple(replace(fact, of=tuple(_filled(text, names) for text in fact.of)) for fact in told)

    def probes(asked: Sequence[Probe]) -> tuple[Probe, ...]:
        return tuple(replace(probe, args=_args(probe.args, names)) for probe in asked)

    return replace(
        step,
        when=facts(step.when),
        guard=facts(step.guard),
        done_when=probes(step.done_when),
        expect=probes(step.expect),
        undo=replace(step.undo, args=_args(step.undo.args, names), guard=facts(step.undo.guard)) if step.undo else None,
    )


def _args(args: Mapping[str, Scalar], names: Mapping[str, str]) -> dict[str, Scalar]:
    return {name: _filled(value, names) if isinstance(value, str) else value for name, value in args.items()}


def _filled(text: str, names: Mapping[str, str]) -> str:
    return substitute(text, lambda reference: names.get(reference.name, reference.written))


def plan_text(runbook: Runbook, inputs: Mapping[str, str], unknown: Sequence[str]) -> str:
    """Return the plan for people to read. `unknown` names the inputs that are still to be given."""
    lines = [f"{runbook.title} (revision {runbook.revision})", ""]
    lines += [f"  evidence for the controls {', '.join(runbook.controls)}"] if runbook.controls else []
    lines += [f"  {name} = {value or '(nothing)'}" for name, value in inputs.items()]
    examples = {name: spec.example for name, spec in runbook.inputs.items() if spec.example}
    told = {name: f", for example {example}" for name, example in examples.items()}
    lines += [f"  {name} is still to be given{told.get(name, '')}" for name in unknown]
    for number, item in enumerate(planned(runbook, inputs), 1):
        lines += ["", *_step_lines(number, item)]
    lines += ["", f"however it ends: {', '.join(act.value.replace('_', ' ') for act in runbook.always) or 'nothing'}"]
    return "\n".join(lines) + "\n"


def _step_lines(number: int, item: Planned) -> list[str]:
    step = item.step
    covers = ", ".join(f"P{covered:02}" for covered in step.covers)
    lines = [f"{number:>3}. {step.id}: {step.title}{f' [{covers}]' if covers else ''}"]
    if item.skipped:
        return [*lines, f"     skipped: {item.skipped}"]
    gate = "" if step.gate is Gate.NONE else f", gate {step.gate}"
    lines.append(f"     {step.effect}{gate}, {_call(step.page, step.do, item.args)}")
    lines += [f"     captures the secret {step.copies} into the store"] if step.copies else []
    lines += [f"     pastes the secret {step.pastes}"] if step.pastes else []
    lines += [f"     only when {_fact(fact)} (else skipped: {fact.say})" for fact in step.when]
    lines += [f"     guard: {_fact(fact)}{_DECIDED[holds(fact, {})]} (else stopped: {fact.say})" for fact in step.guard]
    lines += [f"     already done when {_probe(probe)}" for probe in step.done_when]
    lines += [f"     expects {_probe(probe)}" for probe in step.expect]
    lines += _undo_lines(step.undo) if step.undo else []
    lines += ["     POINT OF NO RETURN"] if item.no_return else []
    return lines


def _undo_lines(undo: Undo) -> list[str]:
    by = f", by {_call(undo.page, undo.do, undo.args)}" if undo.do else ""
    guard = [f"     undo guard: {_fact(fact)} (else not taken back: {fact.say})" for fact in undo.guard]
    return [f"     undo: {undo.say}{by}", *guard]


def _fact(fact: Fact) -> str:
    return f"{'not ' if fact.negated else ''}{fact.kind} {', '.join(text or '(nothing)' for text in fact.of)}"


def _probe(probe: Probe) -> str:
    return _call(probe.page, probe.ask, probe.args)


def _call(page: str, verb: str, args: Mapping[str, Scalar]) -> str:
    return f"{page} {verb}({', '.join(f'{name}: {_told(value)}' for name, value in args.items())})"


def _told(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "(nothing)"


def plan_json(runbook: Runbook, inputs: Mapping[str, str], unknown: Sequence[str]) -> dict[str, Any]:
    """Return the plan as one JSON object."""
    steps = [
        {
            "id": item.step.id,
            "title": item.step.title,
            "covers": list(item.step.covers),
            "page": item.step.page,
            "do": item.step.do,
            "with": dict(item.args),
            "effect": item.step.effect,
            "gate": item.step.gate,
            "when": [_fact(fact) for fact in item.step.when],
            "guard": [_fact(fact) for fact in item.step.guard],
            "done_when": [_probe(probe) for probe in item.step.done_when],
            "expect": [_probe(probe) for probe in item.step.expect],
            "undo": _undo_json(item.step.undo) if item.step.undo else None,
            "skipped": item.skipped or None,
            "point_of_no_return": item.no_return,
        }
        for item in planned(runbook, inputs)
    ]
    head = {"runbook": runbook.name, "revision": runbook.revision, "title": runbook.title}
    head |= {"controls": list(runbook.controls)}
    return head | {"inputs": dict(inputs), "unknown": list(unknown), "steps": steps}


def _undo_json(undo: Undo) -> dict[str, Any]:
    guard = [_fact(fact) for fact in undo.guard]
    return {"say": undo.say, "page": undo.page, "do": undo.do, "with": dict(undo.args), "guard": guard}
