"""Every difference between operating systems, in one place. Linux is tested here; Windows and macOS as documented."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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

# The folders with which an installed browser starts by itself, below where the system keeps settings.
_PROFILES_LINUX = ("google-chrome", "chromium", "microsoft-edge")
_PROFILES_MACOS = ("Google/Chrome", "Chromium", "Microsoft Edge")
_PROFILES_WINDOWS = (r"Google\Chrome\User Data", r"Chromium\User Data", r"Microsoft\Edge\User Data")

_WINDOWS_KEYS = {"H": "\x1b[A", "P": "\x1b[B", "I": "\x1b[5~", "Q": "\x1b[6~"}  # arrows and pages, as elsewhere
_LOOK_AGAIN = 0.02  # seconds


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


def said_by(*command: str) -> str:
    """Return what a program of the system says; nothing where it is not there."""
    program = shutil.which(command[0])
    if not program:
        return ""
    told = subprocess.run([program, *command[1:]], check=False, capture_output=True, text=True, errors="replace")  # noqa: S603  # ours
    return told.stdout


def default_profiles() -> list[Path]:
    """Return the folders of the profiles with which installed browsers start by themselves."""
    if sys.platform == "win32":
        return [Path(place, name) for place in [os.environ.get("LOCALAPPDATA")] if place for name in _PROFILES_WINDOWS]
    if sys.platform == "darwin":
        return [Path.home() / "Library" / "Application Support" / name for name in _PROFILES_MACOS]
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    snap = Path.home() / "snap" / "chromium" / "common" / "chromium"
    return [*(settings / name for name in _PROFILES_LINUX), snap]


def is_root() -> bool:
    """Return whether this process is the superuser, for whom Chromium refuses its own sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def has_display() -> bool:
    """Return whether a visible window can be opened."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def set_clock_hint() -> str:
    """Return how to have the clock set by a time service on this system."""
    if sys.platform == "win32":
        return "switch on “Set time automatically” in Settings > Time & language, or run `w32tm /resync`"
    if sys.platform == "darwin":
        return "switch on “Set time and date automatically” in System Settings > General > Date & Time"
    return "run `timedatectl set-ntp true`, or install chrony or systemd-timesyncd"


def has_own_clipboard() -> bool:
    """Return whether programs reach the desktop's clipboard without another program's help."""
    return sys.platform in {"win32", "darwin"}


def has_primary_selection() -> bool:
    """Return whether there may be a second clipboard, of what is selected, that a browser writes too.

    X11 has it (seen with Chromium under Xvfb).
    """
    return not has_own_clipboard()


def clipboard_hint() -> str:
    """Return what gives programs the desktop's clipboard on this system, where it is not a part of it."""
    if not has_display():
        return "start it under a desktop"
    return "install wl-clipboard" if os.environ.get("WAYLAND_DISPLAY") else "install xclip or xsel"


def detached() -> dict[str, Any]:
    """Return what `subprocess.Popen` takes to start a process that lives on, out of reach of the terminal's Ctrl-C."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def temporary_folder(folder: str) -> dict[str, str]:
    """Return the environment in which a process puts its temporary files into `folder`."""
    return dict.fromkeys(("TEMP", "TMP") if sys.platform == "win32" else ("TMPDIR",), folder)


@contextmanager
def single_keys(terminal: int) -> Iterator[Callable[[float], bytes]]:
    """Let every key of the `terminal`, a descriptor, arrive at once and unseen; yield a way to wait for some.

    What is yielded takes seconds and returns what was typed, in UTF-8, nothing when nobody typed in time; it raises
    `EOFError` when the terminal is gone. Ctrl-C interrupts as ever. Afterwards the terminal is as it was, and what was
    typed and not read is dropped, so that no shell gets it.
    """
    if sys.platform == "win32":
        yield _typed_on_windows
        return
    import select  # noqa: PLC0415  # on Windows these are others, or are not there
    import signal  # noqa: PLC0415
    import termios  # noqa: PLC0415
    import threading  # noqa: PLC0415
    import tty  # noqa: PLC0415

    def typed(seconds: float) -> bytes:
        if not select.select([terminal], [], [], seconds)[0]:
            return b""
        try:
            found = os.read(terminal, 4096)
        except OSError:
            found = b""
        if not found:
            raise EOFError
        return found

    def listen(*_: object) -> None:
        tty.setcbreak(terminal, termios.TCSANOW)

    before = termios.tcgetattr(terminal)
    listen()
    in_front = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGCONT, listen) if in_front else None  # Ctrl-Z gave the terminal to the shell.
    try:
        yield typed
    finally:
        if in_front:
            signal.signal(signal.SIGCONT, handler)
        with suppress(termios.error):  # A terminal that is gone needs nothing.
            termios.tcflush(terminal, termios.TCIFLUSH)
            termios.tcsetattr(terminal, termios.TCSANOW, before)


def is_in_front(terminal: int) -> bool:
    """Return whether the `terminal`, a descriptor, is for this process to use, and not for a job in front of it."""
    if sys.platform == "win32":
        return True
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:  # No terminal of this session: nobody else here uses it.
        return True


def screen_of(terminal: int) -> Path:
    """Return the file by which something is shown at the `terminal`, a descriptor that keys come from."""
    return Path("CONOUT$" if sys.platform == "win32" else os.ttyname(terminal))


def forget_typed(terminal: int) -> None:
    """Drop what was typed at the `terminal`, a descriptor, and not read yet."""
    if sys.platform == "win32":
        while _typed_on_windows(0.0):
            pass
        return
    import termios  # noqa: PLC0415  # not there on Windows

    termios.tcflush(terminal, termios.TCIFLUSH)


def _typed_on_windows(seconds: float) -> bytes:
    console: Any = import_module("msvcrt")
    until = time.monotonic() + seconds
    while not console.kbhit():
        if time.monotonic() >= until:
            return b""
        time.sleep(_LOOK_AGAIN)
    char: str = console.getwch()
    if char not in {"\x00", "\xe0"}:
        return char.encode("utf-8", "ignore")
    return _WINDOWS_KEYS.get(console.getwch(), "").encode()


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
