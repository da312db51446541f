"""Concealment is proven in every tab or not at all: with tabs that only answer what a frame would."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Error as BrowserError

from evidence import ConcealmentFailed
from evidence.concealment import Concealment

SIZE = [700, 260]
WHOLE = (b"bullets", b"bullets", b"nothing")  # the screen with one text, with another, and with none


class Frame:
    """A frame that answers a trial with `trial`; None: it does not answer at all."""

    def __init__(self, trial: object) -> None:
        self._trial = trial
        self.page = SimpleNamespace(is_closed=lambda: False)

    def evaluate(self, _script: str, asked: list[Any] | None = None) -> object:
        if self._trial is None:
            raise BrowserError("Execution context was destroyed")
        return self._trial if asked and asked[1] == "trial" else ""

    def is_detached(self) -> bool:
        return False

    def query_selector(self, _selector: str) -> Any:
        return SimpleNamespace(bounding_box=lambda: {"x": 0, "y": 0, "width": 300, "height": 20})


def tab(trial: object = (), looks: tuple[bytes, ...] = WHOLE) -> Any:
    frame = Frame([] if trial == () else trial)
    left = list(looks)
    return SimpleNamespace(
        frames=[frame], main_frame=frame, evaluate=lambda _: SIZE, screenshot=lambda **_: left.pop(0)
    )


def prove(*tabs: Any) -> int:
    context: Any = SimpleNamespace(add_init_script=lambda _: None, pages=[])
    concealment = Concealment()
    concealment._context = context
    try:
        return concealment.prove(tabs)
    finally:
        assert concealment.concealed


def test_every_tab_is_asked_for_proof() -> None:
    assert prove(tab(), tab(), tab()) == 3


@pytest.mark.parametrize(
    ("trial", "looks", "fault"),
    [
        (["text", "attribute"], WHOLE, "a made-up value stays legible: text, attribute"),
        ("concealing", WHOLE, "the frame does not answer"),
        ("gone", WHOLE, "a tab has no page in which concealment could be proven"),
        ((), (b"one", b"two", b"nothing"), "two made-up values can be told apart"),
        ((), (b"nothing", b"nothing", b"nothing"), "concealment cannot be seen at work"),
        (None, WHOLE, "a frame cannot be concealed"),
    ],
)
def test_one_tab_whose_proof_fails_among_several_stops_all(trial: object, looks: tuple[bytes, ...], fault: str) -> None:
    for place in range(3):
        tabs = [tab(), tab()]
        tabs.insert(place, tab(trial, looks))
        with pytest.raises(ConcealmentFailed, match=fault):
            prove(*tabs)
