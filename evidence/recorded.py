"""What a recorder tells of itself, `recorded.json`: videos, chapters, when it was dark or concealed, what is missing.

It is written anew whenever something changes, so that a recorder that was killed has told it all the same. A recorder
that comes back to a recording goes on with what it finds there: nothing that an earlier part told is taken back.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from evidence.chain import stamp, utc_now
from evidence.encoding import Chapter
from evidence.reserve import NoRoom
from evidence.whole import write_whole

if TYPE_CHECKING:
    from pathlib import Path

NAME = "recorded.json"
_FILM = re.compile(r"video/(?!\.+$)[^/\\:]+")  # as it names a film: one of its own folder
_LISTS = ("parts", "videos", "chapters", "periods", "not_recorded")


@dataclass(slots=True)
class Recorded:
    """The facts, each list in the order in which it came about; `missing` is part -> why."""

    path: Path
    parts: list[dict[str, str]] = field(default_factory=list)
    videos: list[dict[str, str]] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    periods: list[dict[str, str]] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Take over what is there and begin a part."""
        self.take_over()
        self.tell_cut_short()
        self.end_period("dark")  # A part that was killed in the dark recorded nothing until now.
        self.parts.append({"began": stamp(utc_now())})
        self.write()

    def tell_cut_short(self) -> None:
        """Tell what is missing when a part was killed: it began and never ended."""
        if any("ended" not in part for part in self.parts):
            self.missing["trace of a part that was cut short"] = "keyturn was killed before it could be written"

    def is_open(self, what: str) -> bool:
        """Return whether a period of this kind has begun and not ended."""
        return any("to" not in period for period in self.periods if period["what"] == what)

    def open_period(self, what: str, reason: str) -> None:
        """Tell that a period begins: `dark` or `concealed`, and why."""
        self.periods.append({"what": what, "from": stamp(utc_now()), "reason": reason})
        self.write()

    def end_period(self, what: str) -> None:
        """Tell that the last period of this kind, if it has not ended, ends now."""
        for period in reversed(self.periods):
            if period["what"] == what:
                period.setdefault("to", stamp(utc_now()))
                break
        self.write()

    def end(self) -> None:
        """End the part."""
        self.parts[-1]["ended"] = stamp(utc_now())
        self.write()

    def not_recorded(self) -> list[dict[str, str]]:
        """Return what could not be recorded: part and why."""
        return [{"part": part, "why": why} for part, why in sorted(self.missing.items())]

    def write(self) -> None:
        """Write the file, whole or not at all. Raises `NoRoom` when the disk does not take it."""
        facts: dict[str, Any] = {
            "parts": self.parts,
            "videos": self.videos,
            "chapters": [{"at": iso(chapter.at), "title": chapter.title} for chapter in self.chapters],
            "periods": self.periods,
            "not_recorded": self.not_recorded(),
        }
        text = json.dumps(facts, indent=2, ensure_ascii=False)
        try:
            write_whole(self.path, f"{text}\n".encode())
        except OSError as error:
            why = error
        else:
            return
        raise NoRoom("the recording", why)

    def take_over(self) -> None:
        """Read what an earlier part told of itself, if one did."""
        if not self.path.exists():
            return
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            lists = {name: [dict(one) for one in told[name]] for name in _LISTS}
            chapters = [Chapter(_milliseconds(one["at"]), one["title"]) for one in lists["chapters"]]
            missing = {one["part"]: one["why"] for one in lists["not_recorded"]}
            if not all(_FILM.fullmatch(video["path"]) and {"from", "of"} <= video.keys() for video in lists["videos"]):
                raise ValueError(NAME)  # noqa: TRY301  # a film that has no frame is removed: never one elsewhere
        except (OSError, ValueError, LookupError, TypeError):
            self.missing["what an earlier part told of itself"] = f"its {NAME} cannot be read"
            return
        self.parts, self.videos, self.periods = lists["parts"], lists["videos"], lists["periods"]
        self.chapters, self.missing = chapters, missing


def iso(milliseconds: float) -> str:
    """Return a time in milliseconds since 1970 as the journal writes it."""
    return stamp(datetime.fromtimestamp(milliseconds / 1000, UTC))


def _milliseconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp() * 1000
