"""Creating and capturing a secret: nothing comes in between, and what is kept of a value that was copied."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from evidence import EvidenceError
from keyturn.events import Failed
from keyturn.gates import Answer, Choice
from keyturn.run.capture import create_and_capture
from keyturn.run.copied_value import ValueRefused
from tests.keyturn.stage import CREATE, VALUE, Made, Says, Stage, build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.events import Event
    from keyturn.gates import Pump, Question


@pytest.fixture
def creating() -> Stage:
    return Stage(act=lambda: Made("new", "2028-11-23"))


def test_nothing_comes_between_the_button_and_the_sealed_store(creating: Stage) -> None:
    engine, _ = build(creating, CREATE)
    engine.run()
    act, seal = creating.log.index("act"), creating.log.index("seal")
    assert creating.log[act + 1 : seal] == ["take"]
    assert "picture" not in creating.log[creating.log.index("intend") : seal]
    before = creating.log[:act]
    assert [name for name in before if name in {"known ids", "prove", "intend", "! secret-intended", "conceal"}] == [
        "known ids",
        "prove",
        "intend",
        "! secret-intended",
        "conceal",
    ]
    assert creating.log.index("! secret-sealed") < creating.log.index("clear")
    assert engine.state.held["client_secret"].secret_id == "new"


@pytest.mark.parametrize(
    "copied",
    ["0c9a1c35-2a1d-4f8b-9d53-6a0f6a9d6d01", f" {VALUE}", VALUE[:-1], VALUE[:20] + "…", VALUE[:-1] + "!"],
    ids=["secret id", "space", "cut", "cut with dots", "wrong checksum"],
)
def test_a_value_that_cannot_be_right_is_refused_before_the_store_sees_it(creating: Stage, copied: str) -> None:
    creating.copied = copied
    engine, events = build(creating, CREATE)
    with pytest.raises(ValueRefused):
        engine.run()
    assert "seal" not in creating.log
    assert "clear" in creating.log
    assert engine.state.held == {}
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert any("ID new" in change for change in failed.changed)
    assert "new" in failed.next
    assert not copied.strip() or copied.strip() not in repr(events)


def test_the_refused_value_is_looked_for_by_the_leak_gate_all_the_same(creating: Stage) -> None:
    creating.copied = VALUE[:-1]
    engine, _ = build(creating, CREATE)
    with pytest.raises(ValueRefused):
        engine.run()
    assert [secret.reveal() for secret in engine.state.values] == [VALUE[:-1]]


def test_a_journal_that_cannot_be_written_any_more_does_not_cost_the_value(creating: Stage) -> None:
    full = False

    def journal(_event: Event) -> None:
        if full:
            raise EvidenceError("the journal cannot be written: no space left on device")

    def make() -> Made:
        nonlocal full
        full = True
        return Made("new", "2028-11-23")

    creating.act = make
    engine, _ = build(creating, CREATE)
    engine._listeners = (journal, *engine._listeners)
    with pytest.raises(EvidenceError):
        create_and_capture(engine, CREATE, creating.page(""), {})
    assert "seal" in creating.log
    assert "clear" in creating.log
    assert engine.state.held["client_secret"].secret_id == "new"


def test_a_person_is_asked_about_an_unknown_shape_when_nothing_is_held_up_by_it(creating: Stage) -> None:
    creating.copied = "a-value-of-no-shape-that-is-known"
    asked: list[tuple[int, bool]] = []

    class Person(Says):
        def ask(self, question: Question, pump: Pump) -> Answer:
            asked.append((creating.within, "turn ends" in creating.log))
            return super().ask(question, pump)

    @contextmanager
    def turn() -> Iterator[None]:
        yield
        creating.log.append("turn ends")

    creating.turn = turn  # type: ignore[method-assign]  # to see where it ends
    engine, _ = build(creating, CREATE, gatekeeper=Person([Answer(Choice.GO_ON, "a test")]))
    engine.run()
    assert asked == [(0, True)]


@pytest.mark.parametrize(("copied", "looked_for"), [("0b5f2c1e-9d1b-4a8e-8d57-3f0d6a1c2b3e", 0), ("too short", 1)])
def test_what_was_copied_is_looked_for_in_the_recording_unless_it_is_a_secret_id(copied: str, looked_for: int) -> None:
    stage = Stage(copied=copied, act=lambda: Made("new", "2028-11-24"))
    engine, _ = build(stage, CREATE)
    with pytest.raises(ValueRefused):
        create_and_capture(engine, CREATE, stage.page(""), {})
    assert len(engine.state.values) == looked_for
