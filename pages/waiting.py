"""Waiting for what a page may come to show: one of several things, or whatever a look is taken for."""

from __future__ import annotations

import time
from functools import reduce
from typing import TYPE_CHECKING, Final

from pages.library import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator

LOOK_AGAIN: Final = 50  # ms between two looks at a page


def wait_for_any(*these: Locator, timeout: float | None = None) -> None:
    """Wait until one of `these` is to be seen. Raises `AssertionError` when none is in time."""
    either = reduce(lambda one, another: one.or_(another), these)
    expect(either.filter(visible=True)).not_to_have_count(0, timeout=timeout)


def looks(seconds: float, pause: Callable[[], object]) -> Iterator[None]:
    """Yield for each look that there is time for in `seconds`, at least once, with a pause between two."""
    until = time.monotonic() + seconds
    yield
    while time.monotonic() <= until:
        pause()
        yield
