"""What a portal may lay over a page at any time, and that is safe to put away: surveys, tours, teaching callouts.

Only containers of these known kinds are touched, and in them only a button that declines by one of the known names.
Nothing here looks for "close": a pane's own X has that name too, and would discard what was entered (reported by
people who automate the portal).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator
    from playwright.sync_api import Page as Tab

# CSS, 2026-11: the welcome tour is an alert dialog; callouts are Fluent's teaching bubble. A question of the portal's
# may be an alert dialog as well, and is left alone because it is answered by other words.
_CONTAINERS: Final = '[role="alertdialog"], .ms-TeachingBubble'
_DECLINES: Final = re.compile(r"^(Maybe later|No thanks|No, thanks|Not now|Got it)$", re.IGNORECASE)

_watched: WeakSet[Tab] = WeakSet()  # The browser library would run a second handler for the same thing.


class Interruption:
    """Whatever of these kinds lies over the pages of one document: a tab's own, or a frame in it."""

    def __init__(self, document: Tab | FrameLocator, tab: Tab) -> None:
        # Names are looked for from within the container, so that the tab can stand for any document of it.
        decline = tab.get_by_role("button", name=_DECLINES)
        self.survey_dialog = document.locator(_CONTAINERS).filter(has=decline).filter(visible=True)
        self.decline_button = self.survey_dialog.get_by_role("button", name=_DECLINES)

    def decline(self, _: Locator) -> None:
        """Put it away."""
        # `first`: a tour may offer two ways to decline, and any of them will do.
        self.decline_button.first.click()


def decline_interruptions(tab: Tab, *frames: FrameLocator) -> None:
    """Decline whatever comes between a gesture and its element, in `tab` and in `frames` of it, from now on."""
    if tab in _watched:
        return
    _watched.add(tab)
    for one in (Interruption(tab, tab), *(Interruption(frame, tab) for frame in frames)):
        tab.add_locator_handler(one.survey_dialog, one.decline)
