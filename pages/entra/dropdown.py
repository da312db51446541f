"""A drop-down list of the portal, whose options appear elsewhere in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.components.shown_text import clean
from pages.library import expect
from pages.page import Component

if TYPE_CHECKING:
    import re

    from playwright.sync_api import FrameLocator, Locator
    from playwright.sync_api import Page as Tab


class Dropdown(Component):
    """The list called `label` in `pane`. A label of the same name stands beside it; the role tells them apart."""

    def __init__(self, pane: Locator, document: Tab | FrameLocator, label: str) -> None:
        super().__init__(pane.get_by_role("combobox", name=label, exact=True))
        # CSS, 2026-11: in the older rendering an option's role was tree item once, which the blade's menu has as well;
        # the class is in every public script. In the newer one options stand in a list box. The top bar's search keeps
        # a list box of its own, hidden.
        older = document.locator(".fxc-dropdown-option").filter(visible=True)
        self.options = older.or_(document.get_by_role("listbox").get_by_role("option"))

    def text(self) -> str:
        """Return what is selected, as shown."""
        return clean(" ".join(self.root.all_text_contents()))

    def open(self) -> list[str]:
        """Open the list and return what it offers."""
        if not self.options.first.is_visible():  # Any of them shows that the list is open.
            self.root.click()
        expect(self.options.first).to_be_visible()
        return [clean(text) for text in self.options.all_text_contents()]

    def close(self) -> None:
        """Close the list without choosing."""
        self.root.press("Escape")

    def choose(self, wanted: re.Pattern[str]) -> None:
        """Choose the option of the open list that `wanted` matches, and wait until it is selected."""
        self.options.filter(has_text=wanted).click()
        expect(self.root).to_have_text(wanted)  # A click may be taken and set nothing (reported).
