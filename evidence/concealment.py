"""Concealment in the page, and its proof. The page's side is `conceal.js`; this is the hand on its switch.

Nothing here ever holds the value: made-up values go in as character codes, so that not even the trace of the proof
holds a text of a secret's shape, and out come words and yes or no.
"""

from __future__ import annotations

import io
import json
import secrets
import string
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image
from playwright.sync_api import Error as BrowserError

from evidence.camera import Camera
from evidence.error import ConcealmentFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import BrowserContext, ElementHandle, Frame
    from playwright.sync_api import Page as Tab

_ALPHABET = string.ascii_letters + string.digits
_ASK = "([name, ask, argument]) => window[name] ? window[name][ask](argument) : 'missing'"
_HINT_LATE = "leave that page by hand, then resume"
_HINT = "no secret exists yet; report this page to keyturn's makers, and rotate by hand"


class _Part(NamedTuple):
    """A part of a window: where its edges are, as shares of the window's width and height."""

    left: float
    top: float
    right: float
    bottom: float


class Concealment:
    """The disguise over every frame of one browser context. `concealed` says whether all text is disguised now.

    `name`: under which the page's side stands in each window; given anew by a process that comes back to pages which
    another one left open, so that it can switch what is there already.
    """

    def __init__(self, name: str = "", camera: Camera | None = None) -> None:
        self.concealed = False
        self.name = name or f"_{secrets.token_hex(8)}"
        self._source = files("evidence").joinpath("conceal.js").read_text(encoding="utf-8")
        self._camera = camera or Camera()
        self._context: BrowserContext | None = None
        self._arming: AbstractContextManager[Any] | None = None

    def attach(self, context: BrowserContext) -> None:
        """Put the disguise by shape into every frame that will ever load in `context`, and in those already there.

        Where one of these disguises all text, that goes on, everywhere. Raises `ConcealmentFailed`.
        """
        self._context = context
        context.add_init_script(self._script(concealing=False))
        frames = list(self._frames())
        if any([self._ask(frame, "concealing") is True for frame in frames]):  # noqa: C419  # each one is to be asked
            self.conceal()
        for frame in frames:
            self._ask(frame, "hide")  # what a proof that was cut short left
        for tab in context.pages:
            self.painted(tab)

    def conceal(self) -> None:
        """Disguise all text in every frame, and in those that load from now on. Raises `ConcealmentFailed`."""
        if self._context is None:
            raise ConcealmentFailed("there is no browser to conceal in", hint=_HINT)
        if self._arming is None:
            self._arming = self._context.add_init_script(self._script(concealing=True))
        self.concealed = True
        for frame in self._frames():
            self._ask(frame, "set", argument=True)

    def uncover(self) -> bool:
        """End the disguise of all text in each tab where no value could be read then; return whether in all of them.

        A value is not legible when it is gone, or stands disguised in a place that is known: replaced by bullets in
        the document, or in a field that is disguised by itself.
        """
        if not self.concealed or self._context is None:
            return True
        clean = [tab for tab in self._context.pages if not self._legible(tab)]
        for tab in clean:
            self.painted(tab)  # A screen that still shows the value must not outlive the disguise.
        clean = [tab for tab in clean if not self._legible(tab)]
        everywhere = len(clean) == len(self._context.pages)
        if everywhere and self._arming:
            self._arming.__exit__(None, None, None)
            self._arming = None
        self.concealed = not everywhere
        for tab in clean:
            for frame in list(tab.frames):
                self._ask(frame, "set", argument=False)
        return everywhere

    def prove(self, tabs: Iterable[Tab]) -> int:
        """Prove in every frame of `tabs` that a made-up value cannot be read, and return the number of frames.

        In each frame: a value of a secret's shape must be gone from text, attribute and shadow root before anything
        can look, and the style must be in force. On the screen: two different texts without that shape must look the
        same to the last pixel. Raises `ConcealmentFailed`, naming the tab and what stayed legible.
        """
        self.conceal()
        count = 0
        for tab in tabs:
            before = count
            for frame in list(tab.frames):
                faults = self._ask(frame, "trial", argument=_codes(_made_up()))
                if faults == "gone":
                    continue
                if not isinstance(faults, list) or faults:
                    raise ConcealmentFailed(f"a made-up value stays legible: {_listed(faults)}", hint=_HINT)
                self._prove_pixels(tab, frame)
                count += 1
            if count == before:
                raise ConcealmentFailed("a tab has no page in which concealment could be proven", hint=_HINT)
        if not count:
            raise ConcealmentFailed("there is no page in which concealment could be proven", hint=_HINT)
        return count

    def painted(self, tab: Tab) -> None:
        """Wait until what is in `tab` now has been painted."""
        for frame in list(tab.frames):
            self._ask(frame, "painted")

    def _prove_pixels(self, tab: Tab, frame: Frame) -> None:
        """Show two made-up texts in turn at the edge of the frame and compare how they look, and with nothing there."""
        looks = []
        part = None
        for _ in range(2):
            if self._ask(frame, "show", argument=_codes(_random(30))) == "gone":
                return
            plate = frame.query_selector(f"[data-{self.name}]")
            part = _on_screen(tab, plate) if plate else None
            looks.append(self._look(tab, part) if part else b"")
        self._ask(frame, "hide")
        if looks[0] != looks[1]:
            raise ConcealmentFailed("two made-up values can be told apart on the screen", hint=_HINT)
        if frame is tab.main_frame and (part is None or looks[0] == self._look(tab, part)):
            raise ConcealmentFailed("concealment cannot be seen at work on the screen", hint=_HINT)

    def _look(self, tab: Tab, part: _Part) -> bytes:
        """Return the pixels of a part of what `tab` shows."""
        picture = Image.open(io.BytesIO(self._camera.shot(tab)))
        left, right = round(part.left * picture.width), round(part.right * picture.width)
        top, bottom = round(part.top * picture.height), round(part.bottom * picture.height)
        return picture.crop((left, top, right, bottom)).tobytes()

    def _legible(self, tab: Tab) -> bool:
        return any(self._ask(frame, "legible") is True for frame in list(tab.frames))

    def _frames(self) -> Iterator[Frame]:
        for tab in self._context.pages if self._context else ():
            yield from list(tab.frames)

    def _ask(self, frame: Frame, ask: str, *, argument: Any = None) -> Any:
        """Ask one frame; one that has gone away answers "gone". Raises `ConcealmentFailed` when it cannot answer."""
        for _ in range(3):  # A frame may be replaced by a navigation while it is being asked.
            try:
                answer = frame.evaluate(_ASK, [self.name, ask, argument])
                if answer != "missing":
                    return answer
                frame.evaluate(self._script(concealing=self.concealed))
            except BrowserError:
                if frame.is_detached() or frame.page.is_closed():
                    return "gone"
        raise ConcealmentFailed("a frame cannot be concealed: it does not answer", hint=_HINT_LATE)

    def _script(self, *, concealing: bool) -> str:
        """Return `conceal.js` for this recording; the page cannot guess its name."""
        script = self._source.replace("__NAME__", json.dumps(self.name))
        return script.replace("__CONCEALING__", json.dumps(concealing))


def _on_screen(tab: Tab, plate: ElementHandle) -> _Part | None:
    """Return where the plate is, if wholly inside the window."""
    box = plate.bounding_box()
    width, height = tab.evaluate("[innerWidth, innerHeight]")
    if not box or not all((box["width"], box["height"], width, height)):  # A window that is put away has no size.
        return None
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    part = _Part(box["x"] / width, box["y"] / height, right / width, bottom / height)
    return part if min(part) >= 0 and max(part) <= 1 else None


def _made_up() -> str:
    """Return a text of the shape of a client secret that is none."""
    return f"{_random(3)}8Q~{_random(34)}"


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _codes(text: str) -> list[int]:
    return [ord(character) for character in text]


def _listed(faults: object) -> str:
    return ", ".join(map(str, faults)) if isinstance(faults, list) else "the frame does not answer"
