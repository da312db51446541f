"""The pane in which a client secret is made, and the one moment at which its value can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pages import library
from pages.components.local_date import local_today
from pages.entra.advice import EXPIRES
from pages.entra.dropdown import Dropdown
from pages.entra.lifetime import end, option
from pages.entra.secrets_grid import SecretRow, SecretsGrid, told
from pages.entra.shell import Shell
from pages.entra.whose_secrets import check_not_another, check_registration, is_of
from pages.errors import NotOne, PageError
from pages.library import expect
from pages.mark import action, probe
from pages.page import Page

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab


class NewSecret(NamedTuple):
    """A secret just made, its value on the clipboard. `expires_on` is the date that the grid shows, in ISO form."""

    secret_id: str
    expires_on: str


class AddClientSecretPane(Page):
    """Add a client secret: the pane at the right of Certificates & secrets."""

    name = "add-client-secret"
    title = "Add a client secret"
    surroundings = Shell
    around: Shell

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        self._known: tuple[str, ...] | None = None
        self._application_id = ""

    @property
    def proof(self) -> Iterable[Locator]:
        """The pane by its title."""
        return [self.pane, self.add_button]

    @property
    def pane(self) -> Locator:
        """The pane."""
        document = self.around.blade.document
        heading = document.get_by_role("heading", name=self.title, exact=True)
        # CSS, 2026-11: the older rendering's pane has no role of its own in public scripts; the newer is a dialog.
        return document.locator(".fxs-contextpane-visible, [role=dialog]").filter(has=heading).filter(visible=True)

    @property
    def description_field(self) -> Locator:
        """The description."""
        return self.pane.get_by_role("textbox", name="Description", exact=True)

    @property
    def expires_list(self) -> Dropdown:
        """When the secret ends."""
        return Dropdown(self.pane, self.around.blade.document, "Expires")

    @property
    def add_button(self) -> Locator:
        """The button that makes the secret."""
        return self.pane.get_by_role("button", name="Add", exact=True)

    @property
    def cancel_button(self) -> Locator:
        """The button that leaves without one."""
        return self.pane.get_by_role("button", name="Cancel", exact=True)

    @action(at="description_field")
    def enter_description(self, description: str) -> None:
        """Enter the description."""
        with self.expecting("the description to be in its field"):
            self.description_field.fill(description)
            self.description_field.press("Tab")  # The portal takes it over, and checks it, when the field is left.
            expect(self.description_field).to_have_value(description)

    @action(at="expires_list")
    def select_expires(self, expires: str) -> None:
        """Select when it expires. Raises `NotOne` with what is offered when the list does not hold it."""
        with self.expecting(f"“{expires}” to be selected"):
            dropdown, wanted = self.expires_list, option(expires)
            offered = dropdown.open()
            if not any(wanted.fullmatch(one) for one in offered):
                dropdown.close()
                seen = f"a list that offers {', '.join(offered)}"
                raise NotOne(
                    self.title, "select_expires", expected=f"the option “{expires}”", seen=seen, advice=EXPIRES
                )
            dropdown.choose(wanted)

    @action(at="add_button", effect="create", secret="copies", shown_by="made_beside")  # noqa: S106  # a role, not a password
    def add_and_copy_value(self, application_id: str) -> NewSecret:
        """Add the secret, wait until it is listed, and copy its value.

        Raises `NotOne`, and presses nothing, in another registration than the one with this Application (client) ID.
        """
        check_registration(self, "add_and_copy_value", application_id)
        grid = SecretsGrid(self.around.blade)
        known = self._known if self._known is not None else self.known_ids(application_id)
        self._same_as_before(grid, known)
        ends = end(self.expires_list.text(), local_today(self.tab))
        self.around.toasts.dismiss()  # What is said from here on is about this secret.
        fresh = grid.copyable_rows_beside(known)
        with self.expecting("the new secret to be listed with its value"):
            self.press_once(self.add_button)
            self.around.wait_for_answer(fresh)
        if not fresh.count():
            raise self.failure("add_and_copy_value")
        made = [row for row in grid.listed("add_and_copy_value") if row.secret_id not in known]
        ours = [row for row in made if grid.copy_value_button(row.secret_id).count()]
        if len(ours) != 1:
            expected, seen = "one new secret with its value", told(ours or made)
            raise NotOne(self.title, "add_and_copy_value", expected=expected, seen=seen)
        with self.expecting("the value's copy button"):
            grid.copy_value(ours[0].secret_id)
        return NewSecret(ours[0].secret_id, (ours[0].ends_near(ends) if ends else ours[0].expires_on).isoformat())

    def copy_again(self, secret_id: str) -> NewSecret:
        """Copy the value of a secret made in this tab once more, as long as the portal still shows it."""
        from pages.entra.client_secrets import ClientSecretsPage  # noqa: PLC0415  # each of the two leads to the other

        return ClientSecretsPage(self.tab, self.url).copy_value(secret_id)

    @action(at="cancel_button")
    def cancel(self) -> None:
        """Leave the pane without making a secret."""
        pane = self.pane
        self.cancel_button.click()
        expect(pane).to_be_hidden()

    @probe
    def has_pane(self) -> bool:
        """Return whether the pane is open."""
        return self.pane.is_visible()

    @probe
    def has_description(self, description: str) -> bool:
        """Return whether the field holds this description."""
        return self.description_field.input_value() == description

    @probe
    def has_expires(self, expires: str) -> bool:
        """Return whether this lifetime is selected."""
        return option(expires).fullmatch(self.expires_list.text()) is not None

    def seen(self) -> str:
        """Say what is on screen, and after Add which secrets are new in the list: their values nobody has."""
        seen = super().seen()
        grid = SecretsGrid(self.around.blade)
        if not self.pressed or self._known is None or not grid.rows.count():
            return seen
        try:
            made = [row for row in grid.listed("seen") if row.secret_id not in self._known]
        except PageError:
            return seen
        return f"{seen}, with {told(made)} new in the list" if made else seen

    def made_beside(self, known: Collection[str]) -> NewSecret | None:
        """Return the one secret that is not among `known` and whose value can still be copied; None without one.

        Only the tab in which a secret was made can copy its value, so that this is never another administrator's.
        """
        ours = self.copyable_beside(known)
        return ours[0] if len(ours) == 1 else None

    def copyable_beside(self, known: Collection[str], application_id: str = "") -> tuple[NewSecret, ...]:
        """Return the secrets that are not among `known` and whose values this tab can still copy.

        None of those that a person made in another registration than the one with this Application (client) ID, or, not
        given, the one for which the known secrets were listed.
        """
        asked = application_id or self._application_id
        if asked and is_of(self.tab, asked) is False:
            return ()
        grid = SecretsGrid(self.around.blade)
        ours = [row for row in self.new_beside(known) if grid.copy_value_button(row.secret_id).count()]
        return tuple(NewSecret(row.secret_id, row.expires_on.isoformat()) for row in ours)

    def new_beside(self, known: Collection[str]) -> tuple[SecretRow, ...]:
        """Return the secrets listed at this moment that are not among `known`, whoever made them."""
        rows = SecretsGrid(self.around.blade).listed("new_beside")
        return tuple(row for row in rows if row.secret_id not in known)

    def known_ids(self, application_id: str = "") -> tuple[str, ...]:
        """Return the IDs of the secrets that exist before this one is added, and remember them.

        Whoever asks for the first time says of which registration, as when the secret is added. Raises what an action
        would where they are not listed in time, and `NotOne` where those of another registration are.
        """
        self._application_id = application_id or self._application_id
        if self._application_id:
            check_not_another(self, "known_ids", self._application_id)
        grid = SecretsGrid(self.around.blade)
        try:
            with self.expecting("the client secrets to be listed"):
                self._known = tuple(row.secret_id for row in grid.whole("known_ids"))
        except (library.Error, AssertionError):
            pass  # Raised below, as in `action`.
        else:
            return self._known
        raise self.failure("known_ids")

    def ids_now(self, application_id: str) -> tuple[str, ...] | None:
        """Return the IDs of all secrets of the registration with this Application (client) ID, by looking once.

        None where they are not on screen, or not for certain all of them, or may be those of another registration.
        """
        try:
            return SecretsGrid(self.around.blade).ids_now() if is_of(self.tab, application_id) else None
        except library.Error:
            return None  # The page is being left.

    def _same_as_before(self, grid: SecretsGrid, known: tuple[str, ...]) -> None:
        rows = grid.listed("add_and_copy_value")
        if {row.secret_id for row in rows} != set(known):
            expected = "the same secrets as a moment ago"
            raise NotOne(self.title, "add_and_copy_value", expected=expected, seen=told(rows))
