"""How long a client secret lasts, in the wordings of the pane that makes it, and the day on which it ends then."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

_LENGTH: Final = re.compile(r"(\d+) (day|month)s")
_DAYS: Final = {"day": 1.0, "month": 365.25 / 12}
_NEAR: Final = timedelta(days=5)  # the date is a local one, and six months in the older wording are up to 184 days


def option(expires: str) -> re.Pattern[str]:
    """Return what an option for `expires`, such as “730 days (24 months)”, reads as in the portal's known wordings.

    One option is marked as recommended; until about 2023 all were worded in months alone (seen in pictures).
    """
    wordings = [re.escape(expires)]
    if months := re.search(r"\((\d+ months)\)$", expires):
        wordings.append(re.escape(months[1]))
    return re.compile(rf"^\s*(?:Recommended: )?(?:{'|'.join(wordings)})\s*$")


def end(expires: str, today: date) -> date | None:
    """Return about when a secret ends that is made today and lasts as `expires` says; None where that says nothing."""
    found = _LENGTH.search(expires)
    return today + timedelta(days=round(int(found[1]) * _DAYS[found[2]])) if found else None


def is_near(day: date, other: date) -> bool:
    """Return whether two dates may be the same day, seen from different places and counted in days or in months."""
    return abs(day - other) <= _NEAR
