"""The menu of the MA Portal, on every one of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ma_portal.portal import MaPortal
from pages.ma_portal.user_management import UserManagementPage
from pages.mark import action, probe
from pages.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab


class MenuPage(Page):
    """The menu with the gear."""

    name = "menu"
    title = "MA Portal"
    surroundings = MaPortal
    around: MaPortal

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        # The gear's label, or its text in older wording (the documentation has both).
        self.settings_button = tab.get_by_role("button", name="Settings", exact=True)
        self.user_management_link = tab.get_by_role("link", name="User Management", exact=True)

    @property
    def proof(self) -> Iterable[Locator]:
        """The gear and who is signed in."""
        return [self.settings_button, self.around.account_notice]

    @action(at="settings_button")
    def open_user_management(self) -> UserManagementPage:
        """Open Settings > User Management."""
        with self.expecting("the menu of Settings to open"):
            self.bring_up(self.settings_button, self.user_management_link)
        with self.tab.expect_navigation(wait_until="domcontentloaded"):
            self.user_management_link.click()
        return UserManagementPage(self.tab, self.url).arrive()

    @probe
    def has_account(self, account: str) -> bool:
        """Whether this account is signed in."""
        return self.around.account_notice.inner_text().strip().casefold() == account.casefold()
