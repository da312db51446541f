"""Video of the browser's window with its address bar, by the system's screen grabber, where there is one."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from evidence.child import apart

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page as Tab

_PR_SET_PDEATHSIG = 1  # of Linux's prctl
_RATE = 10  # frames a second of the window


class WindowFilm:
    """The video of the browser's window with its address bar, where a screen grabber is there."""

    def __init__(self, region: tuple[int, int, int, int]) -> None:
        self.region = region
        self._path: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, path: Path) -> None:
        """Begin a part, to be kept as `path`."""
        self._path = path
        command = [
            *(shutil.which("ffmpeg") or "ffmpeg", "-loglevel", "quiet", "-nostats", *grabber(self.region)),
            *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "28", "-pix_fmt", "yuv420p", "-g", "50"),
            *("-flush_packets", "1", "-cluster_time_limit", "1000", str(path)),  # A killed one ends a second earlier.
        ]
        self._process = subprocess.Popen(  # noqa: S603  # ours
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            **apart(),
            preexec_fn=_end_with_me() if sys.platform == "linux" else None,  # noqa: PLW1509  # it only makes one call
        )

    def stop(self) -> bool:
        """End the part and return whether there is anything to see in it; what is empty is removed."""
        process, self._process = self._process, None
        if process is None:
            return True
        try:
            process.communicate(b"q", timeout=10)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            process.kill()
            process.communicate()
        return self._path is not None and kept(self._path)


def kept(film: Path) -> bool:
    """Return whether a film has a frame; remove one that has none: it could be neither seen nor searched."""
    ffmpeg = shutil.which("ffmpeg") or "ffmpeg"
    command = [ffmpeg, "-v", "error", "-i", str(film), "-frames:v", "1", "-f", "framecrc", "-"]
    said = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, **apart()).stdout  # noqa: S603  # ours
    if any(line and not line.startswith(b"#") for line in said.splitlines()):
        return True
    film.unlink(missing_ok=True)
    return False


def _end_with_me() -> Callable[[], object]:
    """Return what lets a child end as if interrupted when this process dies: nobody else would stop the grabber."""
    libc = ctypes.CDLL(None)  # Loaded here: between fork and exec as little as possible is to happen.
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)


def why_no_window() -> str:
    """Return why the window cannot be filmed here, or nothing."""
    if not shutil.which("ffmpeg"):
        return "ffmpeg is not installed"
    if sys.platform == "darwin":
        return "there is no recorder of single windows for macOS"
    if os.name != "nt" and not os.environ.get("DISPLAY"):
        return "there is no display"
    if os.environ.get("XDG_SESSION_TYPE") == "wayland":
        return "Wayland does not let a program film the window; an X11 session does"
    return ""


def grabber(region: tuple[int, int, int, int]) -> list[str]:
    """Return ffmpeg's input options that film `region`: left, top, width, height in pixels."""
    left, top, width, height = (max(0, side) for side in region)
    size = ("-framerate", str(_RATE), "-video_size", f"{width & ~1}x{height & ~1}")
    if os.name == "nt":
        return ["-f", "gdigrab", *size, "-offset_x", str(left), "-offset_y", str(top), "-i", "desktop"]
    return ["-f", "x11grab", *size, "-i", f"{os.environ.get('DISPLAY', '')}+{left},{top}"]


def region_of(tab: Tab) -> tuple[int, int, int, int]:
    """Return where the window of `tab` is on the screen, as the browser itself says it."""
    session = tab.context.new_cdp_session(tab)
    bounds = session.send("Browser.getWindowForTarget")["bounds"]
    ratio = float(tab.evaluate("devicePixelRatio"))
    session.detach()
    left, top, width, height = (int(bounds[side] * ratio) for side in ("left", "top", "width", "height"))
    return left, top, width, height
