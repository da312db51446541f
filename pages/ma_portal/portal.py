"""What surrounds every page of the MA Portal: its header, its refusals, and the sign-in in a page's place.

No public picture or script of the portal was found, so all markup assumed here is that of the replica; labels are those
of the vendor's documentation. The sign-in pages are Auth0's (documented); their headings are general knowledge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.components.advice import SIGN_IN_SERVICE, advised
from pages.components.vendor_portal import VendorPortal
from pages.disguise import disguised
from pages.errors import NotYet, PortalRefused, SessionEnded
from pages.ma_portal.advice import ADVICE
from pages.surroundings import Trouble

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

# How the portal words a secret that it does not know or that has not replicated yet. The first is the beginning of the
# vendor's own text (its troubleshooting page, 2023); the others are Microsoft's codes for the same two cases.
_NOT_YET = ("Have you entered a Client Secret ID?", "AADSTS7000215", "AADSTS7000222")


class MaPortal(VendorPortal):
    """The portal around a page."""

    def __init__(self, tab: Tab) -> None:
        super().__init__(tab)
        self.password_heading = tab.get_by_role("heading", name="Welcome", exact=True)
        self.code_heading = tab.get_by_role("heading", name="Verify Your Identity", exact=True)
        self.sign_in_heading = self.password_heading.or_(self.code_heading)
        self.organisation_notice = tab.get_by_role("group", name="Organization", exact=True)
        self.test_failed_dialog = tab.get_by_role("dialog", name="Connection Failed", exact=True)

    @property
    def refused(self) -> Locator:
        """New alerts, and the dialog of a connection test that failed."""
        return super().refused.or_(self.test_failed_dialog)

    def screen(self) -> str:
        """Say at once which sign-in screen is up; empty when none is."""
        if self.password_heading.is_visible():
            return f"the MA Portal's sign-in page: enter e-mail address and password{self.wrong(ADVICE)}"
        if self.code_heading.is_visible():
            return f"the MA Portal's sign-in page: enter the one-time code{self.wrong(ADVICE)}"
        return ""

    def seen(self) -> str:
        """Say which screen is up."""
        if screen := self.screen():
            return screen
        headings = [disguised(text) for text in self.page_heading.all_inner_texts()]
        return f"the page “{headings[0]}” of the MA Portal" if headings else super().seen()

    def trouble(self) -> Trouble | None:
        """Return the portal's refusal in its own words, or that the session has ended."""
        if screen := self.screen():
            return Trouble(SessionEnded, screen, "sign in again in the browser")
        if self.test_failed_dialog.is_visible():
            return _refusal(self.test_failed_dialog.get_by_role("paragraph"))
        if self.refusal_notice.count():
            return _refusal(self.refusal_notice)
        return None


def _refusal(notice: Locator) -> Trouble:
    words = " ".join(notice.all_inner_texts())
    error = NotYet if any(text in words for text in _NOT_YET) else PortalRefused
    return Trouble(error, f"“{disguised(words)}”", advised(words, ADVICE, SIGN_IN_SERVICE))
