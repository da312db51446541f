"""Which secret is the one to replace, by the dates of a list that a test makes up: the whole list, and no browser."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from pages.entra import ClientSecretsPage, client_secrets
from pages.entra.secrets_grid import SecretRow
from pages.errors import NotOne

TODAY = date(2026, 11, 24)
APPLICATION = "cccccccc-3333-4333-8333-333333333333"


class Tab:
    """A tab that is at the registration asked for."""

    url = f"https://portal.example/#view/appId/{APPLICATION}"


class Around:
    """What is around the page, with nothing to say."""

    def __init__(self, _tab: object) -> None:
        pass


class Secrets(ClientSecretsPage):
    """The page, its list a made-up one."""

    surroundings: ClassVar[Any] = Around
    grid: Any = None


def row(days: int, or_in: int | None = None) -> SecretRow:
    """Return a secret that ends in so many days, or perhaps in so many others."""
    or_on = None if or_in is None else TODAY + timedelta(or_in)
    return SecretRow(f"in {days}", TODAY + timedelta(days), "Arctic Wolf Secret", or_on)


def found(monkeypatch: pytest.MonkeyPatch, *rows: SecretRow) -> tuple[str, str]:
    monkeypatch.setattr(client_secrets, "local_today", lambda _tab: TODAY)
    tab: Any = Tab()
    page = Secrets(tab, "https://portal.example")
    page.grid = SimpleNamespace(whole=lambda _verb: list(rows))
    old = page.find_old_secret(APPLICATION)
    return old.secret_id, old.state


@pytest.mark.parametrize(
    ("rows", "old"),
    [
        ([row(-1), row(0), row(30)], ("in -1", "expired")),
        ([row(0), row(31)], ("in 0", "valid")),
        ([row(30), row(31)], ("in 30", "valid")),
        ([row(31)], ("", "none")),
        ([row(-1, or_in=0)], ("in -1", "valid")),
        ([row(-2, or_in=-1)], ("in -2", "expired")),
        ([row(10, or_in=-100)], ("in 10", "valid")),
    ],
)
def test_what_has_expired_goes_before_what_ends_within_thirty_days(
    monkeypatch: pytest.MonkeyPatch, rows: list[SecretRow], old: tuple[str, str]
) -> None:
    assert found(monkeypatch, *rows) == old


@pytest.mark.parametrize("rows", [[row(-1), row(-2)], [row(1), row(30), row(31)]])
def test_of_several_none_is_chosen(monkeypatch: pytest.MonkeyPatch, rows: list[SecretRow]) -> None:
    with pytest.raises(NotOne) as caught:
        found(monkeypatch, *rows)
    assert [one.secret_id in caught.value.seen for one in rows] == [True, True, False][: len(rows)]
