"""What every page object is made of: the page, its actions and probes, and how they fail.

A page states the proof of being on screen (`proof`), offers intents (`@action`) and answers questions (`@probe`).
It is not the place for judgement (that is the runbook's `guard` and `expect`) and never sees a secret value.
"""

from __future__ import annotations

import functools
import inspect
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Literal, ParamSpec, Self, TypeVar

from pages import library, network
from pages.library import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from playwright.sync_api import FrameLocator, Locator
    from playwright.sync_api import Page as Tab

P = ParamSpec("P")
R = TypeVar("R")
SecretRole = Literal["copies", "pastes", "proves"]

_DAY = timedelta(days=1)
_CLOCK_OFF = timedelta(hours=1)  # between two clocks; less decides nothing here, where dates do
# Any text with the mark of a client secret, its 8Q~ or 7Q~ (published scanners), is disguised before it can reach a
# message, however short the piece.
_SECRET_SHAPE = re.compile(r"[\w~.\-]{0,3}[78]Q~[\w~.\-]+")


class PageError(Exception):
    """A page did not do or show what was asked of it, in our words.

    `screen` and `verb` say where; `expected` and `seen` say what. `pressed` is True when the irreversible button of
    the action had already been pressed, so that the portal may have changed. `passing` is True when the portal is
    known to settle by itself (replication), so that asking again later is safe. `advice` is what a person can do about
    it, where that is known; else empty.
    """

    passing: ClassVar[bool] = False

    def __init__(  # noqa: PLR0913  # keywords, each with a place of its own in what a person is told
        self, screen: str, verb: str, *, expected: str, seen: str, pressed: bool = False, advice: str = ""
    ) -> None:
        self.screen = screen
        self.verb = verb
        self.expected = expected
        self.seen = seen
        self.pressed = pressed
        self.advice = advice
        super().__init__(f"{screen}: {verb}: expected {expected}; saw {seen}")


class ScreenNotReached(PageError):
    """The page is not on screen: its proof did not appear in time."""


class NoEffect(PageError):
    """The gesture was made, or could not be made, and its visible consequence did not appear."""


class PortalRefused(PageError):
    """The portal answered with an error of its own; `seen` holds its words."""


class NotYet(PageError):
    """The portal refused for now, as it does until a change has replicated (reported: seconds, up to two minutes)."""

    passing = True


class NotOne(PageError):
    """Nothing, or more than one thing, answers the description; a choice would be a guess."""


class SessionEnded(PageError):
    """The portal shows its sign-in screen in place of the page."""


class Unreachable(PageError):
    """The portal's server was not reached, or answered with an error page; `seen` says which and why."""


class ClockWrong(PageError):
    """The clock of this computer is not the portal's, and dates decide what has expired."""


def action(
    *, at: str = "", anywhere: bool = False, secret: SecretRole | None = None, shown_by: str = ""
) -> Callable[[Callable[Concatenate[Any, P], R]], Callable[Concatenate[Any, P], R]]:
    """Mark a method as an intent that a runbook may call.

    `at`: the attribute of the page that is pressed or filled in first, such as `add_button` or `saved.sync_button`, so
    that a person can be shown where; a method gets the action's arguments. Empty for an action that only goes or looks.
    `anywhere`: the action brings its page up itself, so the page need not be on screen before.
    `secret`: the action leaves a secret on the clipboard ("copies"), takes it from there ("pastes"), or returns only
    when one that was pasted on this portal has been shown to work ("proves").
    `shown_by`: the method that tells, by looking once, what the action would return, or None while that is not to be
    seen: by it a person's own act is known. It takes what existed before where the action makes something.
    Every error of the browser library becomes a `PageError`; the original, whose text may hold page content, is
    dropped with its context. A `PageError` from inside, such as a next page's, is told what was pressed.
    """

    def mark(method: Callable[Concatenate[Any, P], R]) -> Callable[Concatenate[Any, P], R]:
        @functools.wraps(method)
        def run(self: Page, /, *args: P.args, **kwargs: P.kwargs) -> R:
            self.pressed = False
            network.begin(self.tab)
            self._expected = f"“{first_line(method)}” to take effect"
            try:
                return method(self, *args, **kwargs)
            except PageError as error:
                error.pressed = error.pressed or self.pressed
                raise
            except (library.Error, AssertionError):
                pass  # Raised below, outside the handler: `raise … from None` would keep the original in __context__.
            raise self.failure(method.__name__)

        run.keyturn_kind = "action"  # type: ignore[attr-defined]
        run.keyturn_at = at  # type: ignore[attr-defined]
        run.keyturn_anywhere = anywhere  # type: ignore[attr-defined]
        run.keyturn_secret = secret  # type: ignore[attr-defined]
        run.keyturn_shown_by = shown_by  # type: ignore[attr-defined]
        return run

    return mark


def probe(method: Callable[Concatenate[Any, P], bool]) -> Callable[Concatenate[Any, P], bool]:
    """Mark a `has_…` method that answers, at once and without waiting, whether something is so on the loaded page.

    The engine asks again until it is so or the time is up, and derives the opposite `has_no_…`, which holds only
    while the page's proof is on screen: a blank page proves nothing.
    """

    @functools.wraps(method)
    def run(self: Page, /, *args: P.args, **kwargs: P.kwargs) -> bool:
        try:
            return method(self, *args, **kwargs)
        except (library.Error, AssertionError):
            pass  # As in `action`.
        raise self.failure(method.__name__)

    run.keyturn_kind = "probe"  # type: ignore[attr-defined]
    return run


def glance(otherwise: R) -> Callable[[Callable[[Any], R]], Callable[[Any], R]]:
    """Mark a question asked over and over, even while its page is being left: then it is answered `otherwise`."""

    def mark(method: Callable[[Any], R]) -> Callable[[Any], R]:
        @functools.wraps(method)
        def run(self: Page) -> R:
            try:
                return method(self)
            except library.Error:
                return otherwise

        return run

    return mark


def first_line(method: Callable[..., object]) -> str:
    """Return the first line of the docstring of `method` without its full stop."""
    return (method.__doc__ or method.__name__).strip().splitlines()[0].rstrip(".")


def disguised(text: str) -> str:
    """Return `text` in one line with everything of a secret's shape replaced by bullets."""
    return _SECRET_SHAPE.sub("••••••", " ".join(text.split()))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a portal shows of its own that explains a failure: the error to raise, what it says, and what to do."""

    error: type[PageError]
    seen: str  # disguised
    advice: str = ""


class Surroundings:
    """What a portal puts around, over or in place of any of its pages. This one knows no portal.

    A portal's own tells its screens apart and recognises its messages. Both methods look once and never wait.
    """

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        network.watch(tab)

    def load(self, address: str) -> None:
        """Load `address`. Raises `ClockWrong` when the server's clock is another than this computer's."""
        response = self.tab.goto(address, wait_until="domcontentloaded")
        network.forget(self.tab)
        off = network.clock_difference(response, time.time())
        if off and abs(off) > _CLOCK_OFF:
            seen = f"it is {_roughly(abs(off))} {'behind' if off > timedelta() else 'ahead'}"
            expected = "this computer's clock to agree with the portal's"
            advice = "set the clock of this computer, or let a time server set it"
            raise ClockWrong("the portal's server", "load", expected=expected, seen=seen, advice=advice)

    def documents(self) -> Iterable[Tab | FrameLocator]:
        """Return the documents that a page of the portal is made of, the tab's own first."""
        return [self.tab]

    def addresses(self) -> Iterable[str]:
        """Return the addresses from which a page of the portal comes, besides the portal's own."""
        return [self.tab.url]

    def unreached(self, url: str) -> str:
        """Return why the portal at `url` was not reached by the last action, if it was not; else an empty text."""
        with suppress(library.Error):  # A page is about to take another's place; what failed is known nevertheless.
            for document in self.documents():
                if words := network.error_page(document):
                    return words
        return network.failed_request(self.tab, [url, *self.addresses()], whole=True)

    def cut_off(self, url: str) -> str:
        """Return which part of a page did not come since the last action began, if one did not; else an empty text."""
        for document in self.documents():
            if words := network.refused(document, self.tab):
                return words
        return network.failed_request(self.tab, [url, *self.addresses()], whole=False)

    def seen(self) -> str:
        """Say what is on screen, in static words: never field contents, never whole page text."""
        title = disguised(self.tab.title())
        return f"a page titled “{title}”" if title or self.tab.url != "about:blank" else "an empty tab"

    def trouble(self) -> Trouble | None:
        """Return what the portal itself says went wrong, if anything."""
        return None


class Page:
    """A screen that the operator would name. `tab` is the browser tab it lives in, `url` the address of its portal."""

    name: ClassVar[str]  # as a runbook writes it, kebab-case: `client-secrets`
    title: ClassVar[str]  # as the operator reads it: `Certificates & secrets`
    surroundings: ClassVar[type[Surroundings]] = Surroundings  # of the page's portal

    def __init__(self, tab: Tab, url: str) -> None:
        self.tab = tab
        self.url = url.rstrip("/")
        self.around = self.surroundings(tab)
        self.pressed = False
        self._expected = ""

    @property
    def proof(self) -> Iterable[Locator]:
        """What must be visible for this page to be on screen, each looked for when those before it are."""
        raise NotImplementedError

    def arrive(self) -> Self:
        """Wait until the page is on screen and return it. Raises `ScreenNotReached`, or what the portal says."""
        try:
            for element in self.proof:
                expect(element).to_be_visible()
        except (library.Error, AssertionError):
            pass
        else:
            return self
        raise self._error(ScreenNotReached, "arrive", f"the page “{self.title}”")

    def is_on_screen(self) -> bool:
        """Return whether the proof is visible at this moment."""
        try:
            return all(element.is_visible() for element in self.proof)
        except library.Error:
            return False

    def other(self, page: type[Page]) -> Page:
        """Return another page of the portal, in the same tab."""
        return page(self.tab, self.url)

    def seen(self) -> str:
        """Say what is on screen, in static words: never field contents, never whole page text."""
        try:
            return network.error_page(self.tab) or self.around.seen()
        except library.Error:
            return _gone(self.tab)

    def target(self, verb: str, args: Mapping[str, object]) -> Locator | None:
        """Return what the action `verb`, called with `args`, would press or fill in first, for a person to be shown.

        None where it presses nothing, and where the page does not show what leads there. Looks once, never waits.
        """
        at: str = getattr(type(self), verb).keyturn_at
        if not at:
            return None
        try:
            found = attrgetter(at)(self)
            return _element(found(**args) if inspect.ismethod(found) else found)
        except (library.Error, PageError):
            return None

    @contextmanager
    def expecting(self, what: str) -> Iterator[None]:
        """Name what the gestures inside are expected to bring about, for the error if they do not."""
        before, self._expected = self._expected, what
        yield
        self._expected = before  # Not in a finally: after a failure the innermost expectation is the one to tell.

    def bring_up(self, button: Locator, what: Locator) -> None:
        """Have `what` opened by `button`, unless it is open already: an act that broke off may have left it so."""
        if not what.is_visible():
            button.click()
        expect(what).to_be_visible()

    def press_once(self, button: Locator) -> None:
        """Press a button whose effect cannot be taken back; from here on the portal may have changed.

        Nothing repeats this: the browser library's own waiting happens before the press is noted.
        """
        button.click(trial=True)
        self.pressed = True
        button.click()

    def failure(self, verb: str) -> PageError:
        """Return the error for an action that failed in the browser: what the portal says, else `NoEffect`."""
        return self._error(NoEffect, verb, self._expected)

    def _error(self, otherwise: type[PageError], verb: str, expected: str) -> PageError:
        try:
            trouble = self._trouble()
        except library.Error:
            trouble = None  # `seen` says that the tab no longer answers.
        found = trouble or Trouble(otherwise, self.seen())
        return found.error(
            self.title, verb, expected=expected, seen=found.seen, pressed=self.pressed, advice=found.advice
        )

    def _trouble(self) -> Trouble | None:
        """Return what explains a failure: no portal there, else the portal's own words, else a part that is missing."""
        if words := self.around.unreached(self.url):
            return Trouble(Unreachable, words, network.ADVICE)
        if trouble := self.around.trouble():
            return trouble
        words = self.around.cut_off(self.url)
        return Trouble(Unreachable, words, network.ADVICE) if words else None


class Component:
    """A part of a page with a root: a dialog, a pane, a row. All its locators start from the root."""

    def __init__(self, root: Locator) -> None:
        self.root = root


def _gone(tab: Tab) -> str:
    browser = tab.context.browser
    if browser and not browser.is_connected():
        return "a browser that has ended"
    return "a tab that has been closed" if tab.is_closed() else "a tab that no longer answers"


def _roughly(length: timedelta) -> str:
    return f"{round(length / _DAY)} days" if length > 2 * _DAY else f"{round(length / timedelta(hours=1))} hours"


def _element(found: Locator | Component) -> Locator:
    return found.root if isinstance(found, Component) else found
