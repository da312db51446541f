"""The screens of the sign-in pages, told apart by what public scripts that sign in look for (seen up to 2026).

All of them live in one document under one address; those not shown are moved off the screen, not removed. Nothing here
types: a person signs in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pages.disguise import disguised

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

_REFUSED: Final = "the sign-in page: it refuses"
_MORE: Final = "the sign-in page: more information required; set it up, or put it off where you may"


def _named(kind: str) -> str:
    """Return what is there while the page calls itself `kind`, a condition on its PageID, which no language changes."""
    return f"html:has(meta[name=PageID]{kind}) > body"


# CSS, 2026-11: these ids are the same in every language; headings are not. A later screen may leave an earlier one's
# fields in place, so the later stands first. What is said to a person about each follows.
_SCREENS: Final = {
    "#service_exception_message": _REFUSED,
    _named("[content=ConvergedProofUpRedirect]"): _MORE,
    "#idDiv_SAASDS_Description": "the sign-in page: the request was denied; send another one and approve that",
    "#idDiv_SAASTO_Description": "the sign-in page: nobody answered the request in time; send another one",
    "#skipMfaRegistrationLink": _MORE,
    f"#KmsiDescription, {_named('[content=KmsiInterrupt]')}": "the sign-in page: stay signed in?",
    "#idTxtBx_SAOTCC_OTC": "the sign-in page: enter the code",
    "#idTxtBx_SAOTCS_PhoneNumber": "the sign-in page: verify the telephone number",
    "#idRichContext_DisplaySign, #displaySign": "the sign-in page: approve the request",
    "#idDiv_SAOTCAS_Description": "the sign-in page: approve the request",
    # The ways that scripts know; other elements may carry a value too.
    ", ".join(f'[data-value="{way}"]' for way in ("PhoneAppNotification", "PhoneAppOTP", "OneWaySMS",
              "TwoWayVoiceMobile")): "the sign-in page: choose how to confirm that it is you",
    "#i0118, #passwordInput": "the sign-in page: enter the password",
    "#i0116": "the sign-in page: enter the e-mail address",
    "#tilesHolder": "the sign-in page: choose an account",
    "#aadTile": "the sign-in page: work or personal account",
}  # fmt: skip
# Screens without a known id: by their heading, in English only (the first seen in a picture, the second in a script
# that tells a certificate's failure by a heading with “More details” and “Copy” below). In other languages, and of
# screens that nobody has told of, only the kind of the page tells that it belongs here.
_HEADINGS: Final = {
    "Approval required": "the sign-in page: an administrator has to approve this application; ask for it there",
    "Certificate validation failed": "the sign-in page: it cannot check your certificate; its More details say why",
}
_OTHER: Final = _named("[content^=Converged]:not([content=ConvergedSignIn]):not([content=ConvergedTFA])")
_UNKNOWN: Final = "the sign-in page: a screen that is not known here; do what it says"
# Where a screen says what was wrong with the last try. Its mere prompts stand in the same place (reported).
_ERRORS: Final = "#usernameError, #passwordError, #idSpan_SAOTCC_Error_OTC"
_PROMPT: Final = re.compile(r"^Please enter\b")
_CODE: Final = re.compile(r"AADSTS\d+")
_SHOWN: Final = ":not(.moveOffScreen, .moveOffScreen *)"
_LENGTH: Final = 240  # characters of the portal's own words that a message may hold


def _shown(css: str) -> str:
    return ", ".join(f"{part}{_SHOWN}" for part in css.split(", "))


class SignInScreen:
    """Whichever sign-in screen a tab shows."""

    def __init__(self, tab: Tab) -> None:
        self.number_notice = tab.locator(_shown("#idRichContext_DisplaySign, #displaySign"))
        self.error_notice = tab.locator(_shown(_ERRORS)).filter(visible=True)
        # The numbered errors of the sign-in service (its published list) stand on pages of more than one layout.
        # `first`, here and below: one screen may hold the marks of two, as the password's does with the e-mail address.
        self.refusal_notice = tab.get_by_text("AADSTS").filter(visible=True).first
        self._by_screen: list[tuple[Locator, str]] = [
            *((tab.locator(_shown(css)).filter(visible=True), words) for css, words in _SCREENS.items()),
            *((self._heading(tab, name), words) for name, words in _HEADINGS.items()),
            (tab.locator(_shown(_OTHER)), _UNKNOWN),
        ]
        known = tab.locator(", ".join(map(_shown, [*_SCREENS, _OTHER]))).filter(visible=True)
        for name in _HEADINGS:
            known = known.or_(self._heading(tab, name))
        self.any_field = known.first

    @staticmethod
    def _heading(tab: Tab, name: str) -> Locator:
        return tab.get_by_role("heading", name=name, exact=True).and_(tab.locator(_SHOWN)).filter(visible=True)

    def which(self) -> str:
        """Say at once which screen is up, with the number to match and what it says was wrong; empty when none is."""
        if words := self.refusal():
            code = _CODE.search(words)
            return f"{_REFUSED}, {code[0]}" if code else _REFUSED
        if not self.any_field.count():
            return ""
        for mark, words in self._by_screen:
            if mark.count():
                return f"{words}{self._number()}{self._wrong()}"
        return ""

    def refusal(self) -> str:
        """Return the words with which the sign-in service refuses, disguised; empty when it does not."""
        words = self.refusal_notice.all_inner_texts()
        return disguised(words[0])[:_LENGTH] if words else ""

    def _number(self) -> str:
        number = " ".join(self.number_notice.all_inner_texts()).strip()
        return f"; the number to match is {number}" if number.isdecimal() else ""

    def _wrong(self) -> str:
        said = [text for text in self.error_notice.all_inner_texts() if text.strip() and not _PROMPT.match(text)]
        return f"; it says “{disguised(said[0])[:_LENGTH]}”" if said else ""
