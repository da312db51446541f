"""Who on this machine keeps a history of the clipboard, so that a value put there would outlive its clearing.

A difference between systems. Windows keeps one where its settings say so (documented registry values); elsewhere
programs do, which are told by their names. Tested by substitution; on Windows and macOS nothing was run.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from keyturn.system import said_by

_PROCESSES: Final = Path("/proc")
# Names as the kernel cuts them, at 15 characters, and what people call the program.
_MANAGERS: Final = {
    "plasmashell": "Klipper, in KDE's panel",
    "klipper": "Klipper",
    "gpaste-daemon": "GPaste",
    "copyq": "CopyQ",
    "xfce4-clipman": "Clipman",
    "parcellite": "Parcellite",
    "clipit": "ClipIt",
    "diodon": "Diodon",
    "greenclip": "Greenclip",
    "clipmenud": "clipmenu",
    "cliphist": "cliphist",
    "Maccy": "Maccy",
    "Paste": "Paste",
    "Raycast": "Raycast",
    "Alfred": "Alfred",
}
_EXTENSIONS: Final = (
    "clipboard-indicator",
    "clipboard-history",
    "pano@",
    "gpaste",
)  # of GNOME, by parts of their names
_USERS: Final = r"Software\Microsoft\Clipboard"
_POLICY: Final = r"Software\Policies\Microsoft\Windows\System"


def keepers() -> list[str]:
    """Return the names of what keeps a history, as far as it can be told; empty when nothing is known to."""
    if sys.platform == "win32":
        return _windows()
    names = _macos() if sys.platform == "darwin" else _linux()
    found = {said for name, said in _MANAGERS.items() if name[:15] in names}
    return sorted(found | set(_gnome() if sys.platform == "linux" else ()))


def _linux() -> set[str]:
    names = set()
    for process in _PROCESSES.glob("[0-9]*/comm"):
        try:
            names.add(process.read_text(encoding="utf-8", errors="replace").strip())
        except OSError:
            continue  # It ended meanwhile.
    return names


def _macos() -> set[str]:
    return {name.rpartition("/")[2][:15] for name in said_by("ps", "-axco", "command").splitlines()}


def _gnome() -> list[str]:
    enabled = said_by("gsettings", "get", "org.gnome.shell", "enabled-extensions")
    return [f"a GNOME extension ({part.strip('@')})" for part in _EXTENSIONS if part in enabled.casefold()]


def _windows() -> list[str]:
    if _value("HKEY_LOCAL_MACHINE", _POLICY, "AllowClipboardHistory") == 0:
        return []
    on = [("EnableClipboardHistory", "the clipboard history of Windows"), ("EnableCloudClipboard", "its cloud")]
    return [said for name, said in on if _value("HKEY_CURRENT_USER", _USERS, name) == 1]


def _value(hive: str, path: str, name: str) -> Any:
    winreg: Any = import_module("winreg")  # only there
    try:
        with winreg.OpenKey(getattr(winreg, hive), path) as key:
            return winreg.QueryValueEx(key, name)[0]
    except FileNotFoundError:
        return None
