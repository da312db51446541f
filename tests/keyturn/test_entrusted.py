"""Secrets entrusted to a person with the browser: one that is gone afterwards, and was not to go, is not overlooked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from keyturn.catalogue import Parameter
from keyturn.events import Event, SecretsCompared
from keyturn.gates import Choice, Mode
from keyturn.model import Effect
from keyturn.run import entrusted
from keyturn.run.entrusted import DeletedBeside, NotCompared
from keyturn.run.state import Intended
from tests.keyturn.stage import CREATE, STEP, Stage, build, probe, says

if TYPE_CHECKING:
    from keyturn.run.engine import Engine

DELETES = replace(STEP, id="deletes", effect=Effect.DELETE, args={"id": "{{ inputs.id }}"}, expect=(probe("is_gone"),))
MAKES = replace(CREATE, id="makes", when=(), done_when=(probe("has_it"),))
GONE = "portal: the secret theirs is gone, and no step was to delete it"


def by_hand(stage: Stage, *left: str) -> tuple[Engine, list[Event]]:
    """Return an engine and a person who, where “one” is to be deleted, deletes until `left` is listed."""

    def done() -> None:
        stage.stands = left
        stage.on_screen.add("is_gone")

    stage.stands, stage.breathed = ("one", "theirs"), done
    takes = {"id": Parameter(name="id", type=str, required=True)}
    engine, events = build(
        stage, DELETES, MAKES, gatekeeper=says(Choice.SEEN, Choice.STOP), mode=Mode.MANUAL, parameters=takes
    )
    engine.bring = lambda where: stage.log.append(f"bring {where}") or stage.page(where)  # type: ignore[method-assign,func-returns-value]
    return engine, events


def missing(events: list[Event]) -> list[tuple[str, ...]]:
    return [event.missing for event in events if isinstance(event, SecretsCompared)]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrusted, "_SETTLING", 0.0)


def test_what_a_person_deleted_by_hand_beside_the_right_one_stops_the_next_step() -> None:
    stage = Stage()
    engine, events = by_hand(stage, "another")
    with pytest.raises(DeletedBeside) as caught:
        engine.run()
    assert "theirs" in caught.value.message
    assert missing(events) == [("theirs",)]
    assert engine.state.changed == ["portal: A step – done by the operator", GONE]
    assert "seal" not in stage.log


def test_the_one_that_the_step_was_to_delete_is_not_missed() -> None:
    engine, events = by_hand(Stage(), "theirs")
    engine.run(last="deletes")
    assert missing(events) == [()]


def test_a_list_that_never_comes_back_is_no_list_in_which_nothing_is_missing() -> None:
    stage = Stage()
    engine, events = by_hand(stage)
    with pytest.raises(NotCompared) as caught:
        engine.run(last="deletes")
    assert "bring p.page" in stage.log
    assert "one, theirs" in caught.value.hint
    assert missing(events) == []


def test_a_secret_of_this_run_whose_value_is_lost_is_the_person_s_to_delete() -> None:
    engine, events = by_hand(Stage(), "theirs")
    engine.state.unfinished.intended["makes"] = Intended("client_secret", "intent", ("theirs",), lost=True)
    engine.state.inputs = {"id": "another"}
    engine.run(last="deletes")
    assert missing(events) == [()]
