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
    from playwright.sync_api import Locator
    from playwright.sync_api import Page as Tab

# CSS, 2026-11: the welcome tour is an alert dialog; callouts are Fluent's teaching bubble. A question of the portal's
# may be an alert dialog as well, and is left alone because it is answered by other words.
_CONTAINERS: Final = '[role="alertdialog"], .ms-TeachingBubble'
_DECLINES: Final = re.compile(r"^(Maybe later|No thanks|No, thanks|Not now|Got it)$", re.IGNORECASE)

_watched: WeakSet[Tab] = WeakSet()  # The browser library would run a second handler for the same thing.


class Interruption:
    """Whatever of these kinds lies over a tab's page."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        decline = tab.get_by_role("button", name=_DECLINES)
        self.survey_dialog = tab.locator(_CONTAINERS).filter(has=decline).filter(visible=True)
        self.decline_button = self.survey_dialog.get_by_role("button", name=_DECLINES)

    def watch(self) -> None:
        """Decline it whenever it comes between a gesture and its element, from now on in this tab."""
        if self._tab in _watched:
            return
        _watched.add(self._tab)
        self._tab.add_locator_handler(self.survey_dialog, self._decline)

    def _decline(self, _: Locator) -> None:
        # `first`: a tour may offer two ways to decline, and any of them will do.
        self.decline_button.first.click()
