"""Page objects of the portals. They know the portals and nothing of keyturn.

A portal is a package in this folder whose `PAGES` names its pages. `REGISTRY` is what a runbook may use:
package -> page -> class. A package is imported when it is first asked for, so that a run pays for its portals only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pages.page import Page

__all__ = ["REGISTRY"]

_NO_PORTAL = {"components"}  # parts that the portals' pages share


class _Registry(Mapping[str, Mapping[str, "type[Page]"]]):
    """The portals, by the name of their package."""

    def __getitem__(self, package: str) -> Mapping[str, type[Page]]:
        if package not in set(self):
            raise KeyError(package)
        pages: Mapping[str, type[Page]] = import_module(f"pages.{package}").PAGES
        return pages

    def __iter__(self) -> Iterator[str]:
        return (module.name for module in iter_modules(__path__) if module.ispkg and module.name not in _NO_PORTAL)

    def __len__(self) -> int:
        return sum(1 for _ in self)


REGISTRY: Mapping[str, Mapping[str, type[Page]]] = _Registry()
