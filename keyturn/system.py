"""Every difference between operating systems, in one place. Linux is tested here; Windows and macOS as documented."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

BROWSERS = ("msedge", "chrome", "chromium")  # as `--browser` names them, the ones that organisations manage first

# Names on PATH and fixed places of installed browsers, the ones that organisations manage first.
_ON_PATH = {
    "msedge": ("microsoft-edge-stable", "microsoft-edge"),
    "chrome": ("google-chrome-stable", "google-chrome"),
    "chromium": ("chromium", "chromium-browser"),
}
_ON_MACOS = {
    "msedge": ("/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",),
    "chrome": ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",),
    "chromium": ("/Applications/Chromium.app/Contents/MacOS/Chromium",),
}
_BELOW_PROGRAM_FILES = {
    "msedge": r"Microsoft\Edge\Application\msedge.exe",
    "chrome": r"Google\Chrome\Application\chrome.exe",
    "chromium": r"Chromium\Application\chrome.exe",
}


def browser_places(name: str) -> list[Path]:
    """Return where the browser `name` (`msedge`, `chrome`, `chromium`) is installed on this machine, best first."""
    if sys.platform == "win32":
        folders = [os.environ.get(key) for key in ("PROGRAMFILES(X86)", "PROGRAMFILES", "LOCALAPPDATA")]
        places = [Path(folder, _BELOW_PROGRAM_FILES[name]) for folder in folders if folder]
    elif sys.platform == "darwin":
        places = [Path(place) for place in _ON_MACOS[name]]
    else:
        places = [Path(found) for command in _ON_PATH[name] if (found := shutil.which(command))]
    return [place for place in places if place.is_file()]


def is_root() -> bool:
    """Return whether this process is the superuser, for whom Chromium refuses its own sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def has_display() -> bool:
    """Return whether a visible window can be opened."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def detached() -> dict[str, Any]:
    """Return what `subprocess.Popen` takes to start a process that lives on, out of reach of the terminal's Ctrl-C."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def temporary_folder(folder: str) -> dict[str, str]:
    """Return the environment in which a process puts its temporary files into `folder`."""
    return dict.fromkeys(("TEMP", "TMP") if sys.platform == "win32" else ("TMPDIR",), folder)


def harden() -> None:
    """Make this process leave nothing behind: private files by default, no core dump, memory closed to others.

    What the system does not offer is left out: Windows has neither limits nor a umask that matters.
    """
    os.umask(0o077)
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  # does not exist on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  # only here

        pr_set_dumpable = 4
        ctypes.CDLL(None).prctl(pr_set_dumpable, 0, 0, 0, 0)
