"""New Integration: where the vendor is given the new secret, tests it and saves it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pages.components.vendor_field import DateField, SecretField
from pages.errors import NoEffect
from pages.library import expect
from pages.ma_portal.portal import MaPortal
from pages.mark import action, probe
from pages.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

# The procedure's names of the types and the list's own, both from the vendor's documentation.
_WORDINGS: Final = (("Microsoft Entra ID", "Entra ID"), ("CSV file", "CSV Upload"))


class NewIntegrationPage(Page):
    """New Integration."""

    name = "new-integration"
    title = "New Integration"
    surroundings = MaPortal
    around: MaPortal

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        form = tab.get_by_role("region", name="New Integration", exact=True)
        self.type_list = form.get_by_label("Integration Type", exact=True)
        self.nickname_field = form.get_by_label("Integration Nickname", exact=True)
        self.application_id_field = form.get_by_label("Application ID", exact=True)
        self.directory_id_field = form.get_by_label("Directory ID", exact=True)
        self.client_secret_value_field = form.get_by_label("Client Secret Value", exact=True)
        self.expiration_date_field = form.get_by_label("Client Secret Value Expiration Date", exact=True)
        self.test_button = form.get_by_role("button", name="Test Connection", exact=True)
        self.save_button = form.get_by_role("button", name="Save Credentials", exact=True)
        self.tested_notice = form.get_by_role("status", name="Connection test", exact=True).filter(
            has_text="Connection tested"
        )
        self.test_passed_dialog = tab.get_by_role("dialog", name="Connection Successful", exact=True)
        self.acknowledge_button = tab.get_by_role("dialog").get_by_role("button", name="Acknowledge", exact=True)
        self.saved_heading = tab.get_by_role("heading", name=re.compile(r"^(Saved Credentials|User Integration)$"))

    @property
    def proof(self) -> Iterable[Locator]:
        """The list of integration types."""
        return [self.type_list]

    @action(at="type_list")
    def select_integration_type(self, integration_type: str) -> None:
        """Select the integration type, by the procedure's name for it or the list's own."""
        options = self.type_list.get_by_role("option", name=_any_wording(integration_type))
        with self.expecting(f"one integration type called “{integration_type}”"):
            expect(options).to_have_count(1)
        self.type_list.select_option(label=options.inner_text().strip())
        with self.expecting("the fields of this type to appear"):
            expect(self.nickname_field).to_be_visible()

    @action(at="nickname_field")
    def enter_nickname(self, nickname: str) -> None:
        """Enter the Integration Nickname."""
        self.enter(self.nickname_field, nickname)

    @action(at="application_id_field")
    def enter_application_id(self, application_id: str) -> None:
        """Enter the Application ID."""
        self.enter(self.application_id_field, application_id)

    @action(at="directory_id_field")
    def enter_directory_id(self, directory_id: str) -> None:
        """Enter the Directory ID."""
        self.enter(self.directory_id_field, directory_id)

    @action(at="client_secret_value_field", secret="pastes", shown_by="put_in")  # noqa: S106  # a role, no secret
    def paste_client_secret_value(self) -> None:
        """Paste the Client Secret Value.

        What was in the field goes first. The value stays in the browser: only whether there is one is asked.
        """
        if not SecretField(self.client_secret_value_field).paste():
            raise NoEffect(
                self.title,
                "paste_client_secret_value",
                expected="the field “Client Secret Value” to hold what was pasted",
                seen="an empty field",
            )

    def put_in(self) -> int | None:
        """Return which time it is that a value was put into the field; None while it holds none that was."""
        return SecretField(self.client_secret_value_field).put_in() or None

    @action(at="expiration_date_field")
    def enter_expiration_date(self, expires_on: str) -> None:
        """Enter the Client Secret Value Expiration Date, given as `2028-01-08`, in the form that the field takes.

        Raises `NoEffect` when the field names a form that is not known: a guess could swap day and month.
        """
        self.enter(self.expiration_date_field, self._dated(expires_on))

    @action(at="test_button", secret="proves")  # noqa: S106  # a role, no secret
    def test_connection(self) -> None:
        """Click Test Connection and wait for the answer.

        The dialog of a good test stays open, to be acknowledged. That of a bad one is closed, and what it says is
        raised: `NotYet` when the portal does not know the secret, which may only have to replicate, else
        `PortalRefused`.
        """
        around = self.around
        if self.acknowledge_button.is_visible():  # of a test whose result nobody took in
            self.acknowledge_button.click()
        passed = self.test_passed_dialog.or_(self.tested_notice)  # A portal may tell a good test without a dialog.
        around.note(passed)
        self.test_button.click()
        with self.expecting("the result of the connection test"):
            if around.answered(around.fresh(passed)):
                return
        refusal = self.failure("test_connection")
        if around.test_failed_dialog.is_visible():
            self.acknowledge_button.click()
            expect(around.test_failed_dialog).to_be_hidden()
        raise refusal

    @action(at="acknowledge_button")
    def acknowledge(self) -> None:
        """Click Acknowledge, unless the portal told the result without a dialog."""
        if self.test_passed_dialog.is_visible():  # One that comes late is acknowledged before saving.
            self.acknowledge_button.click()
        with self.expecting("the dialog to be gone and the test to have passed"):
            expect(self.test_passed_dialog).to_be_hidden()
            expect(self.tested_notice).to_be_visible()

    @action(at="save_button", effect="change")
    def save_credentials(self) -> None:
        """Click Save Credentials."""
        with self.expecting("Save Credentials to be enabled, as it is after a good test"):
            expect(self.save_button).to_be_enabled()
        self.tab.add_locator_handler(self.test_passed_dialog, lambda _: self.acknowledge_button.click(), times=1)
        try:
            self.press_once(self.save_button)
        finally:  # The result of a later test is for a person to see, or for the step that acknowledges it.
            self.tab.remove_locator_handler(self.test_passed_dialog)
        with self.expecting("the page “Saved Credentials”"):
            if not self.around.answered(self.saved_heading):
                raise self.failure("save_credentials")

    @probe
    def has_form(self) -> bool:
        """Whether the page asks for a new integration."""
        return self.type_list.is_visible()

    @probe
    def has_integration_type(self, integration_type: str) -> bool:
        """Whether this integration type is selected."""
        # CSS, 2026-11: the option that is selected has no role of its own.
        chosen = self.type_list.locator("option:checked").inner_text().strip()
        return _any_wording(integration_type).fullmatch(chosen) is not None

    @probe
    def has_nickname(self, nickname: str) -> bool:
        """Whether the field holds this nickname."""
        return self.nickname_field.input_value() == nickname

    @probe
    def has_application_id(self, application_id: str) -> bool:
        """Whether the field holds this Application ID."""
        return self.application_id_field.input_value() == application_id

    @probe
    def has_directory_id(self, directory_id: str) -> bool:
        """Whether the field holds this Directory ID."""
        return self.directory_id_field.input_value() == directory_id

    @probe
    def has_client_secret_value(self) -> bool:
        """Whether the field holds a value that was put in there; which one stays in the browser."""
        return SecretField(self.client_secret_value_field).put_in() > 0

    @probe
    def has_expiration_date(self, expires_on: str) -> bool:
        """Whether the field holds this date, given as `2028-01-08`."""
        return self.expiration_date_field.input_value() == self._dated(expires_on)

    @probe
    def has_test_passed(self) -> bool:
        """Whether the last connection test was a good one and nothing was changed after it."""
        return self.test_passed_dialog.is_visible() or self.tested_notice.is_visible()

    def _dated(self, expires_on: str) -> str:
        return DateField(self.expiration_date_field).dated(expires_on, self.title, "enter_expiration_date")


def _any_wording(integration_type: str) -> re.Pattern[str]:
    names = next((pair for pair in _WORDINGS if integration_type in pair), (integration_type,))
    return re.compile(f"^({'|'.join(re.escape(name) for name in names)})$")
