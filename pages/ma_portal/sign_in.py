"""The sign-in pages of the MA Portal, on which only a person acts."""

from __future__ import annotations

import re
from typing import NamedTuple

from pages.components.vendor_sign_in import VendorSignInPage
from pages.library import expect
from pages.ma_portal.portal import MaPortal
from pages.mark import action
from pages.waiting import wait_for_any


class Account(NamedTuple):
    """Who is signed in, and whose portal it is, as its header shows them; empty where it does not show whose.

    A managed service provider's account reaches the portals of many customers (documented).
    """

    account: str
    organisation: str


class SignInPage(VendorSignInPage):
    """Log in to the MA Portal. keyturn opens it and waits; it never types here."""

    name = "sign-in"
    title = "Log in to the MA Portal"
    surroundings = MaPortal
    around: MaPortal

    @action(anywhere=True)
    def open(self) -> None:
        """Open the MA Portal."""
        self.around.load(self.url)
        there = self.around.sign_in_heading.or_(self.around.account_notice)
        refused = self.around.refusal_notice
        with self.expecting("the MA Portal or its sign-in page"):
            wait_for_any(there, refused)
        # An alert on a page that names an account is about something else, such as a secret that has expired. And where
        # neither is to be seen any more, somebody is signing in.
        if refused.count() and not there.filter(visible=True).count():
            raise self.failure("open")

    @action(anywhere=True)
    def wait_until_signed_in(self) -> Account:
        """Wait until a person has signed in.

        Returns at once where the browser still is signed in. Raises `SessionEnded` when nobody signs in in time.
        """
        with self.expecting("a person to sign in"):
            expect(self.around.account_notice).to_have_text(re.compile(r"\S"))
        organisation = " ".join(self.around.organisation_notice.all_inner_texts()).strip()
        return Account(self.around.account_notice.inner_text().strip(), organisation)
