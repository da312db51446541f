"""What a recorder that ended or was killed leaves: frames become videos, what was torn is removed, and that is told."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

from evidence.encoding import encode
from evidence.film import LARGEST
from evidence.recorded import NAME, Recorded, iso
from evidence.window_film import kept

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EMPTY = "it ended before the screen grabber had seen anything"


def keep(recorded: Recorded, frames: Path, size: tuple[int, int], end: float | None) -> None:
    """Encode a folder of frames to a video of that size, or keep them as they are, and tell; see `film.encode`."""
    name = frames.stem
    pictures = sorted(frames.glob("*.jpg"))
    if not pictures:
        shutil.rmtree(frames)
        recorded.missing.setdefault(f"video of {name}", "nothing was painted while it was recorded")
        return
    began = float(pictures[0].stem)
    video = encode(frames, recorded.chapters, size, end)
    if video is None:
        recorded.missing[f"video of {name}"] = "no ffmpeg could encode it; its frames are kept as pictures"
    recorded.videos.append({"path": f"video/{(video or frames).name}", "from": iso(began), "of": name})


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
    for frames in sorted((folder / "video").glob("*.frames")):
        if f"video/{frames.name}" not in told:
            keep(recorded, frames, LARGEST, None)


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
