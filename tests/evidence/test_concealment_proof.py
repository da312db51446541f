"""Concealment is proven in every tab or not at all: with tabs that only answer what a frame would."""

from __future__ import annotations

import hashlib
import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from PIL import Image
from playwright.sync_api import Error as BrowserError

from evidence import ConcealmentFailed
from evidence.concealment import Concealment

if TYPE_CHECKING:
    from evidence.camera import Camera

SIZE = (700, 260)
PLATE = {"x": 20, "y": 200, "width": 300, "height": 20}
WHOLE = ("bullets", "bullets", "nothing")  # the screen with one text, with another, and with none


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
        return SimpleNamespace(bounding_box=lambda: PLATE)


class Sight:
    """A camera to which the plate of each tab looks as its `looks` say, on a screen with two pixels to one of the page.

    Around the plate it looks different each time, as a page does whose clock goes on.
    """

    def __init__(self) -> None:
        self.taken = 0

    def shot(self, tab: Any) -> bytes:
        self.taken += 1
        picture = Image.new("RGB", (2 * SIZE[0], 2 * SIZE[1]), (0, 0, self.taken))
        at = (2 * PLATE["x"], 2 * PLATE["y"])
        colour = (255, *hashlib.sha256(tab.looks.pop(0).encode()).digest()[:2])
        picture.paste(Image.new("RGB", (2 * PLATE["width"], 2 * PLATE["height"]), colour), at)
        picture.save(file := io.BytesIO(), "PNG")
        return file.getvalue()


def tab(trial: object = (), looks: tuple[str, ...] = WHOLE, size: tuple[int, int] = SIZE) -> Any:
    frame = Frame([] if trial == () else trial)
    return SimpleNamespace(frames=[frame], main_frame=frame, evaluate=lambda _: size, looks=list(looks))


def prove(*tabs: Any) -> int:
    context: Any = SimpleNamespace(add_init_script=lambda _: None, pages=[])
    concealment = Concealment("", cast("Camera", Sight()))
    concealment._context = context
    try:
        return concealment.prove(tabs)
    finally:
        assert concealment.concealed


def test_every_tab_is_asked_for_proof() -> None:
    assert prove(tab(), tab(), tab()) == 3


def test_in_a_window_of_no_size_nothing_is_proven() -> None:
    with pytest.raises(ConcealmentFailed, match="concealment cannot be seen at work"):
        prove(tab(size=(0, 0)))


@pytest.mark.parametrize(
    ("trial", "looks", "fault"),
    [
        (["text", "attribute"], WHOLE, "a made-up value stays legible: text, attribute"),
        ("concealing", WHOLE, "the frame does not answer"),
        ("gone", WHOLE, "a tab has no page in which concealment could be proven"),
        ((), ("one", "two", "nothing"), "two made-up values can be told apart"),
        ((), ("nothing", "nothing", "nothing"), "concealment cannot be seen at work"),
        (None, WHOLE, "a frame cannot be concealed"),
    ],
)
def test_one_tab_whose_proof_fails_among_several_stops_all(trial: object, looks: tuple[str, ...], fault: str) -> None:
    for place in range(3):
        tabs = [tab(), tab()]
        tabs.insert(place, tab(trial, looks))
        with pytest.raises(ConcealmentFailed, match=fault):
            prove(*tabs)
