"""Which secrets run out, when, for people, schedulers and calendars. Needs no key."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from secrets_store.entry import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from secrets_store.entry import Entry

_GONE = {"superseded", "portal-deleted"}
_LINE = 74  # bytes before a calendar line is folded (RFC 5545, 3.1: 75 with the line's own first blank)


def due(entries: Sequence[Entry], *, within_days: int, today: date | None = None) -> list[Entry]:
    """Return the entries in use that expire within so many days or already have, soonest first.

    In use is the newest of each application and name, unless it was superseded or deleted in the portal.
    """
    newest = {(entry.metadata.application_id, entry.metadata.name): entry for entry in entries}
    until = (today or now().date()) + timedelta(days=within_days)
    found = [
        (entry.metadata.expires_on, entry)
        for entry in newest.values()
        if entry.metadata.expires_on is not None
        and entry.metadata.expires_on <= until
        and not _GONE.intersection(entry.notes)
    ]
    return [entry for _, entry in sorted(found, key=lambda pair: (pair[0], pair[1].id))]


def to_calendar(entries: Sequence[Entry], *, warn_days: int) -> str:
    """Return an iCalendar file (RFC 5545) with one all-day event per expiry and an alarm `warn_days` before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//keyturn//secrets due//EN"]
    for entry in entries:
        if entry.metadata.expires_on is None:
            continue
        name = _escaped(entry.metadata.name)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.id}@keyturn",
            f"DTSTAMP:{entry.sealed_at:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{entry.metadata.expires_on:%Y%m%d}",
            f"SUMMARY:Client secret {name} expires",
            f"DESCRIPTION:{_escaped(f'{entry.metadata.description} of {entry.metadata.application_id}')}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"TRIGGER:-P{warn_days}D",
            f"DESCRIPTION:Rotate client secret {name}",
            "END:VALARM",
            "END:VEVENT",
        ]
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _escaped(text: str) -> str:
    for char in "\\;,":
        text = text.replace(char, "\\" + char)
    return text


def _folded(line: str) -> str:
    pieces, room = [""], _LINE
    for char in line:
        if len((pieces[-1] + char).encode("utf-8")) > room:
            pieces.append("")
        pieces[-1] += char
    return "\r\n ".join(pieces) + "\r\n"
