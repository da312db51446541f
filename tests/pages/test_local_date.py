"""Dates have one meaning or none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.components.local_date import UnreadableDateError, read_local_date
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
