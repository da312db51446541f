"""The system's keychain keeps a passphrase; whatever is none, fails or hangs is not used."""

from __future__ import annotations

import importlib.util
import sys
import threading
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from secrets_store import keychain

if TYPE_CHECKING:
    from collections.abc import Callable


PASSPHRASE = "correct-horse-battery-staple"


class Backend:
    """A keychain of the system, by its module's name."""

    def __init__(self, module: str) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.__class__ = type("Keyring", (Backend,), {"__module__": module})

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self.kept[service, name] = password


@pytest.fixture
def keychains(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    def choose(backend: object) -> None:
        module = ModuleType("keyring")
        module.get_keyring = lambda: backend  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "keyring", module)

    return choose


def test_a_real_keychain_keeps_the_passphrase(keychains: Callable[[object], None]) -> None:
    real = Backend("keyring.backends.SecretService")
    keychains(real)
    assert keychain.recall("store-1") is None
    assert keychain.remember("store-1", PASSPHRASE)
    assert keychain.recall("store-1") == PASSPHRASE
    keychains(SimpleNamespace(backends=[Backend("keyrings.alt.file"), real]))
    assert keychain.recall("store-1") == PASSPHRASE


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyring.backends.null", "keyring.backends.fail"])
def test_keychains_that_are_none_are_not_used(keychains: Callable[[object], None], module: str) -> None:
    keychains(Backend(module))
    assert not keychain.remember("store-1", PASSPHRASE)
    assert keychain.recall("store-1") is None


@pytest.mark.parametrize("module", keychain._REAL)
def test_the_keychains_that_are_used_are_the_librarys_own(module: str) -> None:
    assert importlib.util.find_spec(module)


def test_where_the_library_finds_no_keychain_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fail", "null"):
        backend = importlib.import_module(f"keyring.backends.{name}").Keyring()
        monkeypatch.setattr("keyring.get_keyring", lambda backend=backend: backend)
        assert not keychain.remember("store-1", PASSPHRASE)
        assert keychain.recall("store-1") is None


def test_a_keychain_that_fails_or_hangs_is_none(
    keychains: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Event()
    monkeypatch.setattr(keychain, "_PATIENCE", 0.05)
    broken = Backend("keyring.backends.macOS")
    broken.get_password = lambda *_: 1 / 0  # type: ignore[method-assign, assignment]
    keychains(broken)
    assert keychain.recall("store-1") is None
    broken.get_password = lambda *_: str(waiting.wait(5))  # type: ignore[method-assign]
    assert keychain.recall("store-1") is None
    waiting.set()


def test_without_the_keyring_package_there_is_no_keychain(
    keychains: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keychains(None)
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert keychain.recall("store-1") is None
