"""How a recording was sealed before its run went on: what was sealed then is all still there, and as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence import manifest, package, proof
from evidence.chain import lines_sealed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


def faults_of(folder: Path, allowed: Path | None, root: Path | None, stamped: datetime | None) -> list[str]:
    """Check how the recording was sealed before its run went on: what was sealed then is all still there.

    `stamped`: when the recording itself is known to have existed, and what it holds with it.
    """
    faults = []
    for number, place in enumerate(package.sealings(folder), start=1):
        if place == folder:
            break
        name = place.relative_to(folder).as_posix()
        if place.name != str(number):
            faults.append(f"{package.EARLIER}/{number}: it is missing")
        tags, payload = (manifest.read(place, one) for one in (package.TAG_MANIFEST, package.MANIFEST))
        then, stamp_faults = proof.stamped_at(place, root)
        signature_faults = proof.signed_by(place, allowed, then or stamped)[2]
        here = [*tags.faults, *payload.faults, *signature_faults, *stamp_faults]
        here += [f"{tag}: it was changed" for tag, was in tags.entries.items() if not _is(place / tag, was)]
        faults += [f"{name}/{fault}" for fault in here]
        faults += list(_continued(folder, place, payload.entries))
    return faults


def _continued(folder: Path, place: Path, sealed: dict[str, str]) -> Iterator[str]:
    """Yield each file that was sealed then and is neither as it was, nor kept in `place`, nor the journal, gone on."""
    for file, was in sealed.items():
        kept = place / file.removeprefix(f"{package.PAYLOAD}/") if file in package.GOING_ON else folder / file
        if file == package.JOURNAL:
            if not (folder / file).is_file() or not lines_sealed(folder / file, was):
                yield f"{file}: it does not go on from how it was sealed in {place.relative_to(folder).as_posix()}"
        elif not _is(kept, was):
            yield f"{kept.relative_to(folder).as_posix()}: it is not as it was sealed before the run went on"


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and package.file_digest(path) == digest
