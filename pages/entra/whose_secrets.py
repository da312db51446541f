"""Whose secrets are on screen: their list does not say, and names repeat, but the tab's address names the registration.

It does so by the Application ID, in both forms of address that public scripts and links hold up to 2026.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pages.components.shown_text import GUID
from pages.errors import NotOne

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

    from pages.page import Page

_NAMED: Final = re.compile(rf"/appId/({GUID})(?![^/?&#])", re.IGNORECASE)
_OPEN_IT: Final = "open the registration that is asked for in this tab"
_BY_HAND: Final = "see for yourself that it is the registration that is asked for, and do this step by hand"


def is_of(tab: Tab, application_id: str) -> bool | None:
    """Return whether the tab's address names the registration `application_id`; None where it names none."""
    named = _named(tab)
    return named == application_id.lower() if named else None


def check_not_another(page: Page, verb: str, application_id: str) -> None:
    """Raise `NotOne` where the tab's address names another registration than `application_id`."""
    if is_of(page.tab, application_id) is False:
        raise _not_one(page, verb, application_id, f"those of the registration {_named(page.tab)}", _OPEN_IT)


def check_registration(page: Page, verb: str, application_id: str) -> None:
    """Raise `NotOne` unless the tab's address names the registration `application_id`: before what changes it."""
    check_not_another(page, verb, application_id)
    if is_of(page.tab, application_id) is None:
        raise _not_one(page, verb, application_id, "an address that names no registration", _BY_HAND)


def _named(tab: Tab) -> str:
    found = _NAMED.search(tab.url)
    return found[1].lower() if found else ""


def _not_one(page: Page, verb: str, application_id: str, seen: str, advice: str) -> NotOne:
    expected = f"the secrets of the registration {application_id}"
    return NotOne(page.title, verb, expected=expected, seen=seen, advice=advice)
