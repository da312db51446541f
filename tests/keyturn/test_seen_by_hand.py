"""What is done by hand is known by what was asked for: the page is told what that is, and something has to change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from keyturn.catalogue import Parameter
from keyturn.events import Result
from keyturn.gates import Choice, Mode
from keyturn.model import Effect
from tests.keyturn.stage import STEP, Stage, build, result, says


class Group(NamedTuple):
    group: str


def on_a_page(stage: Stage, **methods: Any) -> None:
    """Let the page have `methods`."""
    page = stage.page("")
    page.__dict__.update(methods)
    stage.page = lambda _where: page  # type: ignore[method-assign]


def test_a_person_s_choice_is_seen_by_what_the_step_asks_for() -> None:
    stage, selected = Stage(), [Group("old")]
    stage.breathed = lambda: selected.append(Group("another" if len(selected) == 1 else "wanted"))
    on_a_page(stage, shown=lambda group: selected[-1] if selected[-1].group == group else None)
    step = replace(STEP, effect=Effect.CHANGE, args={"group": "wanted"}, outputs={"group": "group"})
    takes = {"group": Parameter(name="group", type=str, required=True)}
    person = says(Choice.SEEN)
    engine, _ = build(stage, step, gatekeeper=person, mode=Mode.MANUAL, shown_by="shown", parameters=takes)
    engine.run()
    assert result(engine) is Result.BY_OPERATOR
    assert engine.state.outputs == {"steps.step.group": "wanted"}
