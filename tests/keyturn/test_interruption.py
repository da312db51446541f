"""An end in order, whenever it is asked for; and never between the button and the sealed store."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from evidence.chain import ChainedLog, read_chain
from keyturn.events import Event, LeftOpen, StepEnded
from keyturn.gates import Answer, Choice, Mode
from keyturn.interruption import INSIST, Interruption, listening
from keyturn.run.journal import Journal
from tests.keyturn.stage import CREATE, STEP, Made, Says, Stage, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def interruption(told: list[str]) -> Interruption:
    return Interruption(told.append)


def hold(interruption: Interruption, inside: Callable[[], None]) -> None:
    with interruption.held():
        inside()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_way_to_ask_for_an_end_interrupts_once(interruption: Interruption, number: int) -> None:
    before = signal.getsignal(number)
    with listening(interruption):
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)  # It is ending already.
    assert signal.getsignal(number) is before
    assert interruption.asked == 2


def test_what_was_told_to_be_ignored_stays_ignored(interruption: Interruption) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with listening(interruption):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert interruption.asked == 0


def test_what_must_be_whole_comes_to_its_end_first(interruption: Interruption, told: list[str]) -> None:
    done: list[str] = []

    def inside() -> None:
        interruption()
        done.append("sealed")

    with pytest.raises(KeyboardInterrupt):
        hold(interruption, inside)
    assert done == ["sealed"]
    assert told == ["The run ends as soon as nothing can be lost by it."]


def test_an_error_in_what_must_be_whole_is_followed_by_the_interruption(interruption: Interruption) -> None:
    def inside() -> None:
        interruption()
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        hold(interruption, inside)
    with pytest.raises(KeyboardInterrupt):
        hold(interruption, lambda: None)


def test_one_within_the_other_is_obeyed_after_both(interruption: Interruption) -> None:
    done: list[str] = []

    def inside() -> None:
        hold(interruption, interruption)
        done.append("both")

    with pytest.raises(KeyboardInterrupt):
        hold(interruption, inside)
    assert done == ["both"]


def test_a_run_that_is_ending_ends_in_order(interruption: Interruption, told: list[str]) -> None:
    interruption.end()
    interruption()
    hold(interruption, lambda: None)
    assert told == ["The run is ending: the clipboard is cleared, the recording closed. This takes a moment."]


def test_whoever_insists_is_obeyed_at_once(interruption: Interruption) -> None:
    interruption.end()
    for _ in range(INSIST - 1):
        interruption()
    with pytest.raises(KeyboardInterrupt):
        interruption()


def test_only_the_main_thread_can_be_interrupted(interruption: Interruption) -> None:
    handlers: list[Any] = []

    def apart() -> None:
        with listening(interruption):
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=apart)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


# --- in the engine


@pytest.fixture
def stage() -> Stage:
    return Stage()


def ended(events: list[Event]) -> list[str]:
    return [event.reason for event in events if isinstance(event, StepEnded)]


def test_between_the_button_and_the_sealed_store_no_signal_is_obeyed(stage: Stage, interruption: Interruption) -> None:
    def act() -> Made:
        interruption()
        return Made("new", "2028-11-23")

    stage.act = act
    engine, events = build(stage, CREATE)
    stage.held = interruption.held
    with pytest.raises(KeyboardInterrupt):
        engine.run()
    assert engine.state.held["client_secret"].secret_id == "new"
    assert stage.log.index("seal") < stage.log.index("clear")
    assert ended(events) == ["interrupted"]


class Interrupts(Says):
    """A person who presses Ctrl-C while they are asked."""

    def __init__(self) -> None:
        super().__init__([Answer(Choice.STOP, "a test")])

    def ask(self, question: Any, pump: Any) -> Answer:
        self.asked.append(question)
        pump()
        raise KeyboardInterrupt


def test_a_secret_made_by_hand_is_sealed_before_the_interruption_is_obeyed(stage: Stage) -> None:
    stage.breathed = lambda: setattr(stage, "made_by_hand", Made("new", "2028-11-23"))
    engine, events = build(stage, CREATE, gatekeeper=Interrupts(), mode=Mode.MANUAL, shown_by="made_beside")
    with pytest.raises(KeyboardInterrupt):
        engine.run()
    assert stage.log.index("copy new again") < stage.log.index("seal")
    assert engine.state.held["client_secret"].secret_id == "new"
    assert ended(events) == ["interrupted"]


def test_a_line_of_the_journal_is_written_whole(
    tmp_path: Path, interruption: Interruption, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def interrupted(descriptor: int) -> None:
        flush(descriptor)
        interruption()

    with ChainedLog(tmp_path / "journal.jsonl") as log:
        journal = Journal(log, interruption.held)
        monkeypatch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            journal(LeftOpen(("entra",)))
        monkeypatch.setattr(os, "fsync", flush)
        journal(LeftOpen(()))
    assert len(read_chain(tmp_path / "journal.jsonl").entries) == 2


def test_what_always_runs_is_not_cut_short(stage: Stage, interruption: Interruption) -> None:
    stage.act = interruption  # The first one interrupts the step,
    engine, events = build(stage, STEP)
    stage.held = interruption.held

    def emit(event: Event) -> None:
        if event.kind == "clipboard-left":
            interruption()  # and a second one comes while the run ends.
        events.append(event)

    engine.emit = emit  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        engine.run()
    assert [event.kind for event in events][-2:] == ["clipboard-left", "left-open"]
