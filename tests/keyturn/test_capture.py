"""What is claimed of a value that was pasted, with an engine that only notes what it is told."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.clipboard import CLEARED, ClipboardFailed
from keyturn.run.capture import paste
from pages.base import PageError
from secrets_store import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.events import Event


class Noting:
    """As much of an engine as pasting needs. `left`: how the clipboard is found when the value is taken off it."""

    def __init__(self, left: str) -> None:
        held = SimpleNamespace(secret=Secret("abc8Q~", "client secret"), entry=SimpleNamespace(id="20261124"))
        self.state = SimpleNamespace(held={"client_secret": held})
        self.clipboard = SimpleNamespace(turn=nullcontext, put=lambda _: None, clear=lambda: left)
        self.recorder = SimpleNamespace(conceal=lambda: None)
        self.noted: list[str] = []
        self.store = SimpleNamespace(note=lambda _, what: self.noted.append(what))

    def announce(self, *_: object) -> None:
        pass

    def whole(self) -> Any:
        return nullcontext()

    def emit(self, event: Event) -> None:
        self.noted.append(event.kind)


STEP: Any = SimpleNamespace(id="paste-secret-value", pastes="client_secret", do="paste")


def pasted(engine: Any, does: Callable[[], None]) -> None:
    page: Any = SimpleNamespace(paste=does)
    paste(engine, STEP, page, {})


def test_a_value_that_was_pasted_is_delivered() -> None:
    engine = Noting(CLEARED)
    pasted(engine, lambda: None)
    assert engine.noted == ["clipboard-left", "delivered", "pasted"]


def test_what_was_pasted_while_another_program_had_the_clipboard_is_not_called_delivered() -> None:
    engine = Noting("not ours")
    with pytest.raises(ClipboardFailed, match="the field may hold anything"):
        pasted(engine, lambda: None)
    assert engine.noted == ["clipboard-left"]


@pytest.mark.parametrize(("left", "says"), [("not ours", "another program"), (CLEARED, "an empty field")])
def test_a_field_that_stays_empty_has_its_reason(left: str, says: str) -> None:
    def does() -> None:
        raise PageError("New Integration", "paste", expected="the field to hold it", seen="an empty field")

    engine = Noting(left)
    with pytest.raises((PageError, ClipboardFailed), match=says):
        pasted(engine, does)
    assert engine.noted == ["clipboard-left"]
