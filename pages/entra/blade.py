"""Where a page's content is: the one place that knows in which document the portal has put it.

The portal is built in two technologies side by side (seen in public scripts up to 2026): blades of the older kind stand
in the top document; those of the newer kind in a frame from another origin, of which the portal keeps spare, hidden
copies. A blade opened before stays in the document. So the content is the active frame where there is one, else the
last visible blade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator
    from playwright.sync_api import Page as Tab


class Blade:
    """The portal's current blade. Its locators are looked up when used, so that it follows the portal."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        # CSS, 2026-11: neither blade nor frame has a role or a name of its own. Spare frames lack the first class;
        # those of blades opened before keep it, but are hidden with them.
        self.section = tab.locator("section.fxs-blade").filter(visible=True).last
        self.frame = tab.locator("iframe.fxs-reactview-frame-active:not(.fxs-display-none)").filter(visible=True)
        # The blade's title and menu belong to the portal's shell in both technologies.
        self.heading = self.section.locator("h2.fxs-blade-title-titleText")

    def titled(self, title: str) -> Locator:
        """Return the blade's heading if it is `title`, with or without the name of a registration before it."""
        return self.heading.and_(self._tab.get_by_role("heading", name=title, exact=True)).or_(
            self.heading.filter(has_text=f"| {title}")
        )

    def loaded(self, mark: str) -> Locator:
        """Return what appears when the content does: the element that the CSS `mark` finds, or the active frame."""
        return self.section.locator(mark).or_(self.frame)

    @property
    def document(self) -> Tab | FrameLocator:
        """The document that holds the content, its panes and its questions. Two active frames are an error later on."""
        return self.frame.content_frame if self.frame.count() else self._tab

    @property
    def root(self) -> Locator:
        """The element that holds the content."""
        return self.frame.content_frame.locator("body") if self.frame.count() else self.section
