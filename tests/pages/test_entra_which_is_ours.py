"""Which new secret is ours, where the list does not show exactly one: none is guessed at, and no value is copied."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from pages import network
from pages.entra import ClientSecretsPage, add_client_secret, client_secrets
from pages.entra.add_client_secret import AddClientSecretPane
from pages.entra.secrets_grid import SecretRow
from pages.errors import NoEffect, NotOne

OLD, ONE, TWO = (SecretRow(f"{number}" * 8, date(2028, 11, 24), "Arctic Wolf Secret") for number in range(3))


class Tab:
    """A tab that is at the registration asked for."""

    url = "https://portal.example/appId/00000000-0000-4000-8000-000000000000"


class Around:
    """What is around the pane, with nothing to say."""

    def __init__(self, _tab: object) -> None:
        self.blade = None
        self.toasts = self

    def dismiss(self) -> None:
        """Have nothing to put away."""

    def wait_for_answer(self, _answer: object) -> None:
        """Have the answer at once."""

    def note(self) -> None:
        """Need no note."""

    def seen(self) -> str:
        """Say where it is."""
        return "the blade"


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


@pytest.mark.parametrize(
    ("copyable", "ours"),
    [([TWO], TWO.secret_id), ([ONE, TWO], ""), ([], ""), ([OLD], "")],
)
def test_what_a_person_made_is_known_only_where_it_is_the_one_that_can_be_copied(
    monkeypatch: pytest.MonkeyPatch, copyable: list[SecretRow], ours: str
) -> None:
    rows = grid([OLD, ONE, TWO], copyable, [])
    rows.listed("before")
    monkeypatch.setattr(add_client_secret, "SecretsGrid", lambda _blade: rows)
    tab: Any = Tab()
    made = Pane(tab, "https://portal.example").made_beside([OLD.secret_id])
    assert (made.secret_id if made else "") == ours


class Secrets(ClientSecretsPage):
    """The list, its buttons made-up ones."""

    surroundings: ClassVar[Any] = Around
    grid: Any = None
    question: Any = None


def test_what_the_portal_said_before_is_put_away_before_anything_is_pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def button(name: str) -> Any:
        return SimpleNamespace(click=lambda trial=False: None if trial else done.append(name))

    monkeypatch.setattr(Around, "dismiss", lambda _: done.append("put away"))
    monkeypatch.setattr(Pane, "add_button", button("Add"))
    add(monkeypatch, [OLD, ONE], [ONE], [])
    monkeypatch.setattr(client_secrets, "expect", lambda _: SimpleNamespace(to_be_visible=lambda: None))
    tab: Any = Tab()
    page = Secrets(tab, "https://portal.example")
    page.question = SimpleNamespace(decline=lambda: done.append("No"), yes_button=button("Yes"))
    page.grid = SimpleNamespace(
        one=lambda *_: OLD, without=lambda _: None, whole=lambda _: [], delete_button=lambda _: button("Delete")
    )
    page.delete_secret("00000000-0000-4000-8000-000000000000", OLD.secret_id)
    assert done == ["put away", "Add", "put away", "No", "Delete", "Yes"]


def unreadable(_verb: str) -> list[SecretRow]:
    raise NoEffect("Certificates & secrets", "seen", expected="a date", seen="none")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, f"the blade, with {ONE.secret_id} (ends 2028-11-24) new in the list"),
        ({"pressed": False}, "the blade"),  # What is new then is another's.
        ({"_known": None}, "the blade"),
        ({"listed": lambda _verb: [OLD]}, "the blade"),
        ({"listed": unreadable}, "the blade"),
        ({"count": 0}, "the blade"),
    ],
    ids=["new", "not pressed", "nothing known", "nothing new", "cannot be read", "no rows"],
)
def test_only_after_the_press_is_a_new_secret_told_as_one_whose_value_nobody_has(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], told: str
) -> None:
    count, listed = changes.pop("count", 2), changes.pop("listed", lambda _verb: [OLD, ONE])
    rows = SimpleNamespace(rows=SimpleNamespace(count=lambda: count), listed=listed)
    monkeypatch.setattr(add_client_secret, "SecretsGrid", lambda _blade: rows)
    monkeypatch.setattr(network, "error_page", lambda _tab: "")
    tab: Any = Tab()
    pane = Pane(tab, "https://portal.example")
    vars(pane).update({"_known": (OLD.secret_id,), "pressed": True, **changes})
    assert pane.seen() == told
