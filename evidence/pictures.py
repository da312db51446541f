"""The pictures of a run: what a tab shows before and after each step, with the banner above it.

What a step begins with is most often what the step before it ended with, and taking a picture costs the browser more
than anything else of a recording. So where nothing was done since, the picture before a step is made of what the one
after the last step showed: under its own banner, with the time at which that was seen, and saying so.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

from evidence.banner import Banner
from evidence.chain import stamp, utc_now
from evidence.whole import write_whole

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Page as Tab

    from evidence.camera import Camera

Moment = Literal["before", "after"]
_STILL = 1.0  # seconds for which what was seen last may stand for what would be seen now
_AS_LEFT = "before, as the step before it ended"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a tab showed."""

    tab: Tab
    address: str
    png: bytes
    at: datetime
    clock: float  # of `time.monotonic`

    def still_stands(self, tab: Tab, camera: Camera) -> bool:
        """Whether it may stand for what `tab` shows now. Raises `playwright.sync_api.Error` when `tab` hangs.

        The page has to answer first. A screenshot gives up on one that hangs, what is asked for the banner's sake does
        not; and only with the answer comes word of an address that has changed.
        """
        if self.tab is not tab:
            return False
        camera.await_life(tab)
        return self.address == tab.url and time.monotonic() - self.clock <= _STILL


class Pictures:
    """Takes pictures into `folder`, and knows what was seen last."""

    def __init__(self, folder: Path, camera: Camera) -> None:
        self.folder = folder
        self._camera = camera
        self._banner = Banner()
        self._last: _Seen | None = None

    def disturbed(self) -> None:
        """Forget what was seen last: something was done, or the page is shown in another way."""
        self._last = None

    def take(self, tab: Tab, path: Path, words: tuple[str, str], moment: Moment, *, anew: bool) -> None:
        """Write to `path` what `tab` shows, under its banner: `words` for the step, and for the run.

        `anew`: look again in any case. Raises `playwright.sync_api.Error`, `EvidenceError` and `OSError`.
        """
        step, run = words
        last = self._last if moment == "before" and not anew else None
        if last is not None and last.still_stands(tab, self._camera):
            seen, when = last, _AS_LEFT
        else:
            png = self._camera.shot(tab)
            seen, when = _Seen(tab, tab.url, png, utc_now(), time.monotonic()), moment
        write_whole(path, self._banner.stamped(seen.png, tab, f"{stamp(seen.at)} · {step} · {when}", run))
        self._last = seen if moment == "after" else None

    def free(self, stem: str) -> Path:
        """Return a picture's path that is not taken: a step that is tried again has pictures of its own.

        The id of a sub-flow's step holds slashes, `sign-in/open`; its pictures lie beside all others nevertheless.
        """
        stem = stem.replace("/", "-")
        names = chain([stem], (f"{stem}-{number}" for number in range(2, 1000)))
        return next(path for path in (self.folder / f"{name}.png" for name in names) if not path.exists())
