"""Video of a tab: the frames that the browser hands out.

Frames are kept under their own time stamps until the end, and a frame that was swapped while it was dark is dropped by
its stamp, never by when it arrived: the browser may hand out an old frame late. Playwright's own recorder is not used:
it cannot leave anything out.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError

from evidence.camera import QUALITY
from evidence.whole import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page as Tab

    from evidence.camera import Camera

# What the frames of a tab are fitted into: three quarters of the usual window, in which its words can still be read.
# Frames cost more than all else that is recorded; what is to be looked at closely stands in the pictures.
LARGEST = (960, 600)  # px
_GAP = 200.0  # ms; no more than five frames a second, enough to see what was done


def now() -> float:
    """Return the time in milliseconds since 1970, as the browser stamps its frames."""
    return time.time() * 1000


class Film:
    """The video of one tab. Its frames lie in `<name>.frames/` until they are encoded to `<name>.mp4` (or `.webm`)."""

    def __init__(self, tab: Tab, folder: Path, name: str, camera: Camera) -> None:
        self.tab = tab
        self._camera = camera
        self.name = name
        self.frames = folder / f"{name}.frames"
        self.frames.mkdir(mode=0o700, parents=True)
        size = tab.viewport_size or {"width": LARGEST[0], "height": LARGEST[1]}
        self.width, self.height = min(size["width"], LARGEST[0]), min(size["height"], LARGEST[1])
        self.broken = ""  # why no frame could be kept any more
        self._dark = False
        self._from = 0.0  # ms; frames before this are not kept
        self._last = 0.0
        self._seen = b""
        self._pending: tuple[float, bytes] | None = None
        tab.screencast.start(on_frame=self._take, size={"width": self.width, "height": self.height}, quality=QUALITY)

    def dark(self, card: bytes) -> None:
        """Keep nothing from now on but `card`, a JPEG."""
        self._settle(now())
        self._dark = True
        self._keep(now(), card)

    def light(self) -> None:
        """Keep what is painted from now on, beginning with how the tab looks now."""
        self._dark = False
        self._from = now()
        with contextlib.suppress(BrowserError):  # The next frame will do.
            self._keep(now(), self._camera.shot(self.tab, "jpeg"))

    def stop(self) -> None:
        """End the recording of the tab; the frames stay."""
        self._settle(now() + _GAP)
        self._dark = True
        with contextlib.suppress(BrowserError):  # The tab may be closed, and with it the screencast.
            self.tab.screencast.stop()

    def _take(self, frame: Any) -> None:
        stamp = float(frame["timestamp"])
        if self._dark or stamp < self._from:
            return
        self._settle(stamp)
        if stamp >= self._last + _GAP:
            self._keep(stamp, frame["data"])
        else:
            self._pending = (stamp, frame["data"])

    def _settle(self, until: float) -> None:
        """Keep a frame that came too soon after another, if it then stood for a while: it may be what stays."""
        pending, self._pending = self._pending, None
        if pending and not self._dark and until >= pending[0] + _GAP:
            self._keep(*pending)

    def _keep(self, stamp: float, jpeg: bytes) -> None:
        looks = hashlib.sha256(jpeg).digest()
        if self.broken or looks == self._seen:
            return
        try:
            write_whole(self.frames / f"{int(stamp):015d}.jpg", jpeg)
        except OSError as error:  # A frame comes in the middle of anything: who closes the recording tells it.
            self.broken = f"its frames could not be kept: {(error.strerror or 'unknown').lower()}"
        else:
            self._seen, self._last = looks, stamp
