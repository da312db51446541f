"""The header of Sophos Central, on every one of its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.mark import action, probe
from pages.page import Page
from pages.sophos_central.portal import SophosCentral
from pages.sophos_central.sync_status import SyncStatusPage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab


class MenuPage(Page):
    """The header with Settings."""

    name = "menu"
    title = "Sophos Central"
    surroundings = SophosCentral
    around: SophosCentral

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        self.settings_link = tab.get_by_role("link", name="Settings", exact=True)
        self.sync_settings_link = tab.get_by_role("link", name="Azure AD Sync Settings/Status", exact=True)

    @property
    def proof(self) -> Iterable[Locator]:
        """Settings and who is signed in."""
        return [self.settings_link, self.around.account_notice]

    @action(at="settings_link")
    def open_sync_settings(self) -> SyncStatusPage:
        """Open Settings > Azure AD Sync Settings/Status."""
        with self.expecting("the page of Settings to open"):
            self.bring_up(self.settings_link, self.sync_settings_link)
        self.sync_settings_link.click()
        return SyncStatusPage(self.tab, self.url).arrive()

    @probe
    def has_account(self, account: str) -> bool:
        """Whether this account is signed in."""
        return self.around.account_notice.inner_text().strip().casefold() == account.casefold()
