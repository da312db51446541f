"""A folder of the operator's own that the browser starts with: it is signed in there already, or managed.

Without one nothing stays of what a page held. A profile remembers by itself. What was measured (Chromium 156, with
Playwright 1.65), and what is done about it: answers of servers in its cache (it is started without one); submitted
fields in `Web Data`, and passwords (its own settings say no); addresses and typed text in `Sessions`, for the tabs that
it would bring back (taken away before the browser starts and when it has ended). Fields of the type password are kept
nowhere. What the run wrote there is searched for the value like the recording.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from evidence import ScanError
from keyturn import system
from keyturn.errors import CannotStart

SWITCHES: Final = ("--disk-cache-size=1", "--media-cache-size=1", "--hide-crash-restore-bubble")
_QUIET: Final = {  # of its Preferences: the browser saves and suggests nothing that was typed
    "credentials_enable_service": False,
    "profile": {"password_manager_enabled": False},
    "autofill": {"profile_enabled": False, "credit_card_enabled": False},
}
_OTHERS: Final = 0o077
_LIVES: Final = 1.0  # seconds for a browser to answer at its socket


def check(folder: Path) -> None:
    """Raise `CannotStart` unless a browser may be started with `folder`. One that is not there is made, mode 0700."""
    for place in system.default_profiles():  # Chrome and Edge since version 136
        if folder.resolve().is_relative_to(place.resolve()):
            raise CannotStart(
                f"{folder} is a browser's own profile, with which Chrome and Edge refuse to be driven",
                hint="name another folder, and sign in there once",
            )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError:
        found = None
    if found is None:
        raise CannotStart(f"there can be no profile at {folder}", hint="name a folder that you can write")
    if stat.S_ISLNK(found.st_mode):
        raise CannotStart(f"{folder} is a symbolic link", hint="name the folder itself")
    if (folder / "Preferences").is_file():
        raise CannotStart(f"{folder} is a part of a profile's folder", hint=f"name the folder itself: {folder.parent}")
    if sys.platform != "win32":  # There the folder's access list decides, which a new one inherits from the user's.
        _check_owner(folder, found)


def _check_owner(folder: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise CannotStart(f"{folder} belongs to user {found.st_uid}, not to you", hint="name a folder of your own")
    mode = stat.S_IMODE(found.st_mode)
    if mode & _OTHERS:
        raise CannotStart(
            f"{folder} is open to others (mode {mode:04o})",
            hint=f'a profile signs whoever has it in: chmod go= "{folder}"',
        )


def refuse_in_use(folder: Path) -> None:
    """Raise `CannotStart` while a browser is open with the profile in `folder`."""
    if is_in_use(folder):
        raise CannotStart(
            f"a browser is open with the profile {folder}",
            hint="close it; `keyturn runs` lists the browsers that a run left open",
        )


def is_in_use(folder: Path) -> bool:
    """Return whether a browser is open with the profile in `folder`.

    On Windows it holds `lockfile`, which goes with it; elsewhere `SingletonLock` is a link to HOST-PROCESS, which stays
    when it is killed, and who lives listens at `SingletonSocket`. (Chromium, chrome/browser/process_singleton_*.)
    """
    if sys.platform == "win32":
        return (folder / "lockfile").exists()
    try:
        host = str((folder / "SingletonLock").readlink()).rpartition("-")[0]
    except OSError:
        return False
    return host != socket.gethostname() or _answers(folder / "SingletonSocket")


def _answers(place: Path) -> bool:
    """Return whether somebody listens at the socket that `place` links to."""
    with socket.socket(socket.AF_UNIX) as asked:
        asked.settimeout(_LIVES)
        try:
            asked.connect(str(place.readlink()))  # The link itself may be longer than a socket's name may be.
        except OSError:
            return False
    return True


def make_ready(folder: Path) -> None:
    """Have a browser that starts with `folder` save nothing that is typed, and bring back no tabs."""
    forget_tabs(folder)
    parts = {path.parent for path in folder.glob("*/Preferences")} | {folder / "Default"}
    for part in sorted(parts):
        part.mkdir(mode=0o700, exist_ok=True)
        settings = part / "Preferences"
        known = _read(settings)
        if (wanted := _merged(known, _QUIET)) != known:
            fresh = part / "Preferences.keyturn"
            fresh.write_text(json.dumps(wanted), encoding="utf-8")
            fresh.replace(settings)


def forget_tabs(folder: Path) -> None:
    """Take away the tabs that the browser would bring back, with what was typed in them. No browser is open with it."""
    for part in folder.glob("*/Sessions"):
        shutil.rmtree(part, ignore_errors=True)


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the size and the time of change (ns) of every regular file of the profile, by its path in `folder`.

    Raises `ScanError` for a part that cannot be looked into: nobody can say what the run wrote there.
    """

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):  # The browser may remove it just now.
            name = Path(str(error.filename)).relative_to(folder).as_posix()
            raise ScanError(f"the browser's profile {folder.name}: {name} cannot be read")

    found = {}
    for place, _, names in os.walk(folder, onerror=refuse):
        for path in (Path(place, name) for name in names):
            with suppress(OSError):  # The browser may remove it just now.
                about = path.lstat()
                if stat.S_ISREG(about.st_mode):
                    found[path.relative_to(folder).as_posix()] = (about.st_size, about.st_mtime_ns)
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _merged(known: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return `known` with `more` put in, deep."""
    merged = dict(known)
    for name, value in more.items():
        inner = known.get(name)
        merged[name] = _merged(inner if isinstance(inner, dict) else {}, value) if isinstance(value, dict) else value
    return merged
