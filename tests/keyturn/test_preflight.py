"""A look at what a run would press: only what is there once counts as there, and nothing is pressed."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from keyturn.gates import Nobody
from keyturn.model import Effect
from keyturn.run.preflight import Look, Preflight
from tests.keyturn.stage import STEP

if TYPE_CHECKING:
    from collections.abc import Iterator

ADD = replace(STEP, id="add", title="Press Add", do="press", effect=Effect.CREATE)
AFTER = replace(ADD, id="after", title="Press Add again")


@pytest.fixture(autouse=True)
def _patience_of_other_tests() -> Iterator[None]:
    yield
    expect.set_options(timeout=5_000)


class Form:
    """A page whose button is there `count` times, None where the page does not show what leads there."""

    title = "A form"

    def __init__(self, count: int | None) -> None:
        self._count = count

    def press(self) -> None:
        pytest.fail("it was pressed")

    def arrive(self) -> None:
        """Be there."""

    def is_on_screen(self) -> bool:
        return True

    def seen(self) -> str:
        return "a form without a button"

    def target(self, _verb: str, _args: object) -> Any:
        return None if self._count is None else SimpleNamespace(count=lambda: self._count)


def visit(count: int | None) -> list[tuple[Look, str]]:
    page = Form(count)
    prepared: Any = SimpleNamespace(
        runbook=SimpleNamespace(steps=(ADD, AFTER), portals={"p": SimpleNamespace(pages="p")}),
        catalogue=SimpleNamespace(
            at=lambda *_: SimpleNamespace(actions={"press": SimpleNamespace(parameters={}, at="button")})
        ),
        inputs={},
    )
    context: Any = SimpleNamespace(set_default_timeout=lambda _ms: None)
    flight = Preflight(prepared, context, Nobody(), lambda _: None)
    session: Any = SimpleNamespace(page=lambda _where: page, is_open=lambda _portal: True)
    flight._session = session
    return [(one.look, one.found) for one in flight.visit()]


def test_a_button_that_is_there_is_told_and_not_pressed() -> None:
    assert visit(1) == [(Look.THERE, "its page, and what it presses; not pressed")] * 2


@pytest.mark.parametrize("count", [None, 0, 2])
def test_a_button_that_is_missing_or_there_twice_is_told_before_anything_is_made(count: int | None) -> None:
    add, after = visit(count)
    assert add == (Look.NOT_THERE, "expected the place to begin “Press Add”; saw a form without a button")
    assert after == (Look.LATER, "only visible after add")
