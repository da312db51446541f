"""The group editor of User Management."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pages.errors import NotOne
from pages.library import expect
from pages.ma_portal.portal import MaPortal
from pages.mark import action, probe
from pages.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab


class GroupEditorPage(Page):
    """Select a group, query it, save it."""

    name = "group-editor"
    title = "Group"
    surroundings = MaPortal
    around: MaPortal

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        region = tab.get_by_role("region", name="Group", exact=True)
        self.group_list = region.get_by_label("Select a group", exact=True)
        self.query_button = region.get_by_role("button", name="Query Group", exact=True)
        self.save_button = region.get_by_role("button", name="Save Integration", exact=True)
        self.found_notice = region.get_by_role("status")
        self.user_rows = region.get_by_role("table", name="Users of the group", exact=True).get_by_role("row")

    @property
    def proof(self) -> Iterable[Locator]:
        """The list of groups and the button that queries one."""
        return [self.group_list, self.query_button]

    def group_option(self, group: str) -> Locator:
        """Return the options with exactly this name; names of groups need not be unique in a directory."""
        return self.group_list.get_by_role("option", name=group, exact=True)

    @action(at="group_list")
    def select_group(self, group: str) -> None:
        """Select the group and query it.

        Raises `NotOne` when the list has no such group or more than one, `NoEffect` when the group has no users:
        saved, it would take everybody out of the program.
        """
        found = self.group_option(group).count() if group else 0
        if found != 1:
            seen = f"{found or 'none'} of that name" if self._options() else "a list without groups"
            raise NotOne(self.title, "select_group", expected=f"one group called “{group}”", seen=seen)
        self.group_list.select_option(label=group)
        self.around.note(self.found_notice)  # What was found before may be another group's users.
        self.query_button.click()
        with self.expecting("the users of the group to be listed"):
            if not self.around.answered(self.around.fresh(self.found_notice)):
                raise self.failure("select_group")
        with self.expecting("at least one user in the group"):
            expect(self.user_rows.filter(has_text="@")).not_to_have_count(0)

    @action(at="save_button", effect="change")
    def save_integration(self) -> None:
        """Click Save Integration."""
        self.press_once(self.save_button)
        with self.expecting("the editor to close"):
            closed = self.tab.get_by_role("main").filter(has_not=self.query_button)
            if not self.around.answered(closed):
                raise self.failure("save_integration")

    @probe
    def has_selected_group(self, group: str) -> bool:
        """Whether this group is selected in the list."""
        return self.group_list.locator("option:checked").inner_text().strip() == group

    def _options(self) -> int:
        return self.group_list.get_by_role("option", name=re.compile(r"\S")).count()
