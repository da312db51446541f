"""Policies of an organisation, read where each system keeps them, and told when they would stop keyturn."""

from __future__ import annotations

import json
import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from keyturn import managed_policy
from keyturn.managed_policy import managed, obstacles
from tests.keyturn.registry import Registry

if TYPE_CHECKING:
    from tests.keyturn.registry import Keys

EDGE = r"Software\Policies\Microsoft\Edge"


def test_on_linux_all_files_of_the_folder_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(managed_policy, "_ON_LINUX", {"msedge": tmp_path, "chrome": tmp_path / "nowhere"})
    (tmp_path / "1.json").write_text('{"RemoteDebuggingAllowed": true, "BrowserSignin": 2}')
    (tmp_path / "2.json").write_text('{"RemoteDebuggingAllowed": false}')
    (tmp_path / "3.json").write_text("no json")
    (tmp_path / "4.json").write_text("[]")
    assert managed("msedge") == {"RemoteDebuggingAllowed": False, "BrowserSignin": 2}
    assert managed("chrome") == {}
    assert managed("a browser of one's own") == {}


def test_on_windows_the_machine_wins_over_the_user_and_lists_are_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    keys: Keys = {
        ("HKCU", EDGE): {"DeveloperToolsAvailability": 1, "BrowserSignin": 1},
        ("HKLM", EDGE): {"DeveloperToolsAvailability": 2, "RemoteDebuggingAllowed": 0},
        ("HKLM", rf"{EDGE}\URLBlocklist"): {"2": "*", "1": "contoso.example"},
    }
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", Registry(keys))  # stands in for the module
    found = managed("msedge")
    assert found == {
        "DeveloperToolsAvailability": 2,
        "BrowserSignin": 1,
        "RemoteDebuggingAllowed": 0,
        "URLBlocklist": ["contoso.example", "*"],
    }
    assert managed("chrome") == {}
    assert {one.policy for one in obstacles(found)} == {
        "RemoteDebuggingAllowed",
        "DeveloperToolsAvailability",
        "URLBlocklist",
    }


def test_on_macos_the_machine_wins_over_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(managed_policy, "_ON_MACOS", tmp_path)
    monkeypatch.setattr("getpass.getuser", lambda: "nora")
    (tmp_path / "nora").mkdir()
    for place, policies in ((tmp_path / "nora", {"A": 1, "B": 1}), (tmp_path, {"B": 2, "URLBlocklist": ["*"]})):
        (place / "com.microsoft.Edge.plist").write_bytes(plistlib.dumps(policies))
    (tmp_path / "com.google.Chrome.plist").write_text("no property list")
    assert managed("msedge") == {"A": 1, "B": 2, "URLBlocklist": ["*"]}
    assert managed("chrome") == {}


@pytest.mark.parametrize(
    ("policies", "stops"),
    [
        ({}, None),
        ({"RemoteDebuggingAllowed": True}, None),
        ({"RemoteDebuggingAllowed": False}, True),
        ({"RemoteDebuggingAllowed": 0}, True),
        ({"DeveloperToolsAvailability": 0}, None),
        ({"DeveloperToolsAvailability": 2}, True),
        ({"IncognitoModeAvailability": 1}, None),  # measured: contexts open all the same
        ({"IncognitoModeAvailability": 2}, True),
        ({"InPrivateModeAvailability": 2}, True),
        ({"DefaultClipboardSetting": 2}, False),
        ({"URLBlocklist": ["*"]}, True),
        ({"URLBlocklist": ["*"], "URLAllowlist": ["microsoft.com", "microsoftonline.com"]}, None),
        ({"URLBlocklist": ["*"], "URLAllowlist": ["microsoft.com"]}, True),  # not the sign-in pages
        ({"URLBlocklist": ["facebook.example"]}, None),
        ({"URLBlocklist": ["http://entra.microsoft.com"]}, None),
        ({"URLBlocklist": ["https://entra.microsoft.com"]}, True),
        ({"URLBlocklist": [".microsoft.com"]}, None),  # the dot: this host and none below it
        ({"URLBlocklist": ["entra.microsoft.com/some/path"]}, None),
        ({"URLBlocklist": ["entra.microsoft.com:8443"]}, None),
        ({"URLAllowlist": ["contoso.example"]}, None),
        ({"DeveloperToolsAvailabilityBlocklist": ["*"]}, True),
        ({"DeveloperToolsAvailabilityAllowlist": ["contoso.example"]}, True),
        ({"InPrivateModeUrlBlocklist": ["*"]}, True),
    ],
    ids=json.dumps,
)
def test_what_stops_keyturn_is_told_and_what_does_not_is_not(policies: dict[str, Any], stops: bool | None) -> None:
    found = obstacles(policies)
    assert [one.stops for one in found[:1]] == ([] if stops is None else [stops])
    assert all(one.policy in policies or one.policy.replace("Blocklist", "Allowlist") in policies for one in found)


def test_the_worst_is_told_first() -> None:
    found = obstacles({"DefaultClipboardSetting": 2, "RemoteDebuggingAllowed": False})
    assert [one.stops for one in found] == [True, False]


@pytest.mark.parametrize(
    ("policies", "told"),
    [
        ({"RemoteDebuggingAllowed": False}, "it does not start"),
        ({"DeveloperToolsAvailability": 2}, "shows no page to a program"),
        ({"IncognitoModeAvailability": 2}, "shows no page to a program"),
    ],
    ids=["remote debugging", "developer tools", "private windows only"],
)
def test_a_real_browser_under_the_policy_does_what_is_said_of_it(
    policies: dict[str, Any], told: str, tmp_path: Path
) -> None:
    place = Path("/etc/chromium")
    if not (shutil.which("unshare") and shutil.which("chromium") and place.is_dir()):
        pytest.skip("needs Debian's Chromium and a mount namespace")
    (tmp_path / "policies" / "managed").mkdir(parents=True)
    (tmp_path / "policies" / "managed" / "test.json").write_text(json.dumps(policies))
    inside = 'mount --bind "$1" /etc/chromium && exec "$2" -m keyturn doctor --browser chromium --json'
    command = ["unshare", "-m", "--", "sh", "-c", inside, "sh", str(tmp_path), sys.executable]
    if os.geteuid():
        command.insert(1, "-r")
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    if not done.stdout:
        pytest.skip("a mount namespace is not allowed here")
    findings = {one["what"]: one for one in json.loads(done.stdout)["findings"]}
    assert done.returncode == 2
    assert next(iter(policies)) in findings["policies"]["found"]
    assert not findings["driving it"]["here"]
    assert told in findings["driving it"]["found"]
