"""The list of a directory's app registrations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pages.components.local_date import local_today
from pages.entra.advice import WHICH_REGISTRATION
from pages.entra.expiring_secrets import ExpiringSecrets, Found, Registrations, registrations, survey
from pages.entra.registration_overview import RegistrationOverviewPage
from pages.entra.registrations_grid import RegistrationsGrid
from pages.entra.shell import Shell
from pages.entra.whose_secrets import check_not_another
from pages.errors import NotOne
from pages.library import expect
from pages.mark import action
from pages.page import Page
from pages.waiting import wait_for_any

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

    @property
    def grid(self) -> RegistrationsGrid:
        """The list."""
        return RegistrationsGrid(self.around.blade)

    def registration_row(self, application_id: str) -> Locator:
        """Return the row that holds `application_id` in a cell of its own."""
        # `exact` compares letters' case, but IDs are the same in both.
        cell = self.tab.get_by_role("gridcell", name=re.compile(rf"^{re.escape(application_id)}$", re.IGNORECASE))
        return self.around.blade.root.get_by_role("row").filter(has=cell)

    @action(at="all_applications_tab")
    def open_registration(self, application_id: str) -> RegistrationOverviewPage:
        """Open the registration with this Application (client) ID."""
        self._show_all()
        with self.expecting("the filter to be applied"):
            self.search_field.fill(application_id)
            self.search_field.press("Enter")  # Some of the portal's filters wait for it.
            row = self.registration_row(application_id)
            # Not the row alone: it is there before the filter too, and a click while the list redraws is lost.
            expect(self.grid.rows.or_(self.nothing_notice)).to_have_count(1)
            wait_for_any(row, self.nothing_notice)
        if not row.count():
            raise NotOne(
                self.title,
                "open_registration",
                expected=f"a registration with the Application ID {application_id}",
                seen="none in this directory",
                advice=WHICH_REGISTRATION,
            )
        row.get_by_role("link").click()
        return RegistrationOverviewPage(self.tab, self.url).arrive()

    @action(at="all_applications_tab")
    def list_registrations(self) -> Registrations:
        """List all registrations of the directory, but for those that are deactivated or deleted."""
        self._show_all()
        with self.expecting("the registrations to be listed"):
            return registrations(self.grid.listed("list_registrations"))

    @action(at="all_applications_tab")
    def find_expiring_secrets(self, within_days: int) -> ExpiringSecrets:
        """Visit every registration that has credentials, and note the client secrets that end within so many days.

        What the list says of a registration is about its newest credential alone, so that none is left out for it.
        """
        self._show_all()
        with self.expecting("the registrations to be listed"):
            rows = [row for row in self.grid.listed("find_expiring_secrets") if row.has_credentials]
        found: list[Found] = []
        for row in rows:
            overview = RegistrationOverviewPage(self.tab, self.url)
            overview.open(row.application_id)
            page = overview.open_certificates_and_secrets()
            found += [Found(row, secret) for secret in page.secrets()]
            check_not_another(page, "find_expiring_secrets", row.application_id)
        return survey(found, len(rows), within_days, local_today(self.tab))

    def _show_all(self) -> None:
        with self.expecting("the tab All applications to open"):
            self.all_applications_tab.click()
            expect(self.all_applications_tab).to_have_attribute("aria-selected", "true")
