"""What is done by hand is known by what was asked for: the page is told what that is, and something has to change."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, NamedTuple

from keyturn.catalogue import Parameter
from keyturn.events import Result
from keyturn.gates import Choice, Mode
from keyturn.model import Effect
from keyturn.run.state import Held
from secrets_store import Secret
from tests.keyturn.stage import STEP, VALUE, Stage, build, probe, result, says


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


def test_a_value_is_pasted_by_hand_when_the_field_changes_and_not_because_something_is_in_it() -> None:
    stage, put_in = Stage(on_screen={"has_value"}), [1]  # What is there may be what an attempt before this one left.
    looks: list[int] = []

    def breathe() -> None:
        looks.append(put_in[-1])
        put_in.append(len(looks))

    stage.breathed = breathe
    on_a_page(stage, put_in=lambda: put_in[-1])
    step = replace(STEP, pastes="client_secret", expect=(probe("has_value"),))
    engine, _ = build(stage, step, gatekeeper=says(Choice.SEEN), mode=Mode.MANUAL, shown_by="put_in")
    entry: Any = SimpleNamespace(id="entry")
    engine.state.held["client_secret"] = Held(Secret(VALUE, "label"), entry, "new", "2028-11-23")
    engine.run()
    assert result(engine) is Result.BY_OPERATOR
    assert "note" in stage.log  # It counts as delivered.
    assert len(looks) > 1
