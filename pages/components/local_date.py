"""Dates as a portal shows them to people, read by the language of the document and never guessed.

Only what has one meaning is read: ISO `2028-01-08`; day first with dots, `8.1.2028`, as every language with that form
writes it; and month first with slashes, `1/8/2028`, where the document says that it is in American English (seen in
pictures of the Entra admin center). With slashes in any other language the day could as well stand first.

A portal's regional format may differ from its language, so that even there a slashed date may have two `readings`; what
decides is another date of the same list that has but one.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})")
_SLASHED = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})")
_MONTHS: Final = 12
_MONTH_FIRST = {"en", "en-us"}  # Plain `en` stands for American English (CLDR, likely subtags).

_TODAY: Final = "() => new Intl.DateTimeFormat('sv-SE').format(new Date())"  # Swedish dates are ISO dates.


class UnreadableDateError(ValueError):
    """The text is no date whose meaning is certain. Its text names what was shown and in which language."""


def read_local_date(text: str, language: str) -> date:
    """Return the date that `text` shows in a document whose `lang` is `language`. Raises `UnreadableDateError`."""
    shown = text.strip()
    forms = [_ISO, _DOTTED]
    if language.strip().casefold().replace("_", "-") in _MONTH_FIRST:
        forms.append(_SLASHED)
    for form in forms:
        if found := form.fullmatch(shown):
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                break  # Such as a thirteenth month: the form is not the one it looks like.
    tongue = language.strip() or "none that it names"
    raise UnreadableDateError(f"“{shown}”, which has no certain meaning in the page's language, {tongue}")


def readings(text: str, language: str) -> tuple[date, ...]:
    """Return what `read_local_date` does, and the other date that it may be where the day could as well stand first."""
    first = read_local_date(text, language)
    slashed = _SLASHED.fullmatch(text.strip())
    if slashed and first.day != first.month and first.day <= _MONTHS:
        return first, date(first.year, first.day, first.month)
    return (first,)


def proves_month_first(text: str) -> bool:
    """Return whether `text` is a slashed date that has a meaning only where the month stands first."""
    found = _SLASHED.fullmatch(text.strip())
    return found is not None and int(found["day"]) > _MONTHS


def local_today(tab: Tab) -> date:
    """Return which day it is where the browser is: portals show local dates."""
    return date.fromisoformat(tab.evaluate(_TODAY))
