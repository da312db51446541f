"""A browser on paper: tabs, clipboard and recorder that only remember, so that a whole run takes milliseconds.

What a run does with them is keyturn's own: engine, session, journal, store, packaging, resume and rollback. Time passes
only when somebody waits. `Death` is a kill: from its moment on nothing of that keyturn does anything any more.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

from playwright.sync_api import Error as BrowserError

from keyturn.clipboard import ClipboardFailed
from keyturn.run.browsing import Browsing
from secrets_store import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from rehearsal.state import World

Read = dict[str, str]


class Killed(BaseException):  # no Exception: nothing in keyturn may catch it as something that went wrong
    """This keyturn was killed."""


@dataclass
class Death:
    """When keyturn is killed: `before` or `after` an event of a step is journalled, `taking` the value, or `never`."""

    place: str = "never"
    struck: bool = False

    def at(self, place: str) -> None:
        """Kill keyturn if this is the place; it stays killed."""
        self.struck = self.struck or place == self.place
        if self.struck:
            raise Killed


@dataclass(eq=False)
class Tab:
    """One tab. `at` names what it shows; `filled` is what was entered there, `copyable` whose value it still has.

    `registration`: the Application ID of the one that a person has gone to instead of that asked for.
    """

    browser: Browser
    url: str = ""
    at: str = ""
    filled: Read = field(default_factory=dict)
    copyable: set[str] = field(default_factory=set)
    closed: bool = False
    registration: str = ""

    def on(self, event: str, listener: Callable[[Tab], object]) -> None:
        """Tell of nothing: what a portal loads by itself is not on this paper."""

    def load(self, at: str, url: str = "") -> None:
        """Show something else; what was entered and what could be copied is gone."""
        self.check()
        self.at, self.url = at, url or self.url
        self.filled.clear()
        self.copyable.clear()

    def check(self) -> None:
        """Raise what the browser library does for a tab that is gone."""
        if self.closed:
            raise BrowserError("Target page, context or browser has been closed")

    def is_closed(self) -> bool:
        return self.closed

    def bring_to_front(self) -> None:
        self.check()

    def wait_for_timeout(self, milliseconds: float) -> None:
        self.check()
        self.browser.clock += milliseconds / 1000


@dataclass(eq=False)
class Browser:
    """A browser with one context, its clipboard, and what the portals hold; it outlives keyturn until it is ended."""

    world: World
    clipboard: str = ""
    clock: float = 0.0  # seconds
    tabs: list[Tab] = field(default_factory=list)
    death: Death = field(default_factory=Death)

    version = "on paper"

    @property
    def browser(self) -> Browser:
        return self

    @property
    def pages(self) -> list[Tab]:
        return [tab for tab in self.tabs if not tab.closed]

    def is_connected(self) -> bool:
        return True

    def set_default_timeout(self, _milliseconds: float) -> None:
        """Do nothing: what is to come is there at once, or never."""

    def new_page(self) -> Tab:
        self.tabs.append(Tab(self))
        return self.tabs[-1]

    def end(self) -> None:
        """End it, with everything that it showed."""
        for tab in self.tabs:
            tab.closed = True
        self.tabs.clear()
        self.clipboard = ""

    def time(self) -> Any:
        """Return what takes the place of the module `time`: it passes by waiting alone."""
        return SimpleNamespace(monotonic=lambda: self.clock, sleep=lambda _: None)

    @contextmanager
    def kept(self, *_: Any, **__: Any) -> Iterator[Browsing]:
        """Give a part of a run the browser as the part before it left it."""
        browsing = Browsing(self, again=bool(self.pages))  # type: ignore[arg-type]  # on paper
        yield browsing  # A part that was killed does not come back here in order, and ends nothing.
        if browsing.ends:
            self.end()


class Clipboard:
    """The browser's clipboard, as a part of a run uses it."""

    def __init__(self, browser: Browser, _lock: object) -> None:
        self._browser = browser
        self._holding: Secret | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind; who was killed cannot."""

    def turn(self) -> AbstractContextManager[None]:
        return nullcontext()

    def await_copy(self) -> None:
        self._browser.clipboard = "a sentinel"

    def take(self, label: str) -> Secret:
        self._browser.death.at("taking")
        if self._browser.clipboard == "a sentinel":
            raise ClipboardFailed("the copy button was pressed but the clipboard did not change")
        self._holding = Secret(self._browser.clipboard, label)
        return self._holding

    def put(self, secret: Secret) -> None:
        self._holding, self._browser.clipboard = secret, secret.reveal()

    def forget(self, secret: Secret) -> None:
        self._holding = secret
        self.clear()

    def clear(self) -> str:
        if self._holding is None or self._browser.clipboard != self._holding.reveal():
            return "not ours"
        self._browser.clipboard, self._holding = "", None
        return "cleared"


class Recorder:
    """Takes no pictures."""

    disguise = ""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        answers: dict[str, Any] = {"close": [], "prove": 1, "picture": ""}
        return lambda *_args, **_kwargs: answers.get(name)
