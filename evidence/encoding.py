"""From stamped frames to a video with chapters, by ffmpeg; without it the frames stay as single pictures."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence.child import apart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# The quickest, because a run waits for it: words are as legible as with slower ones (SSIM 0.995 of either).
_ENCODERS = (
    ("libx264", "-preset", "ultrafast", "-crf", "28"),
    ("libvpx", "-deadline", "realtime", "-b:v", "1M"),
)
_SUFFIXES = {"libx264": ".mp4", "libvpx": ".webm"}
# The frames' own format, as JPEGs have it: a frame that fits is not converted.
_FIT = "scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1,format=yuvj420p"


@dataclass(frozen=True, slots=True)
class Chapter:
    """Where a step begins, in milliseconds since 1970."""

    at: float
    title: str


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
