"""Which new secret is ours, where the list does not show exactly one: none is guessed at, and no value is copied."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from pages.entra import add_client_secret
from pages.entra.add_client_secret import AddClientSecretPane
from pages.entra.secrets_grid import SecretRow
from pages.errors import NotOne

OLD, ONE, TWO = (SecretRow(f"{number}" * 8, date(2028, 11, 24), "Arctic Wolf Secret") for number in range(3))


class Tab:
    """A tab that is at the registration asked for."""

    url = "https://portal.example/appId/00000000-0000-4000-8000-000000000000"


class Around:
    """What is around the pane, with nothing to say."""

    def __init__(self, _tab: object) -> None:
        self.blade = None
        self.toasts = SimpleNamespace(dismiss=lambda: None)

    def wait_for_answer(self, _answer: object) -> None:
        """Have the answer at once."""

    def note(self) -> None:
        """Need no note."""


class Pane(AddClientSecretPane):
    """The pane, filled in, its button a made-up one."""

    surroundings: ClassVar[Any] = Around
    expires_list: Any = SimpleNamespace(text=lambda: "730 days (24 months)")
    add_button: Any = SimpleNamespace(click=lambda trial=False: None)  # noqa: ARG005  # called by that name


def grid(after: list[SecretRow], copyable: list[SecretRow], copied: list[str]) -> Any:
    """Return a grid that lists `OLD` alone before the press, `after` afterwards, and tells what was copied of it."""
    looks = [[OLD], after]
    ids = [row.secret_id for row in copyable]
    return SimpleNamespace(
        listed=lambda _verb: looks.pop(0),
        copyable_rows_beside=lambda _known: SimpleNamespace(count=lambda: 1),
        copy_value_button=lambda secret_id: SimpleNamespace(count=lambda: ids.count(secret_id)),
        copy_value=copied.append,
    )


def add(monkeypatch: pytest.MonkeyPatch, after: list[SecretRow], copyable: list[SecretRow], copied: list[str]) -> Any:
    rows = grid(after, copyable, copied)
    monkeypatch.setattr(add_client_secret, "SecretsGrid", lambda _blade: rows)
    monkeypatch.setattr(add_client_secret, "local_today", lambda _tab: date(2026, 11, 24))
    tab: Any = Tab()
    pane = Pane(tab, "https://portal.example")
    pane._known = (OLD.secret_id,)
    return pane.add_and_copy_value("00000000-0000-4000-8000-000000000000")


def test_the_one_new_secret_with_its_value_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    made = add(monkeypatch, [OLD, ONE, TWO], [TWO], copied)
    assert copied == [TWO.secret_id]
    assert made.secret_id == TWO.secret_id


@pytest.mark.parametrize("copyable", [[ONE, TWO], []], ids=["two", "none any more"])
def test_where_it_is_not_exactly_one_nothing_is_copied_and_all_are_named(
    monkeypatch: pytest.MonkeyPatch, copyable: list[SecretRow]
) -> None:
    copied: list[str] = []
    with pytest.raises(NotOne, match="one new secret with its value") as caught:
        add(monkeypatch, [OLD, ONE, TWO], copyable, copied)
    assert copied == []
    assert caught.value.pressed
    assert all(row.secret_id in caught.value.seen for row in (ONE, TWO))
