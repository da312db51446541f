"""When a new secret ends, from the lifetime that was asked for: what tells day and month apart."""

from __future__ import annotations

from datetime import date

import pytest

from pages.entra.lifetime import end, is_near
from pages.entra.secrets_grid import SecretRow

TODAY = date(2025, 4, 4)


@pytest.mark.parametrize(
    ("expires", "ends"),
    [
        ("730 days (24 months)", date(2027, 4, 4)),
        ("Recommended: 180 days (6 months)", date(2025, 10, 1)),
        ("24 months", date(2027, 4, 4)),
        ("Custom", None),
    ],
)
def test_a_lifetime_leads_to_a_day_in_every_wording_that_names_a_length(expires: str, ends: date | None) -> None:
    assert end(expires, TODAY) == ends


def test_days_and_calendar_months_are_near_and_another_month_is_not() -> None:
    assert is_near(date(2025, 10, 1), date(2025, 10, 4))
    assert not is_near(date(2025, 10, 1), date(2025, 11, 1))


def test_of_two_readings_that_one_is_taken_which_the_lifetime_leads_to() -> None:
    row = SecretRow("id", date(2027, 4, 3), "A secret", or_on=date(2027, 3, 4))
    assert row.ends_near(date(2027, 4, 4)) == date(2027, 4, 3)
    assert row.ends_near(date(2027, 3, 4)) == date(2027, 3, 4)
    assert row.ends_near(date(2026, 1, 1)) == date(2027, 4, 3)
    assert row.ends_at_latest == date(2027, 4, 3)
