"""One picture of a tab, as the browser takes it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

# Chromium's words where its compositor has no frame to hand out yet; nearly always the first picture after the start
# of a visible browser. Asked again a moment later, it takes the same picture (robotframework-browser, issue 5237).
_NO_FRAME_YET = "Unable to capture screenshot"
_MOMENT = 0.25  # seconds


def shot(tab: Tab, **options: Any) -> bytes:
    """Return what `tab` shows, as PNG or as `options` of Playwright's `screenshot` say.

    A browser that has no frame to hand out is asked once more. Raises `playwright.sync_api.Error`.
    """
    try:
        return tab.screenshot(**options)
    except BrowserError as refused:
        if _NO_FRAME_YET not in refused.message:
            raise
    time.sleep(_MOMENT)
    return tab.screenshot(**options)
