"""The list of a directory's app registrations, read whole or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pages.components.shown_text import GUID, clean
from pages.disguise import disguised
from pages.errors import NoEffect
from pages.library import expect
from pages.page import Component

if TYPE_CHECKING:
    from collections.abc import Collection

    from pages.entra.blade import Blade

# CSS, 2026-11: as in the list of secrets, a row's first cell has a role of its own in the newer rendering.
_CELLS: Final = '[role="gridcell"], [role="rowheader"]'
_COLUMNS: Final = ("Display name", "Application (client) ID", "Certificates & secrets")
# The count line, seen in pictures; whether a single one is worded in the singular was not.
_COUNT: Final = re.compile(r"^\s*([\d.,\s]+) applications? found\s*$")
_NONE: Final = {"", "-", "–"}  # a registration without credentials shows a dash (seen in a picture)
_SCREEN: Final = "App registrations"  # the title of the page that holds the grid, for errors
# One look at the whole list. The name's cell may begin with a badge of initials, so that its link is read.
_SNAPSHOT: Final = """
(rows, {cells, columns}) => rows.map((row) => columns.map((at) => {
  const cell = row.querySelectorAll(cells)[at];
  return ((cell && cell.querySelector('a')) || cell)?.textContent || '';
}))
"""


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """What one row shows. `status` is the portal's own word about its newest credential."""

    name: str
    application_id: str
    status: str

    @property
    def has_credentials(self) -> bool:
        """Whether the list shows any certificate or secret, however old."""
        return self.status not in _NONE


class RegistrationsGrid(Component):
    """The grid of the tab All applications; its root is the content of `blade`."""

    def __init__(self, blade: Blade) -> None:
        super().__init__(blade.root)
        page = self.root.page
        self.header_row = self.root.get_by_role("row").filter(has=page.get_by_role("columnheader", name=_COLUMNS[1]))
        self.rows = self.root.get_by_role("row").filter(has=page.locator(_CELLS))
        self.count_notice = self.root.get_by_text(_COUNT)

    def listed(self, verb: str) -> list[RegistrationRow]:
        """Return every row, once there are as many as the portal counts.

        Raises `NoEffect` when some are missing or cannot be read: newer lists hold only the rows on screen (reported),
        and a list that is not whole must not pass for one.
        """
        expect(self.count_notice).to_be_visible()
        found = _COUNT.match(self.count_notice.inner_text())
        count = int(re.sub(r"\D", "", found[1])) if found else -1
        try:
            expect(self.rows).to_have_count(count)
        except AssertionError:
            seen = f"{self.rows.count()} rows"
        else:
            rows = self._read(verb) if count else []
            if all(re.fullmatch(GUID, row.application_id) for row in rows) and _differ(rows):
                return rows
            seen = "a row whose ID is cut, missing or there twice"
        raise NoEffect(_SCREEN, verb, expected=f"all {count} registrations in the list", seen=seen)

    def _read(self, verb: str) -> list[RegistrationRow]:
        headings = [clean(text) for text in self.header_row.get_by_role("columnheader").all_text_contents()]
        columns = [at for name in _COLUMNS for at, text in enumerate(headings) if text.startswith(name)]
        if len(columns) != len(_COLUMNS):
            seen = ", ".join(headings) or "none"
            raise NoEffect(_SCREEN, verb, expected=f"the columns {', '.join(_COLUMNS)}", seen=seen)
        texts = self.rows.evaluate_all(_SNAPSHOT, {"cells": _CELLS, "columns": columns})
        return [RegistrationRow(disguised(clean(name)), clean(of).lower(), clean(is_)) for name, of, is_ in texts]


def _differ(rows: Collection[RegistrationRow]) -> bool:
    return len({row.application_id for row in rows}) == len(rows)
