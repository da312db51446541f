"""The sign-in pages, on which only a person acts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pages.components.advice import SIGN_IN_SERVICE, advised
from pages.entra.shell import Account, Shell
from pages.errors import NoEffect, SessionEnded
from pages.library import expect
from pages.mark import action, glance
from pages.page import Page
from pages.waiting import wait_for_any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator

    from pages.errors import PageError


class SignInPage(Page):
    """Sign in to your account. keyturn opens it and waits; it never types here."""

    name = "sign-in"
    title = "Sign in to your account"
    surroundings = Shell
    around: Shell

    @property
    def proof(self) -> Iterable[Locator]:
        """Any one of the sign-in screens."""
        return [self.around.sign_in.any_field]

    @action(anywhere=True)
    def open(self) -> None:
        """Open the Microsoft Entra admin center."""
        self.around.go(self.url, self.around.account_notice)

    @action(anywhere=True)
    def wait_until_signed_in(self) -> Account:
        """Wait until a person has signed in.

        Returns at once where the browser still is signed in. Raises `PortalRefused` as soon as the sign-in service
        shows one of its numbered errors, because no more screens follow it.
        """
        with self.expecting("a person to sign in"):
            wait_for_any(self.around.account_notice, self.around.sign_in.refusal_notice)
        if self.around.sign_in.refusal():
            raise self.failure("wait_until_signed_in")
        # The shell paints the account before it knows the name.
        expect(self.around.account_notice).to_have_text(re.compile(r"\S"))
        expect(self.around.directory_notice).to_have_text(re.compile(r"\S"))
        return self.around.account()

    def failure(self, verb: str) -> PageError:
        """Return the error: on this page a sign-in screen is what belongs there, and no ended session."""
        error = super().failure(verb)
        if isinstance(error, SessionEnded):
            advice = "sign in, in the browser"
            return NoEffect(self.title, verb, expected=self.expected, seen=error.seen, advice=advice)
        return error

    @glance(otherwise=False)
    def is_signed_in(self) -> bool:
        """Return at once whether somebody is signed in: the top bar names account and directory."""
        return self.around.is_signed_in()

    @glance(otherwise="")
    def screen(self) -> str:
        """Say at once which sign-in screen is up, and what it asks of the person; empty when none is."""
        screen = self.around.sign_in.which()
        advice = advised(screen, SIGN_IN_SERVICE)
        return f"{screen}: {advice}" if advice else screen
