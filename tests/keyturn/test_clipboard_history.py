"""Whoever keeps a history of the clipboard is told by name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from keyturn import clipboard_history
from keyturn.clipboard_history import keepers
from tests.keyturn.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

USER, POLICY = ("HKCU", r"Software\Microsoft\Clipboard"), ("HKLM", r"Software\Policies\Microsoft\Windows\System")


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a machine on which nothing runs."""
    monkeypatch.setattr(clipboard_history, "_PROCESSES", tmp_path)
    monkeypatch.setattr(clipboard_history, "said_by", lambda *_: "")
    return tmp_path


def runs(processes: Path, *names: str) -> None:
    for number, name in enumerate(names, 1):
        (processes / str(number)).mkdir()
        (processes / str(number) / "comm").write_text(f"{name}\n")


def test_a_machine_without_any_keeps_none(monkeypatch: pytest.MonkeyPatch, nobody: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    runs(nobody, "bash", "Xorg")
    assert keepers() == []


def test_programs_of_desktops_are_known_by_name(monkeypatch: pytest.MonkeyPatch, nobody: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    runs(nobody, "plasmashell", "copyq", "xfce4-clipman"[:15])
    assert keepers() == ["Clipman", "CopyQ", "Klipper, in KDE's panel"]


def test_extensions_of_gnome_are_known_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(clipboard_history, "said_by", lambda *_: "['clipboard-indicator@tudmotu.com', 'dash@x']")
    assert keepers() == ["a GNOME extension (clipboard-indicator)"]


def test_programs_of_macos_are_known_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(clipboard_history, "said_by", lambda *_: "COMM\nFinder\nMaccy\n/Applications/Raycast\n")
    assert keepers() == ["Maccy", "Raycast"]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({}, []),
        ({USER: {"EnableClipboardHistory": 0}}, []),
        ({USER: {"EnableClipboardHistory": 1}}, ["the clipboard history of Windows"]),
        ({USER: {"EnableClipboardHistory": 1}, POLICY: {"AllowClipboardHistory": 0}}, []),
        ({USER: {"EnableClipboardHistory": 1, "EnableCloudClipboard": 1}, POLICY: {}},
         ["the clipboard history of Windows", "its cloud"]),
    ],
    ids=["never asked", "off", "on", "forbidden", "in the cloud too"],
)  # fmt: skip
def test_the_settings_of_windows_are_read(
    monkeypatch: pytest.MonkeyPatch, keys: dict[tuple[str, str], dict[str, Any]], found: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", Registry(keys))  # stands in for the module
    assert keepers() == found
