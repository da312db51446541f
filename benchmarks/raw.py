"""The floor: the gestures of the rotation in plain Playwright, with nothing around them.

`python -m benchmarks.raw ENTRA_URL MA_PORTAL_URL APPLICATION_ID [PICTURES]` does them once against served replicas and
prints one JSON object: seconds to the first gesture, seconds of all gestures, CPU seconds and memory of this process.
With PICTURES, a folder, it takes the same screenshots as a recording does. No checks, no store, no secrets kept.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from benchmarks.processes import outside_memory
from keyturn.browser import WINDOW, find_browser

if TYPE_CHECKING:
    from collections.abc import Callable

BEGAN = time.time()
_PATIENCE = 2_000  # ms
_SHOTS = 2  # before and after, as a recording takes them


class Gestures:
    """Does one gesture after another, with screenshots around each where they are wanted."""

    def __init__(self, pictures: Path | None) -> None:
        self.pictures = pictures
        self.count = 0

    def do(self, tab: Page, gesture: Callable[[], object], shows: Locator | None = None) -> None:
        """Do `gesture`, which leads to another page where `shows` is: a picture in between may never come about."""
        self.count += 1
        for shot in range(_SHOTS):
            if self.pictures:
                with suppress(TooLate):  # As a recording, it goes on without a picture that does not come about.
                    tab.screenshot(path=self.pictures / f"{self.count:02}-{shot}.png", timeout=_PATIENCE)
            if shot == 0:
                gesture()
                if shows:
                    shows.wait_for()


def entra(do: Gestures, tab: Page, url: str, application_id: str) -> str:
    """Do the half of the Entra admin center; return the expiry date as the grid shows it. The value stays copied."""
    tab.goto(url)
    tab.locator(".fxs-avatarmenu-username").wait_for()
    do.do(tab, lambda: tab.get_by_role("button", name="Entra ID", exact=True).click())
    do.do(tab, lambda: tab.get_by_role("link", name="App registrations", exact=True).click())
    do.do(tab, lambda: tab.get_by_role("tab", name="All applications").click())
    do.do(tab, lambda: tab.get_by_placeholder("Start typing a display name").fill(application_id))
    do.do(tab, lambda: tab.get_by_role("row").filter(has_text=application_id).get_by_role("link").click())
    do.do(tab, lambda: tab.get_by_text("Create a new one").click())
    do.do(tab, lambda: tab.get_by_title("New client secret").click())
    do.do(tab, lambda: tab.get_by_placeholder("Enter a description for this client secret").fill("Arctic Wolf Secret"))
    do.do(tab, lambda: tab.get_by_role("combobox", name="Expires", exact=True).click())
    do.do(tab, lambda: tab.locator(".fxc-dropdown-option").filter(has_text="730 days (24 months)").click())
    do.do(tab, lambda: tab.get_by_role("button", name="Add", exact=True).click())
    row = tab.get_by_role("row").filter(has=tab.get_by_role("button", name="Copy to clipboard").nth(1))
    expires = row.get_by_role("gridcell").nth(1).inner_text()
    do.do(tab, lambda: row.get_by_role("button", name="Copy to clipboard").first.click())
    return expires


def ma_portal(do: Gestures, tab: Page, url: str, application_id: str, expires: str) -> None:
    """Do the half of the MA Portal, with the value from the clipboard."""
    tab.goto(url)
    tab.get_by_role("button", name="Settings").wait_for()
    do.do(tab, lambda: tab.get_by_role("button", name="Settings").click())
    directory = tab.get_by_text("Directory ID")
    do.do(tab, lambda: tab.get_by_role("link", name="User Management", exact=True).click(), directory)
    directory_id = directory.locator("xpath=following-sibling::*[1]").inner_text()
    do.do(tab, lambda: tab.get_by_role("button", name="Reset Integration").click())
    type_list = tab.get_by_label("Integration Type")
    do.do(tab, lambda: tab.get_by_role("button", name="Yes").click(), type_list)
    do.do(tab, lambda: type_list.select_option("Entra ID"))
    do.do(tab, lambda: tab.get_by_label("Integration Nickname").fill("Arctic Wolf Secret"))
    do.do(tab, lambda: tab.get_by_label("Application ID", exact=True).fill(application_id))
    do.do(tab, lambda: tab.get_by_label("Directory ID", exact=True).fill(directory_id))
    do.do(tab, lambda: tab.get_by_label("Client Secret Value", exact=True).press("ControlOrMeta+V"))
    month, day, year = expires.split("/")
    do.do(tab, lambda: tab.get_by_label("Expiration Date").fill(f"{month:0>2}/{day:0>2}/{year}"))
    do.do(tab, lambda: tab.get_by_role("button", name="Test Connection").click())
    do.do(tab, lambda: tab.get_by_role("button", name="Acknowledge").click())
    saved = tab.get_by_role("heading", name="Saved Credentials")
    do.do(tab, lambda: tab.get_by_role("button", name="Save Credentials").click(), saved)


def main(entra_url: str, ma_portal_url: str, application_id: str, pictures: str = "") -> None:
    """Do everything once and print what it took."""
    folder = Path(pictures) if pictures else None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**find_browser("auto").launch_options())
        context = browser.new_context(locale="en-US", viewport=WINDOW)
        first, do = context.new_page(), Gestures(folder)
        ready, cpu = time.time(), time.process_time()
        expires = entra(do, first, entra_url, application_id)
        ma_portal(do, context.new_page(), ma_portal_url, application_id, expires)
        done, spent = time.time(), time.process_time()
        outside = outside_memory(os.getpid())
        browser.close()
    told = {
        "start": ready - BEGAN,
        "seconds": done - ready,
        "cpu": spent - cpu,
        "gestures": do.count,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "outside": outside,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
