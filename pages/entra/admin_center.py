"""The admin center itself: who is signed in, and the menu at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.entra.app_registrations import AppRegistrationsPage
from pages.entra.shell import Shell
from pages.library import expect
from pages.mark import action, probe
from pages.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab


class AdminCenterPage(Page):
    """Microsoft Entra admin center, whatever blade is open in it."""

    name = "admin-center"
    title = "Microsoft Entra admin center"
    surroundings = Shell
    around: Shell

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        menu = tab.get_by_role("navigation").filter(has=tab.get_by_text("Home", exact=True))
        self.app_registrations_link = menu.get_by_role("link", name="App registrations", exact=True)
        # Two generations of the menu, 2026-11: one group since 2025/26, two nested ones before (seen in pictures).
        self.entra_id_button = menu.get_by_role("button", name="Entra ID", exact=True)
        self.identity_button = menu.get_by_role("button", name="Identity", exact=True)
        self.applications_button = menu.get_by_role("button", name="Applications", exact=True)

    @property
    def proof(self) -> Iterable[Locator]:
        """The account in the top bar, and the menu of either generation."""
        return [self.around.account_notice, self.entra_id_button.or_(self.identity_button)]

    @property
    def next_link(self) -> Locator:
        """What leads to App registrations: a group of the menu that is still folded, else the link itself."""
        folded = (one for one in self._groups() if one.is_visible() and one.get_attribute("aria-expanded") == "false")
        return next(folded, self.app_registrations_link)

    @action(at="next_link")
    def open_app_registrations(self) -> AppRegistrationsPage:
        """Open App registrations by the menu."""
        for group in self._groups():
            self._unfold(group)
        self.app_registrations_link.click()
        return AppRegistrationsPage(self.tab, self.url).arrive()

    @probe
    def has_account(self, account: str) -> bool:
        """Return whether `account` is the one signed in, whatever the case of its letters."""
        return self.around.account().account.casefold() == account.casefold()

    def _groups(self) -> list[Locator]:
        """Return the groups of the menu that hold App registrations, the outer first."""
        if self.entra_id_button.is_visible():
            return [self.entra_id_button]
        return [self.identity_button, self.applications_button]

    def _unfold(self, group: Locator) -> None:
        with self.expecting("the menu to unfold"):
            expect(group).to_be_visible()
            if group.get_attribute("aria-expanded") == "false":
                group.click()
                expect(group).to_have_attribute("aria-expanded", "true")
