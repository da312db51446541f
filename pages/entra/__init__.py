"""The Microsoft Entra admin center, as far as client secrets need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pages.entra.add_client_secret import AddClientSecretPane
from pages.entra.admin_center import AdminCenterPage
from pages.entra.app_registrations import AppRegistrationsPage
from pages.entra.client_secrets import ClientSecretsPage
from pages.entra.registration_overview import RegistrationOverviewPage
from pages.entra.sign_in import SignInPage

if TYPE_CHECKING:
    from pages.page import Page

__all__ = [
    "PAGES",
    "AddClientSecretPane",
    "AdminCenterPage",
    "AppRegistrationsPage",
    "ClientSecretsPage",
    "RegistrationOverviewPage",
    "SignInPage",
]

_ALL: Final[tuple[type[Page], ...]] = (
    SignInPage,
    AdminCenterPage,
    AppRegistrationsPage,
    RegistrationOverviewPage,
    ClientSecretsPage,
    AddClientSecretPane,
)
PAGES: Final = {page.name: page for page in _ALL}
