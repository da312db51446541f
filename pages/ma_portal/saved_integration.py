"""The part of User Management that tells what is saved: credentials, group, last synchronisation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pages.base import Component

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

# The documentation calls the same part by both names; only one of them is on screen.
_HEADING = re.compile(r"^(Saved Credentials|User Integration)$")
# Date and time as the replica writes them and as ISO does. How the real portal writes them is not public.
_MOMENTS = ("%m/%d/%Y, %I:%M:%S %p", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y, %I:%M %p", "%m/%d/%Y %I:%M %p")


class SavedIntegration(Component):
    """Saved Credentials with its fields and buttons."""

    def __init__(self, tab: Tab) -> None:
        super().__init__(tab.get_by_role("region", name=_HEADING))
        self.nickname_notice = self._field("Integration Nickname")
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

    def group(self) -> str:
        """Return the name of the group that is synchronised; empty when none is selected."""
        return self.group_notice.inner_text().strip()

    def last_sync(self) -> str:
        """Return the last successful synchronisation as `moment` writes it; empty when there was none."""
        return moment(self.last_sync_notice.inner_text())


def moment(text: str) -> str:
    """Return a date and time as ISO writes it, `2026-11-24T07:05:00+00:00`, without a zone where none is shown.

    Empty for a text that shows no moment, such as `Never`, and for one whose form is not known.
    """
    shown = " ".join(text.split())
    bare, zone = (shown[:-4], UTC) if shown.endswith(" UTC") else (shown, None)
    for form in _MOMENTS:
        try:
            return datetime.strptime(bare, form).replace(tzinfo=zone).isoformat()
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(bare)
    except ValueError:
        return ""
    return (found.replace(tzinfo=zone) if zone else found).isoformat()
