"""A drop-down list of the portal, whose options appear elsewhere in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from pages.base import Component
from pages.components.shown_text import clean

if TYPE_CHECKING:
    import re

    from playwright.sync_api import FrameLocator, Locator
    from playwright.sync_api import Page as Tab


class Dropdown(Component):
    """The list called `label` in `pane`. A label of the same name stands beside it; the role tells them apart."""

    def __init__(self, pane: Locator, document: Tab | FrameLocator, label: str) -> None:
        super().__init__(pane.get_by_role("combobox", name=label, exact=True))
        # Two roles, 2026-11: options were tree items in older versions. The top bar's search keeps options of its own,
        # hidden, which the visible pop-up does not hold.
        shown = document.get_by_role("option").or_(document.get_by_role("treeitem"))
        self.options = shown.filter(visible=True)

    def text(self) -> str:
        """Return what is selected, as shown."""
        return clean(" ".join(self.root.all_text_contents()))

    def select(self, wanted: re.Pattern[str]) -> bool:
        """Select the option that `wanted` matches whole, and wait until it is. False, and nothing done, without one."""
        self.root.click()
        expect(self.options.first).to_be_visible()  # Any of them shows that the list is open.
        option = self.options.filter(has_text=wanted)
        if not option.count():
            self.root.press("Escape")
            return False
        option.click()
        expect(self.root).to_have_text(wanted)  # A click may be taken and set nothing.
        return True

    def offered(self) -> list[str]:
        """Return the options of the open list."""
        return [clean(text) for text in self.options.all_text_contents()]
