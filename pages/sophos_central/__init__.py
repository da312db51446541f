"""Sophos Central: directory synchronisation with an Entra client secret, which the vendor calls Application Key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.sophos_central.edit_sync import EditSyncPage
from pages.sophos_central.menu import MenuPage
from pages.sophos_central.sign_in import SignInPage
from pages.sophos_central.sync_status import SyncStatusPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pages.page import Page

PAGES: Mapping[str, type[Page]] = {page.name: page for page in (SignInPage, MenuPage, SyncStatusPage, EditSyncPage)}
