"""The part of User Management that tells what is saved: credentials, group, last synchronisation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pages.components.vendor_field import count, moment
from pages.page import Component

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

# The documentation calls the same part by both names; only one of them is on screen.
_HEADING = re.compile(r"^(Saved Credentials|User Integration)$")


class SavedIntegration(Component):
    """Saved Credentials with its fields and buttons."""

    def __init__(self, tab: Tab) -> None:
        super().__init__(tab.get_by_role("region", name=_HEADING))
        self.nickname_notice = self._field("Integration Nickname")
        self.application_id_notice = self._field("Application ID")
        self.group_notice = self._field("Group Name")
        self.last_sync_notice = self._field("Last Successful Sync")
        self.users_notice = self._field("Users")
        self.edit_group_button = self.root.get_by_role("button", name="View/Edit Group", exact=True)
        self.sync_button = self.root.get_by_role("button", name="Sync Now", exact=True)
        self.reset_button = self.root.get_by_role("button", name="Reset Integration", exact=True)

    def _field(self, label: str) -> Locator:
        return self.root.get_by_label(label, exact=True)

    def nickname(self) -> str:
        """Return the nickname of the saved integration."""
        return self.nickname_notice.inner_text().strip()

    def application_id(self) -> str:
        """Return the Application ID of the saved integration; empty where the portal does not show it."""
        return " ".join(self.application_id_notice.all_inner_texts()).strip()

    def group(self) -> str:
        """Return the name of the group that is synchronised; empty when none is selected."""
        return self.group_notice.inner_text().strip()

    def users(self) -> str:
        """Return how many users the portal counts; empty where their number is not there or cannot be read."""
        return count(" ".join(self.users_notice.all_inner_texts()))

    def last_sync(self) -> str:
        """Return the last successful synchronisation as `moment` writes it; empty when there was none."""
        return moment(self.last_sync_notice.inner_text())
