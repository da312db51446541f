"""The catalogue of the pages of both portals on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from keyturn.catalogue import Catalogue
from tests.end_to_end import paper_entra, paper_ma_portal

if TYPE_CHECKING:
    from keyturn.catalogue import PageSpec

_PAGES: Final = {"entra": paper_entra.PAGES, "ma_portal": paper_ma_portal.PAGES}


class OnPaper(Catalogue):
    """The catalogue of the real pages, with the classes of those on paper."""

    def page(self, package: str, name: str) -> PageSpec:
        cls: Any = _PAGES[package][name]
        return replace(super().page(package, name), cls=cls)
