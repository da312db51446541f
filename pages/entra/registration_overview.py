"""The Overview of one app registration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pages.components.shown_text import GUID, shown_text
from pages.disguise import disguised
from pages.entra.client_secrets import ClientSecretsPage
from pages.entra.shell import Shell
from pages.errors import NoEffect
from pages.library import expect
from pages.mark import action, probe
from pages.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator

_ADDRESS: Final = "#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Overview/appId/"
_MESSAGE: Final = re.compile(r"A certificate or secret (has expired|is expiring soon)")


class Essentials(NamedTuple):
    """What the Essentials show. `message` is “has expired”, “is expiring soon” or “none”."""

    display_name: str
    application_id: str
    directory_id: str
    message: str


class RegistrationOverviewPage(Page):
    """Overview. Its command bar's Delete deletes the registration; nothing here knows that button."""

    name = "registration-overview"
    title = "Overview"
    surroundings = Shell
    around: Shell

    @property
    def proof(self) -> Iterable[Locator]:
        """The blade's menu, and the Application ID among the Essentials."""
        yield self.around.blade.heading
        yield self._filled_in
        yield self.essential("Application (client) ID")

    @property
    def _filled_in(self) -> Locator:
        return self.around.blade.loaded(".fxc-essentials-item").first  # Any of the Essentials will do.

    @property
    def expiry_notice(self) -> Locator:
        """The message that a certificate or secret has expired, or is about to."""
        return self.around.blade.root.get_by_text(_MESSAGE).filter(visible=True)

    @property
    def create_a_new_one_link(self) -> Locator:
        """The message's link; its arrow is a character in one rendering and a picture in another."""
        name = re.compile(r"Create a new one")
        root = self.around.blade.root
        return root.get_by_role("link", name=name).or_(root.get_by_role("button", name=name))

    @property
    def manage_button(self) -> Locator:
        """The menu's group, where it is one that folds (seen folded, unfolded, and as a plain heading)."""
        return self.around.blade.section.get_by_role("button", name="Manage", exact=True)

    @property
    def certificates_and_secrets_link(self) -> Locator:
        """The menu's item."""
        # CSS, 2026-11: the item's role differs between versions of the menu; this mark is in every public script.
        return self.around.blade.section.locator('[data-telemetryname="Menu-Credentials"]').filter(visible=True)

    @property
    def next_link(self) -> Locator:
        """What leads to Certificates & secrets by the menu: its group where that is folded, else the item."""
        return self.manage_button if self._is_folded() else self.certificates_and_secrets_link

    def essential(self, label: str) -> Locator:
        """Return the value of the essential called `label`."""
        # CSS, 2026-11: label and value are tied by no role. The older classes are whole, the newer end in a number.
        item = self.around.blade.root.locator('.fxc-essentials-item, [class*="essentialsItem-"]')
        mine = item.filter(has=self.tab.get_by_text(label, exact=True)).filter(visible=True)
        return mine.locator('.fxc-essentials-value, [class*="essentialsValue-"]').filter(visible=True)

    @action(anywhere=True)
    def open(self, application_id: str) -> None:
        """Open the registration by its direct link."""
        self.around.go(f"{self.url}/{_ADDRESS}{application_id}", self._filled_in)
        if self.around.sign_in.which():
            raise self.failure("open")
        self.arrive()
        if not self.has_application_id(application_id):
            raise NoEffect(
                self.title,
                "open",
                expected=f"the registration {application_id}",
                seen=f"the registration {self._guid('Application (client) ID')}",
            )

    @action(at="expiry_notice")
    def read_essentials(self) -> Essentials:
        """See which message is shown."""
        with self.expecting("the Essentials to be filled in"):
            # The last to be filled in: it counts the credentials whose expiry the message is about.
            expect(self.essential("Client credentials")).to_have_text(re.compile(r"\S"))
        found = _MESSAGE.search(" ".join(self.expiry_notice.all_inner_texts()))
        return Essentials(
            disguised(shown_text(self.essential("Display name"))),
            self._guid("Application (client) ID"),
            self._guid("Directory (tenant) ID"),
            found[1] if found else "none",
        )

    @action(at="create_a_new_one_link")
    def create_a_new_one(self) -> ClientSecretsPage:
        """Follow the message's link to create a new one."""
        self.create_a_new_one_link.click()
        return ClientSecretsPage(self.tab, self.url).arrive()

    @action(at="next_link")
    def open_certificates_and_secrets(self) -> ClientSecretsPage:
        """Open Certificates & secrets by the menu."""
        if self._is_folded():
            self.manage_button.click()
        self.certificates_and_secrets_link.click()
        return ClientSecretsPage(self.tab, self.url).arrive()

    @probe
    def has_application_id(self, application_id: str) -> bool:
        """Return whether this is the registration with this Application (client) ID."""
        return self._guid("Application (client) ID").casefold() == application_id.casefold()

    def _is_folded(self) -> bool:
        return bool(self.manage_button.count()) and self.manage_button.get_attribute("aria-expanded") == "false"

    def _guid(self, label: str) -> str:
        """Return the ID shown under `label`; `NoEffect` where what is shown is not one."""
        text = shown_text(self.essential(label))
        if not re.fullmatch(GUID, text):
            raise NoEffect(self.title, "read_essentials", expected=f"an ID under {label}", seen="something else there")
        return text
