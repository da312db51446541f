"""The browser tabs of a run: one for each portal, opened when first needed, in front when it is used."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pages.waiting import LOOK_AGAIN, looks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext
    from playwright.sync_api import Page as Tab

    from keyturn.catalogue import Catalogue
    from keyturn.model import Probe
    from keyturn.run.state import RunState
    from pages.page import Page

_BLANK = "about:blank"


class Session:
    """Gives page objects their tabs."""

    def __init__(
        self, context: BrowserContext, catalogue: Catalogue, state: RunState, opened: Callable[[Tab, str], None]
    ) -> None:
        """Take what tabs need; `opened` is told of every new tab and its portal's name before anything loads in it."""
        self._context = context
        self._catalogue = catalogue
        self._state = state
        self._opened = opened
        self._tabs: dict[str, Tab] = {}
        self._front = ""
        self._begins = True  # no tab was needed yet
        # Portals whose tab may stand anywhere: before a step there, its page is looked for.
        self.unsure: set[str] = set()
        self.loads: Counter[str] = Counter()  # by portal: how many documents came into its tab

    def page(self, where: str) -> Page:
        """Return the page object for `portal.page`, in the portal's tab."""
        portals, portal = self._state.runbook.portals, where.partition(".")[0]
        tab = self.tab(portal)
        return self._catalogue.at(portals, where).cls(tab, str(self._state.fill(portals[portal].url)))

    def tab(self, portal: str) -> Tab:
        """Return the tab of `portal`, in front: behind another it is a hidden document, where portals stop working."""
        if not self.is_open(portal):  # For the first time, or the person closed it.
            self._take(self._fresh(), portal)
        if self._front != portal:
            self._tabs[portal].bring_to_front()
            self._front = portal
        return self._tabs[portal]

    def _take(self, tab: Tab, portal: str) -> None:
        self._tabs[portal] = tab
        tab.on("domcontentloaded", lambda _: self.loads.update([portal]))
        self._opened(tab, portal)

    def _fresh(self) -> Tab:
        """Return a tab that nothing was loaded in: the first time the blank one with which a profile opens."""
        begins, self._begins = self._begins, False
        blank = (tab for tab in self._context.pages if tab.url == _BLANK) if begins else iter(())
        return next(blank, None) or self._context.new_page()

    def adopt(self) -> None:
        """Take in tabs that were opened by somebody else, by the address that they show, where a portal has none."""
        ours = set(self._tabs.values())
        for tab in self._context.pages:
            for portal, spec in self._state.runbook.portals.items():
                if tab not in ours and not self.is_open(portal) and _is_at(tab.url, str(self._state.fill(spec.url))):
                    self._take(tab, portal)
        self._front = ""

    def is_open(self, portal: str) -> bool:
        """Return whether the portal's tab is there."""
        return portal in self._tabs and not self._tabs[portal].is_closed()

    def is_closed(self, portal: str) -> bool:
        """Return whether the portal had a tab and somebody closed it."""
        return portal in self._tabs and self._tabs[portal].is_closed()

    def tabs(self) -> dict[str, Tab]:
        """Return the open tabs by portal."""
        return {portal: tab for portal, tab in self._tabs.items() if not tab.is_closed()}

    def looks(self, where: str, seconds: float) -> Iterator[None]:
        """Yield for each look at `portal.page` that there is time for in `seconds`; the portal works between two."""
        return looks(seconds, lambda: self.tab(where.partition(".")[0]).wait_for_timeout(LOOK_AGAIN))

    def answer(self, probe: Probe) -> bool:
        """Return whether `probe` is so at this moment. On a page that is not on screen, or cannot tell, nothing is.

        Raises `NotYetKnown` when its arguments are not known yet.
        """
        spec = self._catalogue.at(self._state.runbook.portals, probe.page).probe(probe.ask)
        args = self._state.bound(probe.args, spec.parameters if spec else {})
        if not self.is_open(probe.page.partition(".")[0]):
            return False
        page = self.page(probe.page)
        if not page.is_on_screen():
            return False
        absent = probe.ask.startswith("has_no_")
        asked = probe.ask.replace("has_no_", "has_", 1) if absent else probe.ask
        found = getattr(page, asked)(**args)
        # Absence counts only on a page that is still there: one that went blank in between proves nothing.
        return (found is not None and not found and page.is_on_screen()) if absent else bool(found)


def _is_at(shown: str, url: str) -> bool:
    """Return whether the address that a tab shows is of the portal at `url`: the same scheme, host and port."""
    return urlsplit(shown)[:2] == urlsplit(url)[:2]
