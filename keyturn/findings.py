"""What a run needs of this machine, looked at one by one: what is there, and what to do about what is not.

Each function looks at one thing and touches nothing. `needed` means that a run cannot do without; the rest makes it
better or safer.
"""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keyturn import clipboard_history, clock, desktop_clipboard, managed_policy, settings, signing, store_head, system
from keyturn.errors import CannotStart

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyturn.browser import Installed

STORE = "store"  # the finding that a run needs and a rehearsal does not
_ROOM = 500_000_000  # bytes; a recording with video takes a few megabytes, a full disk loses a run
_STARTS_WITHIN = 30_000  # ms
_POLICIES = "ask your administrator to allow it for this computer"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether all is well with it, what was found, and what to do when it is not."""

    what: str
    here: bool
    needed: bool
    found: str
    to_do: str = ""


def look(browser: str, store: Path | None, recordings: Path | None) -> Iterator[Finding]:
    """Yield every finding; folders default to the operator's own, `browser` is what `--browser` takes."""
    yield from _browser(browser)
    yield _display()
    yield _debugging()
    yield _clipboard()
    yield _history()
    yield _ffmpeg()
    yield _window()
    yield _ocr()
    yield _key()
    yield _store(store or settings.default_store())
    yield _disk(recordings or settings.default_recordings())
    yield _clock()


def _browser(choice: str) -> Iterator[Finding]:
    from keyturn.browser import find_browser  # noqa: PLC0415  # loads the browser library

    try:
        found = find_browser(choice)
    except CannotStart as error:
        yield Finding("browser", False, True, error.message, error.hint)
        return
    yield Finding("browser", True, True, f"{found.name}, {found.path}")
    yield _policies(found)
    yield _drives(found)


def _policies(browser: Installed) -> Finding:
    shown = "edge://policy" if browser.name == "msedge" else "chrome://policy"
    try:
        policies = managed_policy.managed(browser.name)
    except PermissionError:
        return Finding("policies", False, False, "they may not be read", f"look at {shown} in the browser")
    found = managed_policy.obstacles(policies)
    if not found:
        words = f"{len(policies)} on this computer, none in the way" if policies else "none on this computer"
        return Finding("policies", True, True, f"{words}; {shown} shows those of a cloud too")
    told = "; ".join(f"{one.policy}: {one.why}" for one in found)
    return Finding("policies", False, any(one.stops for one in found), told, _POLICIES)


def _drives(browser: Installed) -> Finding:
    """Start the browser without a window and have it show a page: the one proof that nothing stands in the way."""
    with ThreadPoolExecutor(1) as apart:  # The library runs once in a thread, and this one may be using it.
        version = apart.submit(_version_of, browser).result()
    if version:
        return Finding("driving it", True, True, f"it starts and shows a page, version {version}")
    to_do = "see to its policies above; else start it by hand and see what it says, or try another with --browser"
    return Finding("driving it", False, True, "it does not start, or shows no page to a program", to_do)


def _version_of(browser: Installed) -> str:
    """Return the version of a browser that starts and shows a page; empty when it does not."""
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # as above

    try:
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(timeout=_STARTS_WITHIN, **browser.launch_options())
            page = started.new_context().new_page()
            page.set_default_timeout(_STARTS_WITHIN)
            page.set_content("<p>here</p>")
            shown = page.inner_text("p") == "here"
            version = started.version
            started.close()
    except Error:  # Its text holds the whole command line.
        return ""
    return version if shown else ""


def _display() -> Finding:
    shown = system.has_display()
    return Finding("display", shown, False, "a window can be shown" if shown else "none",
                   "without one, runs are headless; to sign in you need a window")  # fmt: skip


def _debugging() -> Finding:
    names = [name for name in ("DEBUG", "DEBUG_FILE", "PWDEBUG") if os.environ.get(name)]
    return Finding("debugging", not names, True, ", ".join(names) or "off", f"unset {' '.join(names)}")


def _clipboard() -> Finding:
    try:
        if system.has_own_clipboard():
            return Finding("clipboard", True, False, "the system's own")
        return Finding("clipboard", True, False, desktop_clipboard.find().put[0])
    except CannotStart:
        return Finding("clipboard", False, False, "only within the browser: `keyturn secrets copy` needs the desktop's",
                       system.clipboard_hint())  # fmt: skip


def _history() -> Finding:
    keepers = clipboard_history.keepers()
    to_do = "switch its history off while a visible run is under way, or clear it afterwards: it may keep the value"
    return Finding("clipboard history", not keepers, False, ", ".join(keepers) or "nobody is known to keep one", to_do)


def _ffmpeg() -> Finding:
    ffmpeg = shutil.which("ffmpeg")
    to_do = "install ffmpeg; without it there are pictures only"
    return Finding("video", bool(ffmpeg), False, ffmpeg or "no ffmpeg", to_do)


def _window() -> Finding:
    from evidence.window_film import why_no_window  # noqa: PLC0415  # only here

    why = why_no_window()
    return Finding("video of the window", not why, False, why or "it can be filmed, address bar and all",
                   "without it the recording has the videos of the tabs")  # fmt: skip


def _ocr() -> Finding:
    ocr = shutil.which("tesseract")
    to_do = "install tesseract; without it the leak gate cannot read pictures"
    return Finding("reading pictures", bool(ocr), False, ocr or "no OCR engine", to_do)


def _key() -> Finding:
    path = settings.default_signing_key()
    if not path.exists():
        return Finding(
            "signing key", False, False, "none yet", "run `keyturn doctor --init`; else the first run makes it"
        )
    try:
        signing.load_or_make(path)
    except CannotStart as error:
        return Finding("signing key", False, True, error.message, error.hint)
    return Finding("signing key", True, True, str(path))


def _store(folder: Path) -> Finding:
    from secrets_store import Store, StoreError  # noqa: PLC0415  # only this command needs it at once

    if not folder.is_dir():
        return Finding(STORE, False, False, "none yet", "run `keyturn secrets init`; a rehearsal needs none")
    try:
        Store.open(folder, signing_key=None, noted_head=store_head.remembered(folder))
    except StoreError as error:
        return Finding(STORE, False, True, error.message, error.hint or "run `keyturn secrets verify`")
    return Finding(STORE, True, True, f"{folder}, which verifies")


def _disk(recordings: Path) -> Finding:
    place = next(place for place in (recordings, *recordings.parents) if os.path.lexists(place))
    if not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
        told = f"recordings cannot be written to {recordings}"
        return Finding("disk", False, True, told, "name another folder with --recordings")
    free = shutil.disk_usage(place).free
    room = f"{free // 1_000_000} MB free for recordings"
    return Finding("disk", free > _ROOM, True, room, "make room, or name another folder with --recordings")


def _clock() -> Finding:
    told = clock.state()
    return Finding("clock", told.startswith(clock.SET), False, told, system.set_clock_hint())
