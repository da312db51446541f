"""Dates have one meaning or none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.components.local_date import UnreadableDateError, proves_month_first, read_local_date, readings
from pages.components.shown_text import clean

DAYS = st.dates(date(1000, 1, 1), date(9999, 12, 31))


@given(DAYS)
def test_each_known_form_is_read_back(day: date) -> None:
    assert read_local_date(f"{day.month}/{day.day}/{day.year}", "en-US") == day
    assert read_local_date(f" {day.day}.{day.month}.{day.year} ", "de") == day
    assert read_local_date(day.isoformat(), "") == day


@pytest.mark.parametrize("language", ["en-GB", "fr", "pt-BR", "es", "", "ja"])
def test_slashes_outside_american_english_are_refused(language: str) -> None:
    with pytest.raises(UnreadableDateError, match=r"3/4/2028"):
        read_local_date("3/4/2028", language)


@pytest.mark.parametrize(
    "text", ["13/1/2028", "2/30/2028", "1/8/28", "2028/01/08", "", "in 3 days", "1/8/2028 1/8/2028"]
)
def test_what_is_no_date_is_refused_and_shown(text: str) -> None:
    with pytest.raises(UnreadableDateError) as caught:
        read_local_date(text, "en-US")
    assert text in str(caught.value)


def test_an_icons_glyph_is_no_text() -> None:
    assert clean("\ue8c8 1/8/2028\n \uf0a1") == "1/8/2028"


@given(DAYS)
def test_a_slashed_date_has_a_second_reading_only_where_it_could_be_one(day: date) -> None:
    first, *others = readings(f"{day.month}/{day.day}/{day.year}", "en")
    assert first == day
    assert others == ([date(day.year, day.day, day.month)] if day.day <= 12 and day.day != day.month else [])
    assert readings(day.isoformat(), "en") == (day,)


@pytest.mark.parametrize(("text", "proves"), [("1/13/2028", True), ("1/12/2028", False), ("13.1.2028", False)])
def test_only_a_second_part_that_is_no_month_proves_that_the_month_stands_first(text: str, proves: bool) -> None:
    assert proves_month_first(text) is proves
