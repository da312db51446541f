"""The screens of the sign-in pages, told apart by what public scripts that sign in look for (seen up to 2026).

All of them live in one document under one address; those not shown are moved off the screen, not removed. Nothing here
types: a person signs in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pages.base import disguised

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

# CSS, 2026-11: these ids are the same in every language; headings are not. A later screen may leave an earlier one's
# fields in place, so the later stands first.
_SCREENS: Final = {
    "#service_exception_message": "the sign-in page: it refuses",
    "#idDiv_SAASDS_Description": "the sign-in page: the request was denied",
    "#idDiv_SAASTO_Description": "the sign-in page: nobody answered the request in time",
    "#skipMfaRegistrationLink": "the sign-in page: more information required",
    "#KmsiDescription": "the sign-in page: stay signed in?",
    "#idTxtBx_SAOTCC_OTC": "the sign-in page: enter the code",
    "#idTxtBx_SAOTCS_PhoneNumber": "the sign-in page: verify the telephone number",
    "#idRichContext_DisplaySign, #displaySign": "the sign-in page: approve the request",
    "#idDiv_SAOTCAS_Description": "the sign-in page: approve the request",
    "#i0118, #passwordInput": "the sign-in page: enter the password",
    "#i0116": "the sign-in page: enter the e-mail address",
    "#tilesHolder": "the sign-in page: choose an account",
    "#aadTile": "the sign-in page: work or personal account",
}
_REFUSED: Final = "the sign-in page: it refuses"
_SHOWN = ":not(.moveOffScreen, .moveOffScreen *)"
_LENGTH = 240  # characters of the portal's own words that a message may hold


def _shown(css: str) -> str:
    return ", ".join(f"{part}{_SHOWN}" for part in css.split(", "))


class SignInScreen:
    """Whichever sign-in screen a tab shows."""

    def __init__(self, tab: Tab) -> None:
        # `first`: one screen may hold the marks of two, as the password's does with the e-mail address.
        self.any_field = tab.locator(", ".join(map(_shown, _SCREENS))).filter(visible=True).first
        self.number_notice = tab.locator(_shown("#idRichContext_DisplaySign, #displaySign"))
        # The numbered errors of the sign-in service (its published list) stand on pages of more than one layout.
        self.refusal_notice = tab.get_by_text("AADSTS").filter(visible=True).first
        self._by_screen = [(tab.locator(_shown(css)).filter(visible=True), words) for css, words in _SCREENS.items()]

    def which(self) -> str:
        """Say at once which screen is up, the number to match included; empty when none is."""
        if self.refusal():
            return _REFUSED
        for mark, words in self._by_screen:
            if mark.count():
                number = " ".join(self.number_notice.all_inner_texts()).strip()
                return f"{words}; the number to match is {number}" if number.isdecimal() else words
        return ""

    def refusal(self) -> str:
        """Return the words with which the sign-in service refuses, disguised; empty when it does not."""
        words = self.refusal_notice.all_inner_texts()
        return disguised(words[0])[:_LENGTH] if words else ""
