"""What a portal puts around its pages, and what of it explains that a page failed."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pages import library, network
from pages.disguise import disguised
from pages.errors import ClockWrong

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import FrameLocator
    from playwright.sync_api import Page as Tab

    from pages.errors import PageError

_DAY = timedelta(days=1)
_CLOCK_OFF = timedelta(hours=1)  # between two clocks; less decides nothing here, where dates do


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

    def note(self) -> None:
        """Note what the portal says already, before a button is pressed: it is no answer to that."""

    def seen(self) -> str:
        """Say what is on screen, in static words: never field contents, never whole page text."""
        title = disguised(self.tab.title())
        return f"a page titled “{title}”" if title or self.tab.url != "about:blank" else "an empty tab"

    def trouble(self) -> Trouble | None:
        """Return what the portal itself says went wrong, if anything."""
        return None


def _roughly(length: timedelta) -> str:
    return f"{round(length / _DAY)} days" if length > 2 * _DAY else f"{round(length / timedelta(hours=1))} hours"
