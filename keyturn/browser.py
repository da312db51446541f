"""The browser: which one, how it is started, and a context that leaves no profile behind unless one is named.

An installed Edge, Chrome or Chromium is taken first, because organisations manage and trust it; only where there is
none, the one that Playwright installs.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect, sync_playwright

from keyturn import profile as profiles
from keyturn import system
from keyturn.errors import CannotStart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, ViewportSize

PATIENCE = 30_000  # ms; the one default for a gesture or an appearance. The portals need up to 30 s for a blade.
WINDOW: ViewportSize = {"width": 1280, "height": 800}  # CSS px; narrower, and the grid's actions go off screen
_WINDOW_SIZE = "--window-size=1360,960"  # px, of the whole window; its page is as wide as the headless one


@dataclass(frozen=True, slots=True)
class Installed:
    """A browser that can be started. `path` is empty for the one that Playwright keeps itself."""

    name: str
    path: str

    def launch_options(self, *, headed: bool = False, profile: bool = False) -> dict[str, Any]:
        """Return the options that start it with Playwright: path, size of a window, no sandbox for root alone.

        `profile`: it is started with one, and is to keep little in it.

        Ctrl-C reaches every process of the terminal. It must not close the browser under a run that is ending in
        order, with the clipboard still to be cleared.
        """
        options: dict[str, Any] = {"args": ["--disable-quic", "--disable-component-update", "--no-first-run"]}
        options |= dict.fromkeys(("handle_sigint", "handle_sigterm", "handle_sighup"), False)
        if self.path:
            options["executable_path"] = self.path
        if system.is_root():
            options["args"].append("--no-sandbox")
        if headed:
            options["args"].append(_WINDOW_SIZE)
        if profile:
            options["args"] += profiles.SWITCHES
        return options


def find_browser(choice: str) -> Installed:
    """Return the browser for `choice`: `auto`, `msedge`, `chrome`, `chromium` or the path of a program.

    Raises `CannotStart` when it is not there.
    """
    if choice not in {"auto", *system.BROWSERS}:
        if not Path(choice).is_file():
            raise CannotStart(
                f"there is no browser at {choice}", hint=f"--browser takes auto, {', '.join(system.BROWSERS)} or a path"
            )
        return Installed(Path(choice).stem, choice)
    for name in system.BROWSERS if choice == "auto" else (choice,):
        for place in system.browser_places(name):
            return Installed(name, str(place))
    own = _playwrights_own() if choice in {"auto", "chromium"} else None
    if own is None:
        what = "no Edge, Chrome or Chromium is" if choice == "auto" else f"{choice} is not"
        install = f'"{sys.executable}" -m playwright install chromium'
        raise CannotStart(f"{what} installed", hint=f"install one, or run {install}")
    return own


def _playwrights_own() -> Installed | None:
    def ask() -> str:
        with sync_playwright() as playwright:
            return playwright.chromium.executable_path

    with ThreadPoolExecutor(1) as apart:  # The library runs once in a thread, and this one may be using it.
        path = apart.submit(ask).result()
    return Installed("chromium", path) if Path(path).is_file() else None


def context_options(*, headed: bool) -> dict[str, Any]:
    """Return the options of the run's context: off the record, English, as large as the window."""
    return {"locale": "en-US", **({"no_viewport": True} if headed else {"viewport": WINDOW})}


def be_patient(context: BrowserContext, milliseconds: float = PATIENCE) -> None:
    """Let each gesture, and what is looked for, take so long."""
    context.set_default_timeout(milliseconds)
    expect.set_options(timeout=milliseconds)


def refuse_debugging() -> None:
    """Raise `CannotStart` under the switches that make the browser library print or record page content."""
    for name in ("DEBUG", "DEBUG_FILE", "PWDEBUG"):
        if os.environ.get(name):
            raise CannotStart(
                f"{name} is set, which can write page content to a log", hint=f"unset {name} and start again"
            )


def quieten() -> None:
    """Let nothing that the browser library leaves to Python be printed: it may hold words of a page.

    Where its own process was ended by a signal before ours, Python would tell of what it never came to.
    """
    warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
    leftovers = logging.getLogger("asyncio")
    leftovers.addHandler(logging.NullHandler())
    leftovers.propagate = False


@contextmanager
def open_browser(installed: Installed, *, headed: bool, profile: Path | None = None) -> Iterator[BrowserContext]:
    """Start the browser and yield a fresh context, off the record or with a `profile`; leaving it closes the browser.

    Raises `CannotStart` when it does not start, or when `headed` and there is no display.
    """
    refuse_debugging()
    quieten()
    if headed and not system.has_display():
        raise CannotStart(
            "there is no display for a visible browser", hint="use --headless, or start under a desktop or Xvfb"
        )
    with sync_playwright() as playwright:
        options = {"headless": not headed, **installed.launch_options(headed=headed, profile=profile is not None)}
        try:
            if profile:
                profiles.make_ready(profile)
                context = playwright.chromium.launch_persistent_context(
                    profile, **options, **context_options(headed=headed)
                )
            else:
                context = playwright.chromium.launch(**options).new_context(**context_options(headed=headed))
        except BrowserError:
            context = None  # Its text holds the whole command line; ours is below.
        if context is None:
            raise CannotStart(f"{installed.name} did not start", hint="`keyturn doctor` tells what it needs")
        be_patient(context)
        try:
            yield context
        finally:
            if context.browser:
                context.browser.close()
            if profile:
                profiles.forget_tabs(profile)
