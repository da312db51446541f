"""Pages of a portal that does not exist: what a runbook may ask, without a browser."""

from __future__ import annotations

from typing import Literal, NamedTuple

from keyturn.catalogue import Catalogue
from pages.mark import action, probe
from pages.page import Page


class Account(NamedTuple):
    """Who is signed in."""

    account: str


class Made(NamedTuple):
    """A key just made. `expires_on` is the date that the list shows,
    in ISO form.
    """

    secret_id: str
    expires_on: str


class SignInPage(Page):
    name = "sign-in"
    title = "Sign in"

    @action(anywhere=True)
    def open(self) -> None:
        """Open the portal."""

    @action()
    def wait_until_signed_in(self) -> Account:
        """Wait until you are signed in."""
        return Account("someone")

    def is_signed_in(self) -> bool:
        """Return whether somebody is signed in."""
        return True

    def screen(self) -> str:
        """Return the screen."""
        return "sign in"

    @action()
    def open_keys(self) -> KeysPage:
        """Open the keys."""
        return KeysPage(self.tab, self.url)

    @probe
    def has_account(self, account: str) -> bool:
        """Say whether this account is signed in."""
        return account == "someone"


class KeysPage(Page):
    name = "keys"
    title = "Keys"

    @action(effect="create", secret="copies")
    def add_and_copy(self, description: str, days: int = 30, kind: Literal["short", "long"] = "short") -> Made:
        """Add a key and copy its value."""
        return Made(f"{description}{kind}", f"{days}")

    @action(secret="pastes")
    def paste_value(self) -> None:
        """Paste the value."""

    @action(effect="delete")
    def delete_key(self, secret_id: str, *, quietly: bool = False) -> None:
        """Delete the key."""

    @probe
    def has_key(self, secret_id: str) -> bool:
        """Say whether the key is listed."""
        return bool(secret_id)


PAGES: dict[str, dict[str, type[Page]]] = {"practice": {"sign-in": SignInPage, "keys": KeysPage}}


def catalogue(_packages: object = ()) -> Catalogue:
    return Catalogue(PAGES)
