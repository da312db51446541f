"""What a recorder that ended or was killed leaves: frames become videos, what was torn is removed, and that is told."""

from __future__ import annotations

import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from evidence.encoding import encode
from evidence.film import LARGEST
from evidence.recorded import NAME, Recorded, iso
from evidence.window_film import kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

EMPTY = "it ended before the screen grabber had seen anything"


class Reel(NamedTuple):
    """A folder of frames that is to be a video of that size; `end` as in `encoding.encode`."""

    frames: Path
    size: tuple[int, int]
    end: float | None


def keep(recorded: Recorded, reels: Iterable[Reel]) -> None:
    """Encode folders of frames to videos, all at the same time, or keep them as they are, and tell."""
    began: dict[Reel, float] = {}
    for reel in reels:
        if pictures := sorted(reel.frames.glob("*.jpg")):
            began[reel] = float(pictures[0].stem)
        else:
            shutil.rmtree(reel.frames)
            recorded.missing.setdefault(f"video of {reel.frames.stem}", "nothing was painted while it was recorded")
    with ThreadPoolExecutor() as at_once:
        videos = list(at_once.map(lambda reel: encode(reel.frames, recorded.chapters, reel.size, reel.end), began))
    for (reel, at), video in zip(began.items(), videos, strict=True):
        name = reel.frames.stem
        if video is None:
            recorded.missing[f"video of {name}"] = "no ffmpeg could encode it; its frames are kept as pictures"
        recorded.videos.append({"path": f"video/{(video or reel.frames).name}", "from": iso(at), "of": name})


def finish(folder: Path, recorded: Recorded) -> None:
    """Encode what a part that was killed had filmed into `folder`, the payload, and remove what was torn."""
    for torn in [*folder.rglob("*.new"), *folder.glob("video/*.part.*")]:
        torn.unlink()
    for trace in sorted((folder / "trace").glob("*.zip")):
        if not zipfile.is_zipfile(trace):
            trace.unlink()
    for video in [one for one in recorded.videos if one["of"] == "window"]:
        if not kept(folder / video["path"]):
            recorded.videos.remove(video)
            recorded.missing[f"video of the window from {video['from']}"] = EMPTY
    told = {video["path"] for video in recorded.videos}
    left = sorted((folder / "video").glob("*.frames"))
    keep(recorded, [Reel(frames, LARGEST, None) for frames in left if f"video/{frames.name}" not in told])


def finish_killed(folder: Path, missing: Mapping[str, str]) -> list[dict[str, str]]:
    """Finish what a recorder that was killed left in `folder`, without another; return what could not be recorded.

    `missing`: what else is not there, and why.
    """
    recorded = Recorded(folder / NAME)
    recorded.take_over()
    recorded.tell_cut_short()
    recorded.missing |= missing
    finish(folder, recorded)
    recorded.write()
    return recorded.not_recorded()
