"""Azure AD Sync Settings/Status: what is saved, and the last synchronisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pages.components.local_date import read_local_date
from pages.components.vendor_field import another_date, is_at_or_after
from pages.components.vendor_field import moment as read_moment
from pages.mark import action, probe
from pages.page import Page
from pages.sophos_central.edit_sync import EditSyncPage
from pages.sophos_central.portal import SophosCentral

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab


class SyncSettings(NamedTuple):
    """What is saved. `last_sync` as ISO writes it, empty when its form is not known."""

    client_id: str
    tenant_domain: str
    last_sync: str


class Sync(NamedTuple):
    """A synchronisation: when it was, as ISO writes it."""

    last_sync: str


class SyncStatusPage(Page):
    """Azure AD Sync Settings/Status."""

    name = "sync-status"
    title = "Azure AD Sync Settings/Status"
    surroundings = SophosCentral
    around: SophosCentral

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        self.heading = tab.get_by_role("heading", name=self.title, exact=True)
        region = tab.get_by_role("region", name="Azure AD Sync Status", exact=True)
        self.last_sync_notice = region.get_by_label("Last Sync", exact=True)
        self.client_id_notice = region.get_by_label("Client ID", exact=True)
        self.tenant_domain_notice = region.get_by_label("Tenant Domain", exact=True)
        self.expiration_notice = region.get_by_label("Application Key Expiration", exact=True)
        self.edit_button = region.get_by_role("button", name="Edit", exact=True)
        self.sync_button = region.get_by_role("button", name="Sync", exact=True)

    @property
    def proof(self) -> Iterable[Locator]:
        """The heading and the button that edits."""
        return [self.heading, self.edit_button]

    @action(at="client_id_notice")
    def read_settings(self) -> SyncSettings:
        """See which registration is used and when it was last synchronised."""
        return SyncSettings(
            self.client_id_notice.inner_text().strip(),
            self.tenant_domain_notice.inner_text().strip(),
            read_moment(self.last_sync_notice.inner_text()),
        )

    @action(at="edit_button")
    def edit(self) -> EditSyncPage:
        """Click Edit."""
        self.edit_button.click()
        return EditSyncPage(self.tab, self.url).arrive()

    @action(at="sync_button", effect="change", shown_by="last_sync")
    def sync(self) -> Sync:
        """Click Sync and wait until Last Sync changes."""
        changed = another_date(self.last_sync_notice, self.last_sync_notice.inner_text())
        self.press_once(self.sync_button)
        with self.expecting("Last Sync to change to another date"):
            if not self.around.answered(changed) or not read_moment(self.last_sync_notice.inner_text()):
                raise self.failure("sync")
        return Sync(read_moment(self.last_sync_notice.inner_text()))

    def last_sync(self) -> Sync | None:
        """Return the last synchronisation; None while the page shows none that can be read."""
        shown = read_moment(self.last_sync_notice.inner_text()) if self.last_sync_notice.is_visible() else ""
        return Sync(shown) if shown else None

    @probe
    def has_client_id(self, client_id: str) -> bool:
        """Whether this application is the one that is used."""
        return self.client_id_notice.inner_text().strip().casefold() == client_id.casefold()

    @probe
    def has_expiration(self, expires_on: str) -> bool:
        """Whether the key is saved as expiring on this date, given as `2028-01-08`."""
        return read_local_date(self.expiration_notice.inner_text(), "en-US").isoformat() == expires_on

    @probe
    def has_synchronised_since(self, moment: str) -> bool:
        """Whether the last synchronisation was at `moment`, as ISO writes it, or later."""
        return is_at_or_after(read_moment(self.last_sync_notice.inner_text()), moment)
