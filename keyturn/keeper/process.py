"""The keeper itself: `python -m keyturn.keeper.process`, its one order as JSON on standard input, before it or never.

It says nothing and takes no orders afterwards. It ends with its context: when keyturn closes that, when the browser
dies, when the person has closed the last tab and keyturn is gone, or when nobody used it for `_ALONE`; one that is not
to outlive keyturn, as soon as that is gone.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright

from keyturn import profile, system
from keyturn.keeper import record

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright

_ALONE = 12 * 3600.0  # seconds
_LOOK = 2.0  # seconds between two looks


async def keep(folder: str, stack: ExitStack) -> None:
    """Wait for the order, open the browser, make it known, and return when it has ended; without an order, at once.

    What `stack` is given is undone when the browser library has ended too.
    """
    ended = asyncio.Event()
    async with async_playwright() as playwright:
        text = await asyncio.to_thread(sys.stdin.buffer.read)
        if not text:
            return
        record.sweep()
        order = json.loads(text)
        stack.enter_context(record.living(order["run"]))
        stack.callback(record.forget, order["run"])
        browser, context = await _opened(playwright, order, stack)
        browser.on("disconnected", lambda _: ended.set())
        context.on("close", lambda _: ended.set())
        bound = await browser.bind("keyturn")
        record.Kept(order["run"], bound["endpoint"], folder, not order["launch"]["headless"]).write()
        await _until_nobody_needs_it(order["run"], context, ended, _ALONE if order["outlives"] else _LOOK)
        await browser.close()


async def _opened(playwright: Playwright, order: dict[str, Any], stack: ExitStack) -> tuple[Browser, BrowserContext]:
    """Open a browser off the record, or with the profile that was named."""
    if not order["profile"]:
        browser = await playwright.chromium.launch(**order["launch"])
        return browser, await browser.new_context(**order["context"])
    folder = Path(order["profile"])
    profile.make_ready(folder)
    stack.callback(profile.forget_tabs, folder)
    context = await playwright.chromium.launch_persistent_context(folder, **order["launch"], **order["context"])
    assert context.browser  # noqa: S101  # narrows the type: only Android and Electron have none
    return context.browser, context


async def _until_nobody_needs_it(run: str, context: BrowserContext, ended: asyncio.Event, alone: float) -> None:
    last = time.monotonic()
    while not ended.is_set():
        try:
            await asyncio.wait_for(ended.wait(), _LOOK)
        except TimeoutError:
            if record.is_attended(run):
                last = time.monotonic()
            elif time.monotonic() - last > (alone if context.pages else _LOOK):
                return


def main() -> None:
    """Keep one browser."""
    system.harden()
    folder = str(Path(tempfile.gettempdir()).resolve())
    with ExitStack() as stack:
        try:
            asyncio.run(keep(folder, stack))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
