"""The browser of a run: kept by a process of its own, so that it outlives this one, and ended only when told to."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playwright.sync_api import Error as BrowserError

from keyturn import keeper
from keyturn.errors import CannotStart
from keyturn.keeper import Keeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from keyturn.browser import Installed
    from keyturn.keeper import Kept


@dataclass(slots=True)
class Browsing:
    """The browser of a run. It stays open after this process, whatever ends it, unless it is said to end with it."""

    context: BrowserContext
    ends: bool = False
    again: bool = False  # its pages are those of an earlier part of the run
    _kept: Kept | None = None

    @property
    def disguise(self) -> str:
        """The name under which an earlier part left the disguise in the pages that are open; empty in a fresh one."""
        return self._kept.disguise if self._kept and self.again else ""

    def is_open(self) -> bool:
        """Return whether there is anything left to look at."""
        browser = self.context.browser
        return browser is not None and browser.is_connected() and bool(self.context.pages)

    def end(self) -> bool:
        """End the browser now, and return whether it did: it writes into a profile until it has."""
        with suppress(BrowserError):  # It has gone by itself, or goes before it has answered.
            self.context.close()
        return self._kept is None or keeper.has_ended(self._kept.run)

    def remember(self, disguise: str) -> None:
        """Keep the name of the disguise for a later part of the run, before any page is there to be disguised."""
        if self._kept and disguise != self._kept.disguise:
            self._kept = replace(self._kept, disguise=disguise)
            self._kept.write()


@contextmanager
def kept_browser(  # noqa: PLR0913  # how a browser is started, part by part
    run: str,
    installed: Installed,
    *,
    headed: bool,
    ready: Keeper | None = None,
    outlives: bool = True,
    profile: Path | None = None,
) -> Iterator[Browsing]:
    """Come back to the browser that is kept for `run`, else start one; `ready` is a keeper that waits for an order.

    `outlives`: it stays open when this process was killed. `profile`: the folder that it starts with. The caller is
    attending the run. Raises `CannotStart`.
    """
    with ExitStack() as stack:
        browsing = _come_back(stack, run)
        if browsing is None:
            process = (ready or Keeper()).open(run, installed, headed=headed, outlives=outlives, profile=profile)
            browsing = _opened(stack, process)
        try:
            yield browsing
        finally:
            if browsing.ends:
                with suppress(BrowserError):  # It has gone by itself.
                    browsing.context.close()


def _come_back(stack: ExitStack, run: str) -> Browsing | None:
    kept = keeper.kept_runs().get(run)
    if kept is None:
        return None
    try:
        return Browsing(stack.enter_context(keeper.connected(lambda: kept)), again=True, _kept=kept)
    except CannotStart:
        return None  # It went away just now.


def _opened(stack: ExitStack, process: Keeper) -> Browsing:
    context = stack.enter_context(keeper.connected(process.kept))
    return Browsing(context, _kept=process.kept())
