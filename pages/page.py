"""What every page object is made of: the page, and the parts that it holds.

A page states the proof of being on screen (`proof`), offers intents (`@action`) and answers questions (`@probe`).
It is not the place for judgement (that is the runbook's `guard` and `expect`) and never sees a secret value.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from pages import library, network
from pages.errors import NoEffect, PageError, ScreenNotReached, Unreachable
from pages.library import expect
from pages.surroundings import Surroundings, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

_Found = TypeVar("_Found")
_LOOKS = 5  # at pages that take each other's place


class Page:
    """A screen that the operator would name. `tab` is the browser tab it lives in, `url` the address of its portal."""

    name: ClassVar[str]  # as a runbook writes it, kebab-case: `client-secrets`
    title: ClassVar[str]  # as the operator reads it: `Certificates & secrets`
    surroundings: ClassVar[type[Surroundings]] = Surroundings  # of the page's portal
    pressed: bool = False  # what the last action pressed cannot be taken back
    expected: str = ""  # what the gestures being made are to bring about

    def __init__(self, tab: Tab, url: str) -> None:
        self.tab = tab
        self.url = url.rstrip("/")
        self.around = self.surroundings(tab)

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
            return self._look(lambda: network.error_page(self.tab) or self.around.seen())
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
        before, self.expected = self.expected, what
        yield
        self.expected = before  # Not in a finally: after a failure the innermost expectation is the one to tell.

    def bring_up(self, button: Locator, what: Locator) -> None:
        """Have `what` opened by `button`, unless it is open already: an act that broke off may have left it so."""
        if not what.is_visible():
            button.click()
        expect(what).to_be_visible()

    def enter(self, field: Locator, text: str) -> None:
        """Fill `text` in and see that the field holds it."""
        field.fill(text)
        with self.expecting(f"the field to hold “{text}”"):
            expect(field).to_have_value(text)

    def press_once(self, button: Locator) -> None:
        """Press a button whose effect cannot be taken back; from here on the portal may have changed.

        Nothing repeats this: the browser library's own waiting happens before the press is noted.
        """
        button.click(trial=True)
        self.around.note()
        self.pressed = True
        button.click()

    def failure(self, verb: str) -> PageError:
        """Return the error for an action that failed in the browser: what the portal says, else `NoEffect`."""
        return self._error(NoEffect, verb, self.expected)

    def _error(self, otherwise: type[PageError], verb: str, expected: str) -> PageError:
        try:
            trouble = self._look(self._trouble)
        except library.Error:
            trouble = None  # `seen` says that the tab no longer answers.
        found = trouble or Trouble(otherwise, self.seen())
        return found.error(
            self.title, verb, expected=expected, seen=found.seen, pressed=self.pressed, advice=found.advice
        )

    def _look(self, what: Callable[[], _Found]) -> _Found:
        """Return what is found. A page that is just being left cannot be looked at: then the one that comes is.

        Raises `library.Error` when none can be, at once where it does not answer in time.
        """
        for _ in range(_LOOKS - 1):
            try:
                return what()
            except library.TimeoutError:
                raise
            except library.Error:
                if self.tab.is_closed():
                    raise
        return what()

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


def _element(found: Locator | Component) -> Locator:
    return found.root if isinstance(found, Component) else found
