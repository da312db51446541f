"""The sign-in page of a vendor's portal, on which only a person acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.mark import glance
from pages.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator

    from pages.components.vendor_portal import VendorPortal


class VendorSignInPage(Page):
    """keyturn opens it and waits; it never types here."""

    around: VendorPortal

    @property
    def proof(self) -> Iterable[Locator]:
        """Its heading, of whichever screen it has."""
        return [self.around.sign_in_heading]

    @glance(otherwise=False)
    def is_signed_in(self) -> bool:
        """Return at once whether somebody is signed in: the header names the account."""
        return bool("".join(self.around.account_notice.all_inner_texts()).strip())

    @glance(otherwise="")
    def screen(self) -> str:
        """Say at once which sign-in screen is up; empty when none is."""
        return self.around.screen()
