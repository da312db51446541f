"""What is claimed of a value that was pasted, with an engine that only notes it."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.clipboard import CLEARED, ClipboardFailed
from keyturn.gates import Answer, Choice
from keyturn.run.pasting import paste
from pages.errors import PageError
from secrets_store import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyturn.events import Event


class Noting:
    """As much of an engine as pasting needs. `left`: how the clipboard is found when the value is taken off it."""

    def __init__(self, left: str) -> None:
        held = SimpleNamespace(secret=Secret("abc8Q~", "client secret"), entry=SimpleNamespace(id="20261124"))
        self.state = SimpleNamespace(held={"client_secret": held})
        self.did: list[str] = []
        self.clipboard = SimpleNamespace(turn=nullcontext, put=lambda _: self.did.append("put"), clear=lambda: left)
        self.recorder = SimpleNamespace(conceal=lambda: self.did.append("conceal"))
        self.noted: list[str] = []
        self.within = False  # of what no signal may cut in two
        self.store = SimpleNamespace(note=self._note)

    def _note(self, _entry: object, what: str) -> None:
        assert self.within, "a signal could cut it in two"
        self.noted.append(what)

    def announce(self, *_: object) -> None:
        pass

    @contextmanager
    def whole(self) -> Iterator[None]:
        self.within = True
        yield
        self.within = False

    def emit(self, event: Event) -> None:
        self.noted.append(event.kind)


STEP: Any = SimpleNamespace(id="paste-secret-value", pastes="client_secret", do="paste")


def pasted(engine: Any, does: Callable[[], None], *, by_hand: bool = False) -> None:
    page: Any = SimpleNamespace(paste=does)
    paste(engine, STEP, page, {}, by_hand=by_hand)


def stays_empty() -> None:
    raise PageError("New Integration", "paste", expected="the field to hold it", seen="an empty field")


def test_a_value_that_was_pasted_is_delivered() -> None:
    engine = Noting(CLEARED)
    pasted(engine, lambda: None)
    assert engine.noted == ["clipboard-left", "delivered", "pasted"]


def test_all_text_is_disguised_before_the_value_is_on_the_clipboard() -> None:
    engine = Noting(CLEARED)
    pasted(engine, lambda: engine.did.append("paste"))
    assert engine.did == ["conceal", "put", "paste"]


def test_what_was_pasted_while_another_program_had_the_clipboard_is_not_called_delivered() -> None:
    engine = Noting("not ours")
    with pytest.raises(ClipboardFailed, match="the field may hold anything"):
        pasted(engine, lambda: None)
    assert engine.noted == ["clipboard-left"]


@pytest.mark.parametrize(("left", "says"), [("not ours", "another program"), (CLEARED, "an empty field")])
def test_a_field_that_stays_empty_has_its_reason(left: str, says: str) -> None:
    engine = Noting(left)
    with pytest.raises((PageError, ClipboardFailed), match=says):
        pasted(engine, stays_empty)
    assert engine.noted == ["clipboard-left"]


@pytest.fixture
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a person do at once, by hand, what the page's action does."""

    def do_by_hand(_engine: object, _step: object, page: Any) -> tuple[None, Answer]:
        page.paste()
        return None, Answer(Choice.GO_ON, "a test")

    monkeypatch.setattr("keyturn.run.pasting.do_by_hand", do_by_hand)


@pytest.mark.usefixtures("_by_hand")
def test_who_pasted_by_hand_may_copy_something_else_meanwhile() -> None:
    engine = Noting("not ours")
    pasted(engine, lambda: None, by_hand=True)
    assert engine.noted == ["clipboard-left", "delivered", "pasted"]


@pytest.mark.usefixtures("_by_hand")
@pytest.mark.parametrize("left", ["not ours", CLEARED])
def test_what_stops_a_person_who_pastes_is_told_as_it_is(left: str) -> None:
    engine = Noting(left)
    with pytest.raises(PageError, match="an empty field"):
        pasted(engine, stays_empty, by_hand=True)
    assert engine.noted == ["clipboard-left"]


def test_whatever_stops_a_paste_the_clipboard_is_cleared_first() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    engine = Noting("not ours")
    with pytest.raises(KeyboardInterrupt):
        pasted(engine, interrupted)
    assert engine.noted == ["clipboard-left"]
