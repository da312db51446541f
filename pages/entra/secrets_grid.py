"""The list of a registration's client secrets. A row is addressed by its Secret ID, never by its place."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pages.components.local_date import UnreadableDateError, proves_month_first, readings
from pages.components.shown_text import GUID, clean
from pages.disguise import disguised
from pages.entra.lifetime import is_near
from pages.errors import NoEffect, NotOne
from pages.library import expect
from pages.page import Component
from pages.waiting import LOOK_AGAIN, looks

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from playwright.sync_api import Locator

    from pages.entra.blade import Blade

# CSS, 2026-11: in the newer rendering a row's first cell has a role of its own, and columns are counted over both.
_CELLS: Final = '[role="gridcell"], [role="rowheader"]'

# One look at the whole list, so that no row can come or go in between. The Value's cell is left out: what stands in it
# must not reach this program but by the clipboard. The Secret ID may be cut on screen and whole in a tooltip or field.
# A row that is still to be filled in may lack cells.
_SNAPSHOT: Final = """
(rows, {cells, guid, columns}) => rows.map((row) => {
  const none = document.createElement('i');
  const at = (name) => row.querySelectorAll(cells)[columns[name]] || none;
  const id = at('Secret ID');
  const held = [id, ...id.querySelectorAll('[title], input')].flatMap((e) => [e.title, e.value]).concat(id.textContent);
  return {
    id: held.map((text) => (text || '').match(new RegExp(guid))).filter(Boolean).map(([found]) => found)[0] || '',
    expires: at('Expires').textContent,
    description: at('Description').title || at('Description').textContent,
    language: row.ownerDocument.documentElement.lang,
  };
})
"""


_COLUMNS: Final = ("Description", "Expires", "Value", "Secret ID")
_NOTHING: Final = "No client secrets have been created for this application."
_SCREEN: Final = "Certificates & secrets"  # the title of the page that holds the grid, for errors
_EXPIRED_BADGE: Final = re.compile(r"\s*Expired$", re.IGNORECASE)  # 2026-11: reported beside a past date, not seen
_COUNTED: Final = re.compile(r"\((\d+)\)")
_SETTLING: Final = 10.0  # seconds in which the tab's count, which lags at times, and the rows have come to agree
_BALLOON: Final = 3_000  # ms that the balloon “Copied” is waited for; it is up for about two seconds


@dataclass(frozen=True, slots=True)
class SecretRow:
    """What one row shows, its value left out. `expires_on` is the local date that the portal shows.

    `or_on` is the other date that it may mean, where no row tells whether the month stands first.
    """

    secret_id: str
    expires_on: date
    description: str
    or_on: date | None = None

    @property
    def ends_at_latest(self) -> date:
        """The later of the dates that it may end on: before that one it must not count as expired."""
        return max(self.expires_on, self.or_on or self.expires_on)

    def ends_near(self, day: date) -> date:
        """Return that of the dates which is about `day`, as it must be; `expires_on` where neither is."""
        return self.or_on if self.or_on and is_near(self.or_on, day) else self.expires_on


class SecretsGrid(Component):
    """The grid of the tab Client secrets; its root is the content of `blade`."""

    def __init__(self, blade: Blade) -> None:
        super().__init__(blade.root)
        root, page = self.root, self.root.page
        self._cells = page.locator(_CELLS)
        self.header_row = root.get_by_role("row").filter(has=page.get_by_role("columnheader", name="Secret ID"))
        self.rows = root.get_by_role("row").filter(has=self._cells)
        # The grid's place, once it holds rows or says that there are none; before, what it lacks proves nothing.
        nothing = page.get_by_text(_NOTHING).filter(visible=True)  # It may be there, hidden, while rows are loaded.
        self.filled = root.filter(has=page.get_by_role("row").filter(has=self._cells).or_(nothing))
        self.counting_tab = root.get_by_role("tab", name=re.compile(r"^Client secrets( \(\d+\))?$"))
        self.copied_notice = blade.document.get_by_text("Copied", exact=True)

    def whole(self, verb: str) -> list[SecretRow]:
        """Return what the rows show, once there are as many as the tab counts and each can be read for certain.

        Raises `NoEffect` when it does not come to that: a list may hold only the rows on screen, or be drawn anew, and
        one that is not whole must not pass for one.
        """
        expect(self.filled).to_be_visible()
        for _ in looks(_SETTLING, lambda: self.root.page.wait_for_timeout(LOOK_AGAIN)):
            try:
                return self._counted(verb)
            except NoEffect as error:
                not_whole = error
        raise not_whole

    def holds(self, secret_id: str) -> bool | None:
        """Return whether the list has `secret_id` at this moment; None where a row is missing or cannot be read."""
        try:
            rows = self.listed("holds")
        except NoEffect:
            return None
        if secret_id.lower() in {row.secret_id for row in rows}:
            return True
        return None if len(rows) < self._count() else False

    def ids_now(self) -> tuple[str, ...] | None:
        """Return the IDs of all secrets at this moment; None while the list is not there, whole and readable."""
        try:
            rows = self.listed("ids_now") if self.filled.is_visible() else None
        except NoEffect:
            return None
        return None if rows is None or len(rows) < self._count() else tuple(row.secret_id for row in rows)

    def listed(self, verb: str) -> list[SecretRow]:
        """Return what the rows show at this moment. Raises `NoEffect` for a row that cannot be read for certain."""
        if not self.rows.count():
            return []
        asked = {"cells": _CELLS, "guid": GUID, "columns": self._columns()}
        shown = self.rows.evaluate_all(_SNAPSHOT, asked)
        rows = [_read(row, verb) for row in shown]
        if any(proves_month_first(_end(row)) for row in shown):
            return [replace(row, or_on=None) for row in rows]
        return rows

    def one(self, secret_id: str, verb: str) -> SecretRow:
        """Return the row of `secret_id`. Raises `NotOne` when it is not there."""
        rows = self.whole(verb)
        for row in rows:
            if row.secret_id == secret_id.lower():
                return row
        raise NotOne(_SCREEN, verb, expected=f"the secret {secret_id}", seen=told(rows))

    def row(self, secret_id: str) -> Locator:
        """Return the row of `secret_id`."""
        return self.rows.filter(has=self._id_cell(secret_id))

    def without(self, secret_id: str) -> Locator:
        """Return the grid's place if it is filled in and `secret_id` is not in it."""
        return self.filled.filter(has_not=self.root.page.get_by_role("row").filter(has=self._id_cell(secret_id)))

    def copyable_rows_beside(self, secret_ids: Collection[str]) -> Locator:
        """Return the rows that are none of `secret_ids` and whose value can be copied: those made in this tab."""
        value_cell = self._cells.nth(self._columns()["Value"])
        rows = self.rows.filter(has=value_cell.get_by_role("button"))
        for secret_id in secret_ids:
            rows = rows.filter(has_not=self._id_cell(secret_id))
        return rows

    def copy_value_button(self, secret_id: str) -> Locator:
        """Return the copy button in the Value column of a row.

        A masked row has none; its only copy button is its Secret ID's.
        """
        return self.row(secret_id).locator(_CELLS).nth(self._columns()["Value"]).get_by_role("button")

    def delete_button(self, secret_id: str) -> Locator:
        """Return the delete icon at the end of a row."""
        return self.row(secret_id).get_by_role("button", name=re.compile(r"^Delete\b"))

    def copy_value(self, secret_id: str) -> None:
        """Press the copy button of a row's value and wait for the balloon that answers it.

        A balloon missed is no failure: only the clipboard can prove the copy, and whoever reads it does. To stop here
        would lose the value.
        """
        self.row(secret_id).hover()  # Some renderings show the button only then.
        self.copy_value_button(secret_id).click()
        with suppress(AssertionError):
            expect(self.copied_notice.first).to_be_visible(timeout=_BALLOON)  # `first`: a screen reader's twin.

    def _counted(self, verb: str) -> list[SecretRow]:
        rows, count = self.listed(verb), self._count()
        if len(rows) < count:
            expected = f"the {count} client secrets that the tab counts"
            raise NoEffect(_SCREEN, verb, expected=expected, seen=f"{len(rows)} of them in the list")
        return rows

    def _count(self) -> int:
        """Return how many secrets the tab counts; 0 where it counts none."""
        found = _COUNTED.search(" ".join(self.counting_tab.all_inner_texts()))
        return int(found[1]) if found else 0

    def _id_cell(self, secret_id: str) -> Locator:
        """Return, for use inside a row, its cell of the Secret ID if it holds `secret_id` as text, tooltip or field."""
        # `nth` is no choice among equals here: the header proves which column it is.
        cell = self._cells.nth(self._columns()["Secret ID"])
        held = self.root.page.locator(f'[title="{secret_id}" i], input[value="{secret_id}" i]')
        return cell.filter(has_text=secret_id).or_(cell.filter(has=held)).or_(cell.and_(held))

    def _columns(self) -> dict[str, int]:
        """Return the place of each column by its heading."""
        headings = [clean(text) for text in self.header_row.get_by_role("columnheader").all_text_contents()]
        # A heading may carry an icon's words after its own, as Value does; none begins like another.
        found = {name: at for name in _COLUMNS for at, text in enumerate(headings) if text.startswith(name)}
        if len(found) < len(_COLUMNS):
            seen = ", ".join(headings) or "none"
            raise NoEffect(_SCREEN, "listed", expected=f"the columns {', '.join(_COLUMNS)}", seen=seen)
        return found


def told(rows: Collection[SecretRow]) -> str:
    """Say which secrets `rows` are, by ID and end."""
    return ", ".join(f"{row.secret_id} (ends {row.expires_on.isoformat()})" for row in rows) or "no secret"


def _end(row: dict[str, Any]) -> str:
    return _EXPIRED_BADGE.sub("", clean(row["expires"]))


def _read(row: dict[str, Any], verb: str) -> SecretRow:
    if not row["id"]:
        expected, seen = "the whole Secret ID in every row", "a row in which it is cut or missing"
    else:
        try:
            ends, *others = readings(_end(row), row["language"])
            return SecretRow(row["id"].lower(), ends, disguised(clean(row["description"])), *others)
        except UnreadableDateError as error:
            # Disguised, because a cell out of its place could be the Value's.
            expected, seen = f"a date under Expires for {row['id']}", disguised(str(error))
    raise NoEffect(_SCREEN, verb, expected=expected, seen=seen)
