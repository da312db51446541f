"""What a person is shown in the page before a step, and for how long."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from keyturn.run.showing import show
from tests.keyturn.stage import STEP, Stage, build


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_an_instruction_is_shown_for_as_long_as_the_pace_says_and_no_longer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("keyturn.run.showing.time", SimpleNamespace(monotonic=lambda: clock[0]))
    stage.breathed = lambda: clock.append(clock.pop() + float(stage.log[-1].removeprefix("wait ")) / 1000)
    engine, _ = build(stage, STEP)
    engine.pace = 0.25
    show(engine, STEP)
    assert clock == [pytest.approx(0.25)]


def test_the_outline_goes_along_while_a_person_thinks(stage: Stage) -> None:
    engine, _ = build(stage, STEP)
    followed: list[object] = []
    engine.overlay = SimpleNamespace(follow=followed.append)  # type: ignore[assignment]  # all that is asked of it here
    engine.breathe()
    assert followed == [stage.tab_]
