"""Reads pictures and films as an eye would: tesseract for letters, ffmpeg for frames, where they are installed.

Optical reading mistakes letters for each other, so a value is compared after such pairs are made one, by the share of
its runs of four that are found or by one long run in common. Measured on pages drawn with text of 11 to 15 px, light
and dark, in tables, fields, dialogs and panes: 166 of 168 values found, and never one where another stood.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from evidence import change
from evidence.child import apart
from evidence.error import ScanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SHARE = 0.35  # of a value's runs of four
LONGEST = 9  # letters in a row that are no coincidence
_GRAM = 4
_WORKERS = max(2, os.cpu_count() or 2)
_AS_A_PAGE = "3"  # tesseract's page segmentation: columns, blocks and lines are found by itself
# Screen text is too small for the engine: of 168 such pages it made out the value in 132 as they are, in 160 at twice
# the size, and in all but one or two enlarged in both ways, a hard and a smooth one: each spoils other letters.
_WAYS = (Image.Resampling.NEAREST, Image.Resampling.LANCZOS)
_BATCH = 10  # pictures enlarged at a time: up to 16 MB of disk each, in each of two ways
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


def read(pictures: Sequence[Path], told: Callable[[int], None] | None = None) -> dict[Path, str]:
    """Return what is written in each picture. `told` hears, now and then, how many of them have been read.

    Raises `ScanError` when one cannot be read.
    """
    said = dict.fromkeys(pictures, "")
    for begin in range(0, len(pictures), _BATCH):
        with tempfile.TemporaryDirectory(prefix="keyturn-") as folder:
            enlarged = list(_enlarged(pictures[begin : begin + _BATCH], Path(folder)))
            shares = [share for worker in range(_WORKERS) if (share := enlarged[worker::_WORKERS])]
            engines = [
                _started([file for file, _ in share], Path(folder, f"{number}.txt"))
                for number, share in enumerate(shares)
            ]
            for share, engine in zip(shares, engines, strict=True):
                output, _ = engine.communicate(timeout=_PATIENCE)
                pages = output.decode("utf-8", "replace").split("\f")
                if engine.returncode or len(pages) < len(share):
                    raise ScanError("the pictures cannot be read: tesseract failed")
                for (_, picture), page in zip(share, pages, strict=False):
                    said[picture] += f"{page}\n"
        if told:
            told(min(begin + _BATCH, len(pictures)))
    return said


def _enlarged(pictures: Sequence[Path], folder: Path) -> Iterator[tuple[Path, Path]]:
    """Write each picture twice as large into `folder`, in each way; give each file with its picture."""
    for number, path in enumerate(pictures):
        picture = change.grey(path)
        for way in _WAYS:
            file = folder / f"{number}-{way.name}.pgm"
            change.write(picture.resize((2 * picture.width, 2 * picture.height), way), file)
            yield file, path


def _started(pictures: Sequence[Path], listing: Path) -> subprocess.Popen[bytes]:
    """Start one engine on a list of pictures; each runs on one core, so that they do not hinder each other."""
    listing.write_text("".join(f"{path}\n" for path in pictures), encoding="utf-8")
    command = [shutil.which("tesseract") or "tesseract", str(listing), "stdout", "--psm", _AS_A_PAGE]
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
    (folder / "new").mkdir()
    return list(change.keep_new(pictures, folder / "new").values())


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
