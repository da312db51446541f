"""Certificates & secrets of one registration: finding, copying and deleting its client secrets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from pages.components.local_date import local_today
from pages.entra.add_client_secret import AddClientSecretPane, NewSecret
from pages.entra.advice import READ_ONLY
from pages.entra.lifetime import end, is_near
from pages.entra.message import MessageBox
from pages.entra.secrets_grid import SecretRow, SecretsGrid, told
from pages.entra.shell import Shell
from pages.entra.whose_secrets import check_not_another, check_registration, is_of
from pages.errors import NotOne, PortalRefused
from pages.library import expect
from pages.mark import action, probe
from pages.page import Page
from pages.surroundings import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator

_SOON: Final = timedelta(days=30)  # the span of the directory's own recommendation about expiring credentials


class OldSecret(NamedTuple):
    """The secret to replace. `state` is “expired”, “valid”, or “none” where there is none and the rest is empty.

    `expires_on` is the date that the grid shows, in ISO form; the later one where it may mean two, and only the earlier
    has passed: what may still be valid has not expired.
    """

    secret_id: str
    expires_on: str
    state: str
    description: str


class ClientSecretsPage(Page):
    """Certificates & secrets, with the tab Client secrets."""

    name = "client-secrets"
    title = "Certificates & secrets"
    surroundings = Shell
    around: Shell

    @property
    def proof(self) -> Iterable[Locator]:
        """The blade's title, the tab, the button that only this tab has, and a list that is filled in.

        The list's header stands there before its rows do, and a secret that is not listed yet is not one that is gone.
        """
        yield self.around.blade.titled(self.title)
        yield self.around.blade.loaded("[role=tab]").first  # Of three tabs any will do.
        yield self.client_secrets_tab
        yield self.new_client_secret_button
        yield self.grid.filled

    @property
    def client_secrets_tab(self) -> Locator:
        """The tab, which counts the secrets, at times with a delay."""
        return self.grid.counting_tab

    @property
    def new_client_secret_button(self) -> Locator:
        """The button that opens the pane; part of a menu bar in the newer rendering."""
        root = self.around.blade.root
        name = "New client secret"
        return root.get_by_role("button", name=name, exact=True).or_(
            root.get_by_role("menuitem", name=name, exact=True)
        )

    @property
    def grid(self) -> SecretsGrid:
        """The list."""
        return SecretsGrid(self.around.blade)

    @property
    def question(self) -> MessageBox:
        """The question asked before a deletion."""
        return MessageBox(self.around.blade.document)

    @action()
    def find_old_secret(self, application_id: str, secret_id: str = "") -> OldSecret:
        """Find the secret to replace, and leave it alone.

        With `secret_id`, that one. Without, the one that has expired, else the one that ends within 30 days. Raises
        `NotOne` when the one given is not there, when the choice would be a guess, and in another registration than
        the one with this Application (client) ID.
        """
        check_not_another(self, "find_old_secret", application_id)
        today = local_today(self.tab)
        with self.expecting("the client secrets to be listed"):
            if secret_id:
                return _old(self.grid.one(secret_id, "find_old_secret"), today)
            rows = self.grid.whole("find_old_secret")
        expired = [row for row in rows if row.expires_on < today]
        soon = [row for row in rows if today <= row.expires_on <= today + _SOON]
        found = expired or soon
        if len(found) > 1:
            expected = "one secret to replace; set old_secret_id to the one that is meant"
            raise NotOne(self.title, "find_old_secret", expected=expected, seen=told(found))
        return _old(found[0], today) if found else OldSecret("", "", "none", "")

    @action(at="new_client_secret_button")
    def open_new_client_secret(self) -> AddClientSecretPane:
        """Begin a new client secret."""
        with self.expecting("the client secrets to be listed"):
            self.grid.whole("open_new_client_secret")
        if self.new_client_secret_button.is_disabled():
            expected = "the button New client secret to be offered"
            why = self.around.trouble() or Trouble(PortalRefused, "it is greyed out", READ_ONLY)
            raise PortalRefused(
                self.title, "open_new_client_secret", expected=expected, seen=why.seen, advice=why.advice
            )
        self.new_client_secret_button.click()
        return AddClientSecretPane(self.tab, self.url).arrive()

    def copy_button_of(self, secret_id: str) -> Locator:
        """Return what copies the value of a secret that is still shown."""
        return self.grid.copy_value_button(secret_id)

    def delete_button_of(self, secret_id: str, **_: str) -> Locator:
        """Return what begins the deletion of a secret."""
        return self.grid.delete_button(secret_id)

    @action(at="copy_button_of", secret="copies")  # noqa: S106  # a role, not a password
    def copy_value(self, secret_id: str) -> NewSecret:
        """Copy the value of a secret made in this tab, as long as the portal still shows it."""
        row = self.grid.one(secret_id, "copy_value")
        with self.expecting("the value still to be shown, with its copy button"):
            self.grid.copy_value(row.secret_id)
        return NewSecret(row.secret_id, row.expires_on.isoformat())

    @action(at="delete_button_of", effect="delete")
    def delete_secret(self, application_id: str, secret_id: str) -> None:
        """Delete the secret with this Secret ID, and no other.

        Raises `NotOne`, and presses nothing, in another registration than the one with this Application (client) ID.
        """
        check_registration(self, "delete_secret", application_id)
        grid, question = self.grid, self.question
        row = grid.one(secret_id, "delete_secret")
        self.around.toasts.dismiss()
        with self.expecting("the question whether to delete"):
            question.decline()
            grid.delete_button(row.secret_id).click()  # Scrolls to it, where the window is narrow.
            expect(question.yes_button).to_be_visible()
        with self.expecting("the row to be gone"):
            self.press_once(question.yes_button)
            self.around.wait_for_answer(grid.without(row.secret_id))
            left = grid.whole("delete_secret")
        if row.secret_id in {one.secret_id for one in left}:
            raise self.failure("delete_secret")

    @probe
    def has_secret(self, secret_id: str) -> bool | None:
        """Return whether a secret with this Secret ID is listed.

        None while the list is not whole, or a row of it cannot be read.
        """
        return self.grid.holds(secret_id)

    @probe
    def has_lifetime(self, expires_on: str, expires: str) -> bool | None:
        """Return whether a secret made today that lasts as long as `expires` says ends on this date, or about then.

        A date that was read with day and month in the wrong order is not. None where `expires` names no length.
        """
        ends = end(expires, local_today(self.tab))
        return is_near(date.fromisoformat(expires_on), ends) if ends else None

    @probe
    def has_application_id(self, application_id: str) -> bool | None:
        """Return whether the secrets are of the registration with this Application (client) ID.

        None where the tab's address does not say.
        """
        return is_of(self.tab, application_id)

    def secret_ids(self) -> tuple[str, ...]:
        """Return the IDs of all secrets listed, in the order of the grid."""
        return tuple(row.secret_id for row in self.secrets())

    def secrets(self) -> list[SecretRow]:
        """Return all secrets listed, without their values, in the order of the grid."""
        with self.expecting("the client secrets to be listed"):
            return self.grid.whole("secrets")


def _old(row: SecretRow, today: date) -> OldSecret:
    ends = row.ends_at_latest if row.expires_on < today else row.expires_on
    return OldSecret(row.secret_id, ends.isoformat(), "expired" if ends < today else "valid", row.description)
