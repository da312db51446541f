"""User Management: which integration is saved, which group is synchronised and when it last was."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pages.components.vendor_field import another_date, is_at_or_after
from pages.errors import NotOne
from pages.library import expect
from pages.ma_portal.group_editor import GroupEditorPage
from pages.ma_portal.portal import MaPortal
from pages.ma_portal.saved_integration import SavedIntegration
from pages.mark import action, probe
from pages.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab


class Integration(NamedTuple):
    """What User Management shows. `state` is `saved` or `none`; the others are empty where nothing is shown."""

    application_id: str
    group: str
    last_successful_sync: str
    state: str


class Group(NamedTuple):
    """The group that is selected."""

    group: str


class Sync(NamedTuple):
    """A synchronisation: when it was, as ISO writes it, and how many users the portal counts after it.

    `users` is empty where their number cannot be read.
    """

    last_successful_sync: str
    users: str


class UserManagementPage(Page):
    """User Management, whether an integration is saved or not."""

    name = "user-management"
    title = "User Management"
    surroundings = MaPortal
    around: MaPortal

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        self.heading = tab.get_by_role("heading", level=1, name="User Management", exact=True)
        self.saved = SavedIntegration(tab)
        self.new_integration_pane = tab.get_by_role("region", name="New Integration", exact=True)
        self.sync_dialog = tab.get_by_role("dialog", name="Sync Now", exact=True)
        self.sync_yes_button = self.sync_dialog.get_by_role("button", name="Yes", exact=True)

    @property
    def proof(self) -> Iterable[Locator]:
        """The heading, and one of the two things the page can be."""
        return [self.heading, self.saved.root.or_(self.new_integration_pane)]

    @action(at="saved.group_notice")
    def read_integration(self) -> Integration:
        """See which group is synchronised."""
        if not self.saved.root.is_visible():
            return Integration("", "", "", "none")
        return Integration(self.saved.application_id(), self.saved.group(), self.saved.last_sync(), "saved")

    @action(at="saved.edit_group_button", effect="change", shown_by="selected_group")
    def select_group(self, group: str, otherwise: str) -> Group:
        """Make sure that the group is selected, or `otherwise` where `group` is empty; changes nothing if it is.

        Raises `NotOne` when both are empty, or when the portal lists no group of that name or several.
        """
        wanted = group or otherwise
        if not wanted:
            raise NotOne(
                self.title,
                "select_group",
                expected="the name of one group",
                seen="none: no group was selected before, so set ad_group",
            )
        with self.expecting("an integration to be saved"):
            expect(self.saved.root).to_be_visible()
        if self.saved.group() == wanted:
            return Group(wanted)
        self.saved.edit_group_button.click()
        editor = GroupEditorPage(self.tab, self.url).arrive()
        editor.select_group(wanted)
        editor.save_integration()
        self.pressed = True
        with self.expecting(f"Group Name to show “{wanted}”"):
            expect(self.saved.group_notice).to_have_text(wanted)
        return Group(wanted)

    @action(at="saved.sync_button", effect="change", shown_by="last_sync")
    def sync_now(self) -> Sync:
        """Click Sync Now, answer Yes, and wait until Last Successful Sync changes."""
        with self.expecting("a group to be selected"):
            expect(self.saved.group_notice).to_have_text(re.compile(r"\S"))
        before = self.saved.last_sync_notice.inner_text()
        with self.expecting("the question whether to synchronise"):
            self.bring_up(self.saved.sync_button, self.sync_dialog)
        self.press_once(self.sync_yes_button)
        with self.expecting("Last Successful Sync to change to another date"):
            if not self.around.answered(another_date(self.saved.last_sync_notice, before)):
                raise self.failure("sync_now")
        with self.expecting("Last Successful Sync to be a date and time of a known form"):
            if not (moment := self.saved.last_sync()):
                raise self.failure("sync_now")
        return Sync(moment, self.saved.users())

    def selected_group(self, group: str, otherwise: str) -> Group | None:
        """Return the group that is selected; None while it is not the wanted one, as for `select_group`, or none."""
        shown = self.saved.group() if self.saved.root.is_visible() else ""
        return Group(shown) if shown and shown == (group or otherwise or shown) else None

    def last_sync(self) -> Sync | None:
        """Return the last successful synchronisation; None while the page shows none that can be read."""
        if not self.saved.root.is_visible() or not (moment := self.saved.last_sync()):
            return None
        return Sync(moment, self.saved.users())

    @probe
    def has_integration(self, nickname: str) -> bool:
        """Whether an integration with this nickname is saved."""
        return self.saved.root.is_visible() and self.saved.nickname() == nickname

    @probe
    def has_group(self, group: str) -> bool:
        """Whether this group is selected."""
        return self.saved.root.is_visible() and self.saved.group() == group

    @probe
    def has_synchronised_since(self, moment: str) -> bool:
        """Whether the last successful synchronisation was at `moment`, as ISO writes it, or later."""
        shown = self.saved.last_sync() if self.saved.root.is_visible() else ""
        return is_at_or_after(shown, moment)
