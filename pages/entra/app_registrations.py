"""The list of a directory's app registrations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from pages.base import NotOne, Page, action
from pages.entra.registration_overview import RegistrationOverviewPage
from pages.entra.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator


class AppRegistrationsPage(Page):
    """App registrations. A registration is addressed by its Application (client) ID, because names repeat."""

    name = "app-registrations"
    title = "App registrations"
    surroundings = Shell
    around: Shell

    @property
    def proof(self) -> Iterable[Locator]:
        """The blade's title, and the tab of all registrations, which is not the one that the portal opens."""
        yield self.around.blade.titled(self.title)
        yield self.around.blade.loaded("[role=tab]").first  # Of three or four tabs any will do.
        yield self.all_applications_tab

    @property
    def all_applications_tab(self) -> Locator:
        """The tab of the whole directory's registrations."""
        return self.around.blade.root.get_by_role("tab", name="All applications", exact=True)

    @property
    def search_field(self) -> Locator:
        """The filter by name or ID; its label is cut on narrow screens."""
        name = re.compile(r"^Start typing a display name or application \(client\) ID")
        root = self.around.blade.root
        return root.get_by_role("searchbox", name=name).or_(root.get_by_role("textbox", name=name))

    @property
    def nothing_notice(self) -> Locator:
        """The count line of a filter that nothing passes."""
        return self.around.blade.root.get_by_text("0 applications found", exact=True)

    def registration_row(self, application_id: str) -> Locator:
        """Return the row that holds `application_id` in a cell of its own."""
        # `exact` compares letters' case, but IDs are the same in both.
        cell = self.tab.get_by_role("gridcell", name=re.compile(rf"^{re.escape(application_id)}$", re.IGNORECASE))
        return self.around.blade.root.get_by_role("row").filter(has=cell)

    @action()
    def open_registration(self, application_id: str) -> RegistrationOverviewPage:
        """Open the registration with this Application (client) ID."""
        self.all_applications_tab.click()
        expect(self.all_applications_tab).to_have_attribute("aria-selected", "true")
        with self.expecting("the filter to be applied"):
            self.search_field.fill(application_id)
            self.search_field.press("Enter")  # Some of the portal's filters wait for it.
            row = self.registration_row(application_id)
            expect(row.or_(self.nothing_notice)).to_be_visible()
        if not row.count():
            raise NotOne(
                self.title,
                "open_registration",
                expected=f"a registration with the Application ID {application_id}",
                seen="none in this directory",
            )
        row.get_by_role("link").click()
        return RegistrationOverviewPage(self.tab, self.url).arrive()
