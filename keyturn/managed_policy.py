"""What an organisation's policies say of a browser on this machine, and which of them would stop keyturn.

They are read where each system keeps them: the registry on Windows, managed preferences on macOS, folders of JSON
files on Linux (documentation of Microsoft Edge and Chromium). Policies that come from a cloud are not there; the
browser's own page `edge://policy` or `chrome://policy` shows all. What each does to automation was measured with
Chromium 156 on Linux, but for those of Edge alone, which are documented. A difference between systems; tested by
substitution.
"""

from __future__ import annotations

import getpass
import json
import plistlib
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

_ON_LINUX: Final = {
    "msedge": Path("/etc/opt/edge/policies/managed"),
    "chrome": Path("/etc/opt/chrome/policies/managed"),
    "chromium": Path("/etc/chromium/policies/managed"),
}
_ON_MACOS: Final = Path("/Library/Managed Preferences")
_MACOS_NAMES: Final = {
    "msedge": "com.microsoft.Edge.plist",
    "chrome": "com.google.Chrome.plist",
    "chromium": "org.chromium.Chromium.plist",
}
_ON_WINDOWS: Final = {
    "msedge": r"Software\Policies\Microsoft\Edge",
    "chrome": r"Software\Policies\Google\Chrome",
    "chromium": r"Software\Policies\Chromium",
}
_FORCED: Final = 2  # of the private modes: nothing else opens
_DISALLOWED: Final = 2  # of the developer tools, and of the clipboard
_PATTERN: Final = re.compile(r"(?:(?P<scheme>[\w*.+-]+)://)?(?P<host>[^/:?]+)(?::(?P<port>\d+|\*))?(?P<path>/.*)?")
# The sites that every runbook here needs; a vendor's own portal comes with the runbook.
SITES: Final = ("entra.microsoft.com", "login.microsoftonline.com")


class Obstacle(NamedTuple):
    """A policy that is in keyturn's way. `stops`: nothing works with it; otherwise something may not."""

    policy: str
    why: str
    stops: bool


def managed(browser: str) -> dict[str, Any]:
    """Return the mandatory policies for `browser` (`msedge`, `chrome`, `chromium`) by name; empty when there are none.

    Raises `PermissionError` where they may not be read.
    """
    if browser not in _ON_LINUX:
        return {}
    if sys.platform == "win32":
        return {**_registry("HKEY_CURRENT_USER", browser), **_registry("HKEY_LOCAL_MACHINE", browser)}
    if sys.platform == "darwin":
        name = _MACOS_NAMES[browser]
        return {**_preferences(_ON_MACOS / getpass.getuser() / name), **_preferences(_ON_MACOS / name)}
    found: dict[str, Any] = {}
    folder = _ON_LINUX[browser]
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            policies = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue  # The browser leaves out a file that is no JSON, too.
        found |= policies if isinstance(policies, dict) else {}
    return found


def obstacles(policies: dict[str, Any]) -> list[Obstacle]:
    """Return which of `policies` are in the way, the worst first."""
    found = [Obstacle(name, why, stops) for name, value, why, stops in _RULES if policies.get(name) == value]
    for site in SITES:
        for kind, why in _LISTS.items():
            if _is_blocked(site, policies, kind):
                found.append(Obstacle(f"{kind}Blocklist", f"{site} {why}", stops=True))
    return sorted(found, key=lambda one: not one.stops)


_RULES: Final[tuple[tuple[str, object, str, bool], ...]] = (
    ("RemoteDebuggingAllowed", False, "no program may drive the browser", True),  # 0 in a registry, which is the same
    ("DeveloperToolsAvailability", _DISALLOWED, "no program may look into a page", True),
    ("IncognitoModeAvailability", _FORCED, "no tab opens outside the browser's own private windows", True),
    ("InPrivateModeAvailability", _FORCED, "no tab opens outside the browser's own private windows", True),
    ("DefaultClipboardSetting", _DISALLOWED, "a page may not read the clipboard unless a person acts", False),
)
_LISTS: Final = {
    "URL": "may not be opened",
    "DeveloperToolsAvailability": "may not be looked into by a program",
    "InPrivateModeUrl": "may not be opened off the record",
}


def _is_blocked(site: str, policies: dict[str, Any], kind: str) -> bool:
    allowed, blocked = policies.get(f"{kind}Allowlist"), policies.get(f"{kind}Blocklist")
    if any(_covers(pattern, site) for pattern in allowed or ()):
        return False
    if blocked is None:  # For these two kinds a list of what is allowed alone forbids everything else (documented).
        return bool(allowed) and kind != "URL"
    return any(_covers(pattern, site) for pattern in blocked)


def _covers(pattern: object, site: str) -> bool:
    """Return whether a URL pattern, `[scheme://][.]host[:port][/path]`, is about the whole of `site`."""
    parts = _PATTERN.fullmatch(str(pattern))
    if not parts or parts["scheme"] not in {None, "https", "*"} or parts["port"] not in {None, "443", "*"}:
        return False
    if parts["path"] not in {None, "/", "/*"}:
        return False
    host = parts["host"].casefold()
    return host == "*" or host.removeprefix(".") == site or (not host.startswith(".") and site.endswith(f".{host}"))


def _preferences(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = plistlib.loads(file.read_bytes())
    except (plistlib.InvalidFileException, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _registry(hive: str, browser: str) -> dict[str, Any]:
    """Return values by name; a key below is a list, its values numbered."""
    winreg: Any = import_module("winreg")  # only there
    root, path = getattr(winreg, hive), _ON_WINDOWS[browser]
    found = _values(winreg, root, path)
    for name in _names(winreg, root, path):
        found[name] = [text for _, text in sorted(_values(winreg, root, rf"{path}\{name}").items())]
    return found


def _values(winreg: Any, root: Any, path: str) -> dict[str, Any]:
    try:
        with winreg.OpenKey(root, path) as key:
            return {name: value for name, value, _ in (winreg.EnumValue(key, at) for at in _counted(winreg, key, 1))}
    except FileNotFoundError:
        return {}


def _names(winreg: Any, root: Any, path: str) -> list[str]:
    try:
        with winreg.OpenKey(root, path) as key:
            return [winreg.EnumKey(key, at) for at in _counted(winreg, key, 0)]
    except FileNotFoundError:
        return []


def _counted(winreg: Any, key: Any, of: int) -> range:
    return range(winreg.QueryInfoKey(key)[of])
