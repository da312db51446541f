"""What surrounds every page of Sophos Central, and its refusals.

Labels are those of the vendor's documentation; all markup assumed here is that of the replica.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pages.components.advice import SIGN_IN_SERVICE, advised
from pages.components.vendor_portal import VendorPortal
from pages.disguise import disguised
from pages.errors import NotYet, PortalRefused, SessionEnded
from pages.sophos_central.advice import ADVICE
from pages.surroundings import Trouble

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

# Microsoft's codes for a secret that is wrong or expired, which a new one is called until it has replicated.
_NOT_YET: Final = ("AADSTS7000215", "AADSTS7000222")


class SophosCentral(VendorPortal):
    """The portal around a page."""

    def __init__(self, tab: Tab) -> None:
        super().__init__(tab)
        self.sign_in_heading = tab.get_by_role("heading", name="Sign in", exact=True)
        self.code_field = tab.get_by_label("Security code", exact=True)

    def screen(self) -> str:
        """Say at once what the sign-in page asks for, and what it says was wrong with the last try; else empty."""
        if not self.sign_in_heading.is_visible():
            return ""
        asked = "the security code" if self.code_field.is_visible() else "e-mail address and password"
        return f"Sophos Central's sign-in page: enter {asked}{self.wrong(ADVICE)}"

    def seen(self) -> str:
        """Say which screen is up."""
        if self.sign_in_heading.is_visible():
            return self.screen()
        headings = [disguised(text) for text in self.page_heading.all_inner_texts()]
        return f"the page “{headings[0]}” of Sophos Central" if headings else super().seen()

    def trouble(self) -> Trouble | None:
        """Return the portal's refusal in its own words, or that the session has ended."""
        if self.sign_in_heading.is_visible():
            return Trouble(SessionEnded, self.screen(), "sign in again in the browser")
        if not (notices := self.refusal_notice.all_inner_texts()):
            return None
        words = " ".join(notices)
        error = NotYet if any(code in words for code in _NOT_YET) else PortalRefused
        return Trouble(error, f"“{disguised(words)}”", advised(words, ADVICE, SIGN_IN_SERVICE))
