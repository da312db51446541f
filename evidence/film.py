"""Video of a tab, and of the window: frames by the browser or by the system's screen grabber, encoded by ffmpeg.

Frames are kept under their own time stamps until the end, and a frame that was swapped while it was dark is dropped by
its stamp, never by when it arrived: the browser may hand out an old frame late. Where ffmpeg is missing the frames
stay as single pictures. Playwright's own recorder is not used: it cannot leave anything out.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError

from evidence.child import apart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from playwright.sync_api import Page as Tab

LARGEST = (1280, 800)  # px; what the frames of a tab are fitted into
_QUALITY = 70  # of the JPEG frames
_GAP = 100.0  # ms; no more than ten frames a second, enough to see what was done
_PR_SET_PDEATHSIG = 1  # of Linux's prctl
_RATE = 10  # frames a second of the window
_ENCODERS = (
    ("libx264", "-preset", "veryfast", "-crf", "28"),
    ("libvpx", "-deadline", "realtime", "-b:v", "1M"),
)
_SUFFIXES = {"libx264": ".mp4", "libvpx": ".webm"}
_FIT = "scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1,format=yuv420p"


@dataclass(frozen=True, slots=True)
class Chapter:
    """Where a step begins, in milliseconds since 1970."""

    at: float
    title: str


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: one that a killed process tore could be neither seen nor searched."""
    fresh = path.with_suffix(".new")
    try:
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def now() -> float:
    """Return the time in milliseconds since 1970, as the browser stamps its frames."""
    return time.time() * 1000


class Film:
    """The video of one tab. Its frames lie in `<name>.frames/` until they are encoded to `<name>.mp4` (or `.webm`)."""

    def __init__(self, tab: Tab, folder: Path, name: str) -> None:
        self.tab = tab
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
        tab.screencast.start(on_frame=self._take, size={"width": self.width, "height": self.height}, quality=_QUALITY)

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
            self._keep(now(), self.tab.screenshot(type="jpeg", quality=_QUALITY))

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


class WindowFilm:
    """The video of the browser's window with its address bar, where a screen grabber is there."""

    def __init__(self, region: tuple[int, int, int, int]) -> None:
        self.region = region
        self._path: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._quit: IO[bytes] | None = None

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
        self._quit = self._process.stdin

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


def encode(frames: Path, chapters: Sequence[Chapter], size: tuple[int, int], end: float | None = None) -> Path | None:
    """Encode a folder of stamped frames to a video of that size with chapters, beside it, and remove the frames.

    `end`: until when the last frame was seen, in milliseconds since 1970; a second after it where that is not known.
    Returns the video; None where ffmpeg is missing or fails, and then the frames stay.
    """
    for done in (frames.with_suffix(suffix) for suffix in _SUFFIXES.values()):
        if done.exists():  # Encoded already, by one that was killed before it removed the frames.
            shutil.rmtree(frames)
            return done
    ffmpeg = shutil.which("ffmpeg")
    pictures = sorted(frames.glob("*.jpg"))
    if not ffmpeg or not pictures:
        return None
    stamps = [float(path.stem) for path in pictures]
    end = max(end or 0, stamps[-1] + 1000)
    width, height = size
    lines = ["ffconcat version 1.0"]
    for path, stamp, after in zip(pictures, stamps, [*stamps[1:], end], strict=True):
        lines += [f"file '{path.name}'", f"duration {max(after - stamp, 1) / 1000:.3f}"]
    (frames / "list.txt").write_text("\n".join([*lines, f"file '{pictures[-1].name}'", ""]), encoding="utf-8")
    (frames / "chapters.txt").write_text(_metadata(stamps[0], end, chapters), encoding="utf-8")
    for encoder, *options in _ENCODERS:
        video = frames.with_suffix(_SUFFIXES[encoder])
        part = video.with_stem(f"{video.stem}.part")
        command = [
            *(ffmpeg, "-y", "-loglevel", "quiet", "-f", "concat", "-i", str(frames / "list.txt")),
            *(
                "-i",
                str(frames / "chapters.txt"),
                "-map",
                "0:v",
                "-map_metadata",
                "1",
                "-vf",
                _FIT.format(width=width & ~1, height=height & ~1),
            ),
            *("-fps_mode", "vfr", "-c:v", encoder, *options, str(part)),
        ]
        if subprocess.run(command, check=False, stdin=subprocess.DEVNULL, **apart()).returncode == 0:  # noqa: S603  # our own words
            part.replace(video)
            shutil.rmtree(frames)
            return video
        part.unlink(missing_ok=True)
    for name in ("list.txt", "chapters.txt"):
        (frames / name).unlink()
    return None


def _metadata(begin: float, end: float, chapters: Sequence[Chapter]) -> str:
    """Return the chapters as ffmpeg's metadata file, from the beginning of the video."""
    text = ";FFMETADATA1\n"
    inside = [chapter for chapter in chapters if chapter.at < end]
    ends = [*(one.at for one in inside[1:]), end]
    for chapter, after in zip(inside, ends, strict=False):  # without chapters there is an end all the same
        if after > begin:
            title = "".join(f"\\{letter}" if letter in "=;#\\\n" else letter for letter in chapter.title)
            start, stop = int(max(chapter.at - begin, 0)), int(after - begin)
            text += f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={stop}\ntitle={title}\n"
    return text
