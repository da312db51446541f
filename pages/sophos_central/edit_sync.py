"""Edit Azure AD Sync: where Sophos Central is given the new secret, which it calls Application Key.

The settings are edited in place: until Save, and after a save that fails, the former ones go on working.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.components.vendor_field import DateField, SecretField
from pages.errors import NoEffect
from pages.library import expect
from pages.mark import action, probe
from pages.page import Page
from pages.sophos_central.portal import SophosCentral

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab


class EditSyncPage(Page):
    """Edit Azure AD Sync."""

    name = "edit-sync"
    title = "Edit Azure AD Sync"
    surroundings = SophosCentral
    around: SophosCentral

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        self.client_id_field = tab.get_by_label("Client ID", exact=True)
        self.tenant_domain_field = tab.get_by_label("Tenant Domain", exact=True)
        self.application_key_field = tab.get_by_label("Application Key", exact=True)
        self.expiration_field = tab.get_by_label("Application Key Expiration", exact=True)
        self.test_button = tab.get_by_role("button", name="Test Connection", exact=True)
        self.save_button = tab.get_by_role("button", name="Save", exact=True)
        self.tested_notice = tab.get_by_role("status", name="Connection test").filter(has_text="Connection successful")
        self.saved_heading = tab.get_by_role("heading", name="Azure AD Sync Settings/Status", exact=True)

    @property
    def proof(self) -> Iterable[Locator]:
        """The field for the key."""
        return [self.application_key_field]

    @action(at="client_id_field")
    def enter_client_id(self, client_id: str) -> None:
        """Enter the Client ID."""
        self.enter(self.client_id_field, client_id)

    @action(at="tenant_domain_field")
    def enter_tenant_domain(self, tenant_domain: str) -> None:
        """Enter the Tenant Domain."""
        self.enter(self.tenant_domain_field, tenant_domain)

    @action(at="application_key_field", secret="pastes", shown_by="put_in")  # noqa: S106  # a role, no secret
    def paste_application_key(self) -> None:
        """Paste the Application Key. The value stays in the browser: only whether there is one is asked."""
        if not SecretField(self.application_key_field).paste():
            raise NoEffect(
                self.title,
                "paste_application_key",
                expected="the field “Application Key” to hold what was pasted",
                seen="an empty field",
            )

    def put_in(self) -> int | None:
        """Return which time it is that a value was put into the field; None while it holds none that was."""
        return SecretField(self.application_key_field).put_in() or None

    @action(at="expiration_field")
    def enter_expiration(self, expires_on: str) -> None:
        """Enter the Application Key Expiration, given as `2028-01-08`, in the form that the field takes."""
        self.enter(self.expiration_field, self._dated(expires_on))

    @action(at="test_button", secret="proves")  # noqa: S106  # a role, no secret
    def test_connection(self) -> None:
        """Click Test Connection and wait for the answer.

        Raises `NotYet` when Microsoft does not know the secret, which may only have to replicate, else
        `PortalRefused`.
        """
        self._hold_the_new_key("test_connection")
        self.around.note(self.tested_notice)
        self.test_button.click()
        with self.expecting("the connection test to pass"):
            if not self.around.answered(self.around.fresh(self.tested_notice)):
                raise self.failure("test_connection")

    @action(at="save_button", effect="change")
    def save(self) -> None:
        """Click Save."""
        self._hold_the_new_key("save")
        with self.expecting("Save to be enabled, as it is after a good test"):
            expect(self.save_button).to_be_enabled()
        self.press_once(self.save_button)
        with self.expecting("the page “Azure AD Sync Settings/Status”"):
            if not self.around.answered(self.saved_heading):
                raise self.failure("save")

    @probe
    def has_client_id(self, client_id: str) -> bool:
        """Whether the field holds this Client ID."""
        return self.client_id_field.input_value() == client_id

    @probe
    def has_tenant_domain(self, tenant_domain: str) -> bool:
        """Whether the field holds this Tenant Domain."""
        return self.tenant_domain_field.input_value() == tenant_domain

    @probe
    def has_application_key(self) -> bool:
        """Whether the field holds a value that was put in there; which one stays in the browser."""
        return SecretField(self.application_key_field).put_in() > 0

    @probe
    def has_expiration(self, expires_on: str) -> bool:
        """Whether the field holds this date, given as `2028-01-08`."""
        return self.expiration_field.input_value() == self._dated(expires_on)

    @probe
    def has_test_passed(self) -> bool:
        """Whether the last connection test was a good one and nothing was changed after it."""
        return self.tested_notice.is_visible()

    def _hold_the_new_key(self, verb: str) -> None:
        """Raise `NoEffect` where the page was loaded anew since the paste: a test would pass with the former key."""
        if not self.has_application_key():
            raise NoEffect(
                self.title,
                verb,
                expected="the field “Application Key” to hold what was pasted",
                seen="a field into which nothing was put since the page was loaded",
            )

    def _dated(self, expires_on: str) -> str:
        return DateField(self.expiration_field).dated(expires_on, self.title, "enter_expiration")
