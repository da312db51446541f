"""Saved Credentials: the part of User Management where an integration is reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ma_portal.new_integration import NewIntegrationPage
from pages.ma_portal.portal import MaPortal
from pages.ma_portal.saved_integration import SavedIntegration
from pages.mark import action
from pages.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab


class SavedCredentialsPage(Page):
    """Saved Credentials, called User Integration in older documentation."""

    name = "saved-credentials"
    title = "Saved Credentials"
    surroundings = MaPortal
    around: MaPortal

    def __init__(self, tab: Tab, url: str) -> None:
        super().__init__(tab, url)
        self.saved = SavedIntegration(tab)
        self.reset_dialog = tab.get_by_role("dialog", name="Reset Integration", exact=True)
        self.reset_yes_button = self.reset_dialog.get_by_role("button", name="Yes", exact=True)

    @property
    def proof(self) -> Iterable[Locator]:
        """The saved integration and the button that resets it."""
        return [self.saved.root, self.saved.reset_button]

    @action(at="saved.reset_button", effect="change")
    def reset_integration(self) -> NewIntegrationPage:
        """Click Reset Integration and answer Yes.

        The vendor says that this cannot be undone and clears the users that are synchronised.
        """
        with self.expecting("the question whether to reset the integration"):
            self.bring_up(self.saved.reset_button, self.reset_dialog)
        self.press_once(self.reset_yes_button)
        following = NewIntegrationPage(self.tab, self.url)
        with self.expecting("the page “New Integration”"):
            if not self.around.answered(following.type_list):
                raise self.failure("reset_integration")
        return following.arrive()
