"""The search at a run's end: everything it wrote is searched for the values that it captured.

What is found makes the run a leak, whatever else it came to.
"""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evidence import Finding, LeakGate, shape_search
from evidence.sight import can_read
from keyturn import clock
from keyturn.errors import LeakFound
from keyturn.events import SecretIntended

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from keyturn.events import Event
    from keyturn.run.own_profile import OwnProfile

_PICTURE = re.compile(rb"data:image/png;base64,([A-Za-z0-9+/]+=*)")  # as the report holds them


@dataclass(slots=True)
class LeakSearch:
    """The search of the recording in `folder`, and what it came to."""

    folder: Path
    words: bytes = b""  # of the runbook, as read before there was a value; none of a run that is only packaged
    leak: LeakFound | None = None
    findings: list[str] = field(default_factory=list)
    pictures_read: bool = False
    told: Callable[[int, int], None] = lambda *_: None  # hears how many pictures have been read of how many
    _gate: LeakGate | None = None

    def everything(
        self,
        needles: Sequence[bytes],
        *,
        optical: bool,
        since: datetime | None,
        more: bool = False,
        beside: OwnProfile | None = None,
    ) -> float:
        """Search everything written for the values of the run; a hit is kept in `leak`. Returns the seconds it took.

        `beside`: the browser's profile, in which the run wrote too; of a picture in there nothing is read.
        `since`: when the first of them can have come to be, if that is known. Where no value was captured, or there
        may have been `more`, anything of a client secret's shape is a hit, and so is what cannot be searched. Reading
        pictures takes a while: who interrupts it still gets everything else searched, and `pictures_read` says so.
        """
        began = time.monotonic()
        self.pictures_read = bool(needles) and reads_pictures(wanted=optical)
        self._gate = LeakGate(needles, optical=optical, words=self.words, told=self.told) if needles else None
        found = self._searched(self._gate, needles, since) if self._gate else []
        if more or not self._gate:
            found = [*found, *shape_search(self.folder)]
        self._found([str(finding) for finding in found])
        if beside:
            self._profile(beside, shape=more or not self._gate)
        return round(time.monotonic() - began, 3)

    def report(self, written: Path) -> None:
        """Search the report, which is written after everything else was searched.

        A picture in it that is one of the recording's to the last byte has been searched already, and is left out.
        """
        searched = {base64.b64encode(path.read_bytes()) for path in self.folder.rglob("*.png")} if self._gate else set()
        page = _PICTURE.sub(lambda found: b"" if found[1] in searched else found[0], written.read_bytes())
        self._found([str(finding) for finding in self._gate.in_bytes(page)] if self._gate else [])

    def still_written(self, profile: OwnProfile) -> None:
        """Count it as a leak that the browser goes on writing into its `profile`: nobody can say what."""
        self._found(["it was still being written"], f"the browser's profile {profile.name}", "; end that browser")

    def _searched(self, gate: LeakGate, needles: Sequence[bytes], since: datetime | None) -> list[Finding]:
        try:
            return gate.search(self.folder, since)
        except KeyboardInterrupt:
            if not self.pictures_read:
                raise
        self.pictures_read = False
        self._gate = LeakGate(needles, optical=False, words=self.words)
        return self._gate.search(self.folder)

    def _profile(self, profile: OwnProfile, *, shape: bool) -> None:
        written = profile.written()
        found = self._gate.in_files(profile.folder, written) if self._gate else []
        if shape:
            found = [*found, *shape_search(profile.folder, written)]
        hint = "remove what is in the profile's folder"
        self._found([str(finding) for finding in found], f"the browser's profile {profile.name}", f"; {hint}")

    def _found(self, findings: list[str], where: str = "the recording", more_to_do: str = "") -> None:
        self.findings += [f"{where}, {one}" for one in findings] if more_to_do else findings
        if findings:
            self.leak = LeakFound(
                f"the secret can be read in {where}: {'; '.join(findings[:5])}",
                hint=f"treat the new secret as known: rotate it again{more_to_do}",
            )


def reads_pictures(*, wanted: bool) -> bool:
    """Return whether a search reads pictures: where that is wanted and there is an engine for it."""
    return wanted and can_read()


class FirstIntent:
    """A listener that knows since when the run may have made a secret; `earlier`: perhaps in an earlier part."""

    def __init__(self, *, earlier: bool = False) -> None:
        self._watch: clock.Watch | None = None
        self._earlier = earlier

    def __call__(self, event: Event) -> None:
        """Remember the first intent."""
        if isinstance(event, SecretIntended) and self._watch is None:
            self._watch = clock.Watch()

    @property
    def since(self) -> datetime | None:
        """The time of the first intent; None without one, and when the clock may have been set: no time is trusted."""
        if self._watch is None or self._earlier or self._watch.parted():
            return None
        return datetime.fromtimestamp(self._watch.at, UTC)
