"""The MA Portal: where a security vendor is given the credentials to read a directory's users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ma_portal.group_editor import GroupEditorPage
from pages.ma_portal.menu import MenuPage
from pages.ma_portal.new_integration import NewIntegrationPage
from pages.ma_portal.saved_credentials import SavedCredentialsPage
from pages.ma_portal.sign_in import SignInPage
from pages.ma_portal.user_management import UserManagementPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pages.page import Page

PAGES: Mapping[str, type[Page]] = {
    page.name: page
    for page in (
        SignInPage,
        MenuPage,
        UserManagementPage,
        SavedCredentialsPage,
        NewIntegrationPage,
        GroupEditorPage,
    )
}
