"""Which secrets run out, when, for people, schedulers and calendars. Needs no key."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from secrets_store import disk
from secrets_store.entry import now
from secrets_store.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from secrets_store.entry import Entry

_GONE = {"superseded", "portal-deleted"}
_CALENDAR = "BEGIN:VCALENDAR"
_LINE = 74  # bytes before a calendar line is folded (RFC 5545, 3.1: 75 with the line's own first blank)


def in_use(entries: Sequence[Entry]) -> list[Entry]:
    """Return the newest entry of each application and name that was neither superseded nor deleted in the portal."""
    there = [entry for entry in entries if not _GONE.intersection(entry.notes)]
    return list({(entry.metadata.application_id, entry.metadata.name): entry for entry in there}.values())


def due(entries: Sequence[Entry], *, within_days: int, today: date | None = None) -> list[Entry]:
    """Return the entries in use that expire within so many days or already have, soonest first.

    An entry that was adopted after a crash has no date until a key has opened it, and is not among them.
    """
    until = (today or now().date()) + timedelta(days=within_days)
    dated = [(entry.metadata.expires_on or date.max, entry.id, entry) for entry in in_use(entries)]
    return [entry for expires_on, _, entry in sorted(dated, key=lambda row: row[:2]) if expires_on <= until]


def to_calendar(entries: Sequence[Entry], *, warn_days: int) -> str:
    """Return an iCalendar file (RFC 5545) with an all-day event for each expiry of an entry, and an alarm before it.

    The alarm rings `warn_days` days before.
    """
    lines = [_CALENDAR, "VERSION:2.0", "PRODID:-//keyturn//secrets due//EN"]
    for entry in entries:
        if entry.metadata.expires_on is None:
            continue
        known = entry.metadata
        name = _escaped(known.description)
        whose = f"{known.name} of application {known.application_id}, secret ID {known.secret_id}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.id}@keyturn",
            f"DTSTAMP:{entry.sealed_at:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{known.expires_on:%Y%m%d}",
            f"SUMMARY:Client secret {name} expires",
            f"DESCRIPTION:{_escaped(whose)}",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"TRIGGER:-P{warn_days}D",
            f"DESCRIPTION:Rotate client secret {name}",
            "END:VALARM",
            "END:VEVENT",
        ]
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def write_calendar(path: Path, text: str) -> None:
    """Write a calendar file of mode 0600, in place of one that is there; raise `BadInput` for any other file there."""
    try:
        if path.exists() and not disk.read(path).startswith(_CALENDAR.encode()):
            raise BadInput(f"{path} is not a calendar file", hint="name another file")
        disk.replace(path, text.encode("utf-8"))
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {disk.reason(error)}") from None


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
