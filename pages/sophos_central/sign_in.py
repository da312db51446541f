"""The sign-in page of Sophos Central, on which only a person acts."""

from __future__ import annotations

import re
from typing import NamedTuple

from pages.components.vendor_sign_in import VendorSignInPage
from pages.library import expect
from pages.mark import action
from pages.sophos_central.portal import SophosCentral
from pages.waiting import wait_for_any


class Account(NamedTuple):
    """Who is signed in, as the portal's header shows it."""

    account: str


class SignInPage(VendorSignInPage):
    """Sign in to Sophos Central. keyturn opens it and waits; it never types here."""

    name = "sign-in"
    title = "Sign in to Sophos Central"
    surroundings = SophosCentral
    around: SophosCentral

    @action(anywhere=True)
    def open(self) -> None:
        """Open Sophos Central."""
        self.around.load(self.url)
        with self.expecting("Sophos Central or its sign-in page"):
            wait_for_any(self.around.sign_in_heading, self.around.account_notice)

    @action(anywhere=True)
    def wait_until_signed_in(self) -> Account:
        """Wait until a person has signed in. Raises `SessionEnded` when nobody does in time."""
        with self.expecting("a person to sign in"):
            expect(self.around.account_notice).to_have_text(re.compile(r"\S"))
        return Account(self.around.account_notice.inner_text().strip())
