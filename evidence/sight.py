"""Reads pictures and films as an eye would: tesseract for letters, ffmpeg for frames, where they are installed.

Optical reading mistakes letters for each other, so a value is compared after such pairs are made one, by the share of
its runs of four that are found or by one long run in common. Measured on 11 to 15 px text: every legible value found,
none found where there was none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from evidence import change
from evidence.child import apart
from evidence.error import ScanError

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARE = 0.35  # of a value's runs of four
LONGEST = 9  # letters in a row that are no coincidence
_GRAM = 4
_WORKERS = max(2, os.cpu_count() or 2)
# Tesseract's page segmentation: as a page, and as scattered text; each misses some of what the other sees. A film has
# many frames of the same thing, so one reading of each does.
AS_A_PAGE = ("3",)
BOTH = ("3", "11")
_QUOTED = "'\\''"  # a quote inside quotes, in ffmpeg's lists
_PATIENCE = 600  # seconds for one batch
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("0OoQDCcGUu", "o"),
        **dict.fromkeys("1lIi|!j[]tfT7J", "l"),
        **dict.fromkeys("5Ss$", "s"),
        **dict.fromkeys("2Zz", "z"),
        **dict.fromkeys("8B&3E", "b"),
        **dict.fromkeys("6b", "6"),
        **dict.fromkeys("9gqy", "g"),
        **dict.fromkeys("vVwWYx X", "v"),
        **dict.fromkeys("mMnNhrH", "n"),
        **dict.fromkeys("~-_.,'\u2014", ""),
    }
)


def can_read() -> bool:
    """Return whether there is an engine that reads pictures."""
    return shutil.which("tesseract") is not None


def read(pictures: Sequence[Path], layouts: Sequence[str] = BOTH) -> dict[Path, str]:
    """Return what is written in each picture, by each of `layouts`. Raises `ScanError` when the engine fails."""
    said = dict.fromkeys(pictures, "")
    with tempfile.TemporaryDirectory(prefix="keyturn-") as folder:
        for layout in layouts:
            shares = [share for worker in range(_WORKERS) if (share := pictures[worker::_WORKERS])]
            engines = [_started(share, Path(folder, f"{number}.txt"), layout) for number, share in enumerate(shares)]
            for share, engine in zip(shares, engines, strict=True):
                output, _ = engine.communicate(timeout=_PATIENCE)
                pages = output.decode("utf-8", "replace").split("\f")
                if engine.returncode or len(pages) < len(share):
                    raise ScanError("the pictures cannot be read: tesseract failed")
                for path, page in zip(share, pages, strict=False):
                    said[path] += f"{page}\n"
    return said


def _started(pictures: Sequence[Path], listing: Path, layout: str) -> subprocess.Popen[bytes]:
    """Start one engine on a list of pictures; each runs on one core, so that they do not hinder each other."""
    listing.write_text("".join(f"{path}\n" for path in pictures), encoding="utf-8")
    command = [shutil.which("tesseract") or "tesseract", str(listing), "stdout", "--psm", layout]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, **apart())  # noqa: S603  # ours


def frames(film: Path, folder: Path, after: float = 0.0) -> list[Path]:
    """Write what is new in each frame of `film` into `folder`, as grey pictures, and return them. Raises `ScanError`.

    Frames before `after`, in seconds of the film, are left out, all but the first: it shows that the film can be read.
    """
    ffmpeg = shutil.which("ffmpeg")
    if not ffmpeg:
        raise ScanError(
            f"{film.name}: without ffmpeg a film cannot be searched", hint="install ffmpeg, or remove the film"
        )
    command = [
        *(ffmpeg, "-loglevel", "quiet", "-i", str(film), "-map", "0:v:0"),
        *("-vf", f"select='eq(n,0)+gte(t,{max(after, 0.0):.3f})',mpdecimate=hi=512:lo=192:frac=0.02,format=gray"),
        *("-fps_mode", "vfr", str(folder / "%06d.pgm")),
    ]
    failed = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, **apart()).returncode  # noqa: S603  # our own words
    pictures = sorted(folder.glob("*.pgm"))
    if failed or not pictures:
        raise ScanError(f"{film.name}: its frames cannot be read")
    return change.keep_new(pictures)


def new_in(stills: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Return those of `stills`, in the order in which they were taken, that show anything new, with a picture of that.

    The new pictures are grey and lie in `folder`. What is no PNG stands for itself, and so does each where there is
    no ffmpeg. Raises `ScanError` for one that cannot be read.
    """
    ffmpeg = shutil.which("ffmpeg")
    sizes: dict[bytes, list[Path]] = {}
    new: dict[Path, Path] = {}
    for still in stills:
        with still.open("rb") as file:
            head = file.read(24)
        if ffmpeg and head.startswith(b"\x89PNG\r\n\x1a\n"):
            sizes.setdefault(head[16:24], []).append(still)
        else:
            new[still] = still
    for number, alike in enumerate(sizes.values()):
        place = folder / f"{number}"
        place.mkdir()
        listed = "".join(f"file '{str(still.resolve()).replace(chr(39), _QUOTED)}'\n" for still in alike)
        (place / "list.txt").write_text(f"ffconcat version 1.0\n{listed}", encoding="utf-8")
        command = [
            *(str(ffmpeg), "-loglevel", "quiet", "-f", "concat", "-safe", "0", "-i", str(place / "list.txt")),
            *("-vf", "format=gray", "-fps_mode", "passthrough", str(place / "%06d.pgm")),
        ]
        failed = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, **apart()).returncode  # noqa: S603  # ours
        grey = sorted(place.glob("*.pgm"))
        if failed or len(grey) != len(alike):
            raise ScanError("the pictures cannot be read: ffmpeg failed")
        of = dict(zip(grey, alike, strict=True))
        new |= {of[picture]: picture for picture in change.keep_new(grey)}
    return new


def legible(value: str, text: str) -> bool:
    """Return whether `value` can be made out in `text` as an optical reader gave it."""
    wanted, seen = _plain(value), _plain(text)
    grams = {wanted[at : at + _GRAM] for at in range(len(wanted) - _GRAM + 1)}
    if not grams:
        return bool(wanted) and wanted in seen
    share = sum(gram in seen for gram in grams) / len(grams)
    run = min(LONGEST, len(wanted))
    return share >= SHARE or any(wanted[at : at + run] in seen for at in range(len(wanted) - run + 1))


def _plain(text: str) -> str:
    return "".join(text.split()).translate(_LOOKALIKES)
