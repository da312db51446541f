"""A portal that lists secrets, the run's own and others, for a step that makes one and can delete it again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from keyturn.model import Undo
from pages.errors import NoEffect
from tests.keyturn.stage import CREATE, Made, Stage, page_error

UNDO = Undo(say="delete it", page="p.list", do="delete", args={"secret_id": "{{ steps.step.secret_id }}"})
STEP = replace(CREATE, undo=UNDO, args={"description": "Ours"})
OURS = SimpleNamespace(secret_id="new", expires_on=date(2028, 11, 24), description="Ours")
THEIRS = SimpleNamespace(secret_id="theirs", expires_on=date(2027, 1, 1), description="Somebody else's")


@dataclass
class Portal(Stage):
    """A portal that lists `rows`; of those in `copyable` the tab can still copy the value."""

    rows: list[Any] = field(default_factory=list)
    copyable: list[str] = field(default_factory=list)
    unreadable: bool = False
    gone: bool = False

    def page(self, _where: str) -> Any:
        def beside(known: Any) -> tuple[Any, ...]:
            if self.unreadable:
                raise page_error(NoEffect)
            return tuple(row for row in self.rows if row.secret_id not in known)

        def copyable_beside(known: Any, description: str) -> tuple[Made, ...]:
            assert description == "Ours"  # As for the list: what a person made elsewhere in this tab is not ours.
            found = [row for row in beside(known) if row.secret_id in self.copyable]
            return tuple(Made(row.secret_id, row.expires_on.isoformat()) for row in found)

        return SimpleNamespace(
            known_ids=self._listed_for,
            new_beside=beside,
            copyable_beside=copyable_beside,
            copy_again=self._copy_again,
            delete=self._delete,
        )

    def _listed_for(self, description: str) -> tuple[str, ...]:
        assert description == "Ours"  # What its action gets tells the page of which place the list is to be.
        return ("old", *(row.secret_id for row in self.rows))

    def _delete(self, secret_id: str) -> None:
        self.log.append(f"delete {secret_id}")
        self.rows = [row for row in self.rows if row.secret_id != secret_id]

    def is_open(self, _portal: str) -> bool:
        return not self.gone
