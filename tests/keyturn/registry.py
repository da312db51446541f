"""A made-up Windows registry, with the functions of Python's `winreg` that keyturn uses."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Keys = dict[tuple[str, str], dict[str, Any]]


class Registry:
    """Holds values by hive and path. A key is there when it has values or a key below it."""

    HKEY_LOCAL_MACHINE = "HKLM"
    HKEY_CURRENT_USER = "HKCU"

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    @contextmanager
    def OpenKey(self, hive: str, path: str) -> Iterator[tuple[str, str]]:  # noqa: N802  # the system's own name
        if (hive, path) not in self._keys and not self._below((hive, path)):
            raise FileNotFoundError(path)
        yield hive, path

    def QueryInfoKey(self, key: tuple[str, str]) -> tuple[int, int, int]:  # noqa: N802  # the same
        return len(self._below(key)), len(self._keys.get(key, {})), 0

    def EnumValue(self, key: tuple[str, str], at: int) -> tuple[str, Any, int]:  # noqa: N802  # the same
        name = list(self._keys[key])[at]
        return name, self._keys[key][name], 4

    def EnumKey(self, key: tuple[str, str], at: int) -> str:  # noqa: N802  # the same
        return self._below(key)[at]

    def QueryValueEx(self, key: tuple[str, str], name: str) -> tuple[Any, int]:  # noqa: N802  # the same
        if name not in self._keys.get(key, {}):
            raise FileNotFoundError(name)
        return self._keys[key][name], 4

    def _below(self, key: tuple[str, str]) -> list[str]:
        hive, path = key
        begins = f"{path}\\"
        return [at.removeprefix(begins) for of, at in self._keys if of == hive and at.startswith(begins)]
