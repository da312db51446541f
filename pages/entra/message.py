"""What the portal says of its own accord: toasts, questions, and texts in place of a blade."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pages import library
from pages.disguise import disguised
from pages.library import expect
from pages.page import Component

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator
    from playwright.sync_api import Page as Tab

_AT_ONCE: Final = 1_000  # ms in which a button that is there is pressed
_LENGTH = 240  # characters of the portal's own words that a message may hold

# The words with which the portal refuses, from its documents and from reports of its errors up to 2026. The wording of
# its error toasts is not public, so that the words of refusal in general are looked for as well.
_REFUSAL: Final = re.compile(
    r"blocked by tenant-wide policy|exceeds the max value|Insufficient privileges|credential limit|"
    r"AsPerAppPolicy|\b(?:failed|fail|unable|could not|cannot|can't|denied|not allowed|error|conflict)\b",
    re.IGNORECASE,
)
# It did what was asked, whatever word of refusal stands in the name of the application (seen in pictures).
_DONE: Final = re.compile(r"\bSuccessfully updated application\b", re.IGNORECASE)
# In place of a blade: seen in public scripts and reports, for a blade left and entered again, an unknown route, an
# unknown application (the directory service's own words), and a directory that keeps people without a role out.
_LOST: Final = re.compile(r"^\s*(?:Content closed|Dashboard not found)", re.IGNORECASE)
_BLADE_REFUSAL: Final = re.compile(
    r"blocked by tenant-wide policy|\b401\b(?! applications? found)|does not exist|AADSTS\d+", re.IGNORECASE
)
# CSS, 2026-11: where a blade shows what people called their applications and secrets, in either rendering.
_NAMES: Final = 'h2, [role="row"] *, .fxc-essentials-value, .fxc-essentials-value *, [class*="essentialsValue-"]'


class Toasts(Component):
    """The short messages at the top right. CSS, 2026-11: only classes tell them apart in public scripts."""

    def __init__(self, tab: Tab) -> None:
        super().__init__(tab.locator(".fxs-toast-item"))
        self.refusal_notice = self.root.filter(has_text=_REFUSAL, has_not_text=_DONE).filter(visible=True)
        self.close_button = self.root.locator("button.fxs-toast-close")

    def dismiss(self) -> None:
        """Close what is there, by each toast's own button, so that the next ones can be told from it.

        A toast goes by itself after some seconds, and so it may just when its button is to be pressed.
        """
        for _ in range(self.close_button.count()):
            with suppress(library.Error):
                self.close_button.first.click(timeout=_AT_ONCE)  # Each press takes the first away; any order will do.
        expect(self.close_button).to_have_count(0)

    def refusal(self) -> str:
        """Return what a toast that refuses says, disguised; empty when none does."""
        texts = self.refusal_notice.all_text_contents()
        return disguised(texts[-1])[:_LENGTH] if texts else ""


class MessageBox(Component):
    """A question that the portal asks before it does something, answered with Yes or No (seen in pictures)."""

    def __init__(self, document: Tab | FrameLocator) -> None:
        # Two renderings: the older by its class (CSS, 2026-11: it has no role in public scripts), the newer a dialog.
        box = document.locator(".fxs-messagebox, [role=dialog], [role=alertdialog]").filter(visible=True)
        super().__init__(box.filter(has=box.page.get_by_role("button", name="Yes", exact=True)))
        self.yes_button = self.root.get_by_role("button", name="Yes", exact=True)
        self.no_button = self.root.get_by_role("button", name="No", exact=True)

    def decline(self) -> None:
        """Answer No to a question that stands there from before: it does not say what it is about."""
        if self.no_button.is_visible():
            self.no_button.click()
            expect(self.root).to_have_count(0)


class BladeNotice(Component):
    """A text that stands in place of a blade's content, or says why something in it cannot be done."""

    def __init__(self, section: Locator) -> None:
        super().__init__(section)
        said = self.root.get_by_text(_BLADE_REFUSAL).and_(self.root.page.locator(f":not({_NAMES})"))
        self.refusal_notice = said.or_(self.root.get_by_text(_LOST)).filter(visible=True)

    def refusal(self) -> str:
        """Return what the blade says, disguised; empty when there is no such text."""
        texts = self.refusal_notice.all_text_contents()
        return disguised(texts[0])[:_LENGTH] if texts else ""
