"""What the checks share: the runbook, the catalogue, and how a fault is placed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keyturn.document.path import worded
from keyturn.fault import lines_of
from keyturn.model import KEY, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from keyturn.catalogue import Catalogue, PageSpec
    from keyturn.fault import Faults
    from keyturn.model import Runbook

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Finding:
    """The faults of one runbook as they are found. `unread`: the parts of it that could not be read."""

    runbook: Runbook
    catalogue: Catalogue
    faults: Faults
    unread: Collection[Path] = ()
    _ids: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        self._ids = {index: step.id for index, step in enumerate(self.runbook.steps) if step.id}

    def place(self, path: Path) -> Place:
        """Return the nearest place on `path` that is known: a part that is left out stands where its owner does."""
        places = self.runbook.places
        while path and path not in places:
            path = path[:-2] if path[-1] == KEY else path[:-1]
        return places.get(path, Place(self.runbook.path, 1, 1))

    def add(self, path: Path, message: str, *, found: str = "", allowed: Iterable[str] = (), within: str = "") -> None:
        """Note a fault at `path`; with `within`, at that text on the same line, where it stands there."""
        place = self.place(path)
        if within:
            lines = lines_of(self.faults.texts.get(place.file, ""))
            column = lines[place.line - 1].find(within, place.column - 1) if place.line <= len(lines) else -1
            place = Place(place.file, place.line, column + 1) if column >= 0 else place
        self.faults.add(place, worded(path, self._ids), message, found=found, allowed=allowed)

    def could_not_read(self, table: str, name: str) -> bool:
        """Return whether `name` is missing in `table` only because what stands there could not be read."""
        return (table,) in self.unread or (table, name) in self.unread

    def could_not_read_steps(self, key: str) -> bool:
        """Return whether some step's `key` is not known because it, or the step, or all of them could not be read."""
        return any(path[:1] == ("steps",) and (len(path) < 3 or path[2] == key) for path in self.unread)  # noqa: PLR2004  # + key

    def places_to_sign_in(self, named: str) -> list[str]:
        """Return the pages where a person signs in to the portal of the page called `portal.page`."""
        portal = named.partition(".")[0]
        package = self.runbook.portals[portal].pages
        pages = self.catalogue.pages(package)
        return [f"{portal}.{name}" for name in pages if self.catalogue.page(package, name).signs_in]

    def pages_that_know(self, ask: str, named: str) -> list[str]:
        """Return the pages of the portal of the page called `portal.page` that have the probe `ask`."""
        portal = named.partition(".")[0]
        package = self.runbook.portals[portal].pages
        pages = self.catalogue.pages(package)
        return [f"{portal}.{name}" for name in pages if self.catalogue.page(package, name).probe(ask)]

    def page(self, named: str, path: Path) -> PageSpec | None:
        """Return the page called `portal.page`, or note what is wrong with the name and return None."""
        portal, _, name = named.partition(".")
        portals = self.runbook.portals
        if portal not in portals:
            if portals and not self.could_not_read("portals", portal):  # Without any, that alone is told.
                self.add(path, "no such portal in `portals`", found=portal, allowed=portals)
            return None
        package = portals[portal].pages
        if package not in self.catalogue.packages():
            return None  # Told where the portal stands.
        if name not in self.catalogue.pages(package):
            self.add(path, f"no such page in {package}", found=name, allowed=self.catalogue.pages(package))
            return None
        return self.catalogue.page(package, name)
