"""The first gesture of an action, caught before it is made, to compare with the place that a person is shown."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Locator

from pages.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pages.page import Page

GESTURES = ("click", "fill", "press", "select_option", "check")


class Caught(BrowserError):
    """Ends the action where its first gesture would be made."""

    def __init__(self) -> None:
        super().__init__("caught")


@contextmanager
def catching() -> Iterator[list[Locator]]:
    """Make no gesture inside; the list that is given holds what the first would have been made at."""
    caught: list[Locator] = []

    def catch(self: Locator, *_: Any, **__: Any) -> None:
        caught.append(self)
        raise Caught

    with pytest.MonkeyPatch.context() as patch:
        for gesture in GESTURES:
            patch.setattr(Locator, gesture, catch)
        yield caught


def same_element(one: Locator, other: Locator) -> bool:
    """Return whether both find one and the same element."""
    assert one.count() == other.count() == 1
    return bool(one.evaluate("(mine, theirs) => mine === theirs", other.element_handle()))


def first_gesture(page: Page, verb: str, args: dict[str, Any]) -> Locator | None:
    """Return where `verb` makes its first gesture; None when it comes to its end without one."""
    with catching() as caught:
        try:
            getattr(page, verb)(**args)
        except PageError:
            assert caught, f"{verb} failed before its first gesture"
    return caught[0] if caught else None


def actions(page: type[Page]) -> set[str]:
    """Return the names of the actions of a page."""
    return {name for name in dir(page) if getattr(getattr(page, name), "keyturn_kind", "") == "action"}


def shown_right(page: Page, verb: str, args: dict[str, Any]) -> bool:
    """Return whether a person is shown exactly where `verb` begins. One that makes no gesture may show nothing."""
    target = page.target(verb, args)
    made = first_gesture(page, verb, args)
    if made is None:
        return target is None or target.count() == 1
    return target is not None and same_element(target, made)
