"""A recording as a BagIt 1.0 bag (RFC 8493), signed: what an auditor checks with `sha256sum` and `ssh-keygen` alone.

The chain is: payload (`data/`) -> manifest -> tag manifest -> signature -> timestamp. The recording's digest, by which
the next recording names it, is the SHA-256 of its tag manifest; never that of the signature, whose armour may vary.
`evidence.sealing` makes one.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.error import EvidenceError, NotARecording

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMESPACE = "keyturn-recording"  # what the signature is for; ssh-keygen's -n
PAYLOAD = "data"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
BAG_INFO = "bag-info.txt"
DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALLOWED_SIGNERS = "allowed_signers"
SIGNATURE = f"signatures/{TAG_MANIFEST}.sshsig"
TOKEN = f"{SIGNATURE}.tsr"
PREVIOUS = "Previous-Recording"
SIGNER = "Signer"
SEALED_AT = "Sealed-At"
QUARANTINE = "quarantine"  # beside the recordings: those in which a secret was found
AUTHORITY = "Timestamp-Authority"  # that one was asked for: the token is over the signature over this
FIRST = "none"  # what the first recording of a folder names as the one before it
RUN = "Run"
KIND = "Kind"  # of the run: `run` or `rehearsal`
STATUS = "Status"
WENT_WELL = "done"  # the status with which a run has nothing left to do
TAKEN_BACK = "rolled back"  # the status after which nothing follows
EARLIER = f"{PAYLOAD}/earlier"  # below it, numbered: what sealed the recording before its run went on
GOING_ON = ("data/run.json", "data/recorded.json", "data/report.html")  # written anew when a run goes on
JOURNAL = "data/journal.jsonl"  # goes on: what was sealed is the beginning of what it is now
UNLISTED = frozenset({TAG_MANIFEST, SIGNATURE, TOKEN})  # made after the tag manifest, so it cannot list them


def digest(folder: Path) -> str:
    """Return the digest that names a sealed recording: the SHA-256 of its tag manifest, in hexadecimal."""
    try:
        return hashlib.sha256((folder / TAG_MANIFEST).read_bytes()).hexdigest()
    except FileNotFoundError:
        pass
    hint = "name the folder that has bagit.txt in it; of an open one: keyturn evidence seal"
    raise NotARecording(f"{folder.name}: it is not sealed", hint=hint)


def is_bag(folder: Path) -> bool:
    """Return whether anything says of `folder` that it was sealed."""
    return any(_is_file(folder / name) for name in ("bagit.txt", TAG_MANIFEST))


def recordings(home: Path) -> list[Path]:
    """Return the folders in `home` that hold a recording, oldest first; their names begin with the time in UTC."""
    if not home.is_dir():
        return []
    return sorted(path for path in home.iterdir() if os.path.isdir(path / PAYLOAD) and not path.is_symlink())  # noqa: PTH112  # `Path.is_dir` raises where nobody may look


def sealings(folder: Path) -> list[Path]:
    """Return the folders that hold what sealed a recording, oldest first: `data/earlier/1` and so on, then itself.

    Each has a tag manifest, a signature and bag-info.txt, for `digest` and `read_info`. The last is left out while
    the recording is open.
    """
    places = [path for path in (folder / EARLIER).glob("*") if path.name.isdecimal()]
    return [one for one in (*sorted(places, key=lambda one: int(one.name)), folder) if _is_file(one / TAG_MANIFEST)]


def latest(home: Path, besides: Path | None = None) -> str | None:
    """Return the digest of the recording in `home` that no other names, None when there is none.

    By the time of the sealing only where there is more than one: a clock may be wrong. `besides`: the recording that is
    about to be sealed; it names none of its own digests. What it, or one in quarantine, named may be named again.
    """
    places = {folder.name: found for folder in recordings(home) if (found := sealings(folder))}
    own = places.pop(besides.name, []) if besides else []
    aside = [place for folder in recordings(home / QUARANTINE) for place in sealings(folder)]
    by_others = {previous(place) for found in places.values() for place in found}
    for named in (by_others | {previous(place) for place in [*own, *aside]}, by_others):
        if free := [found[-1] for found in places.values() if digest(found[-1]) not in named]:
            return digest(max(free, key=lambda place: (read_info(place).get(SEALED_AT, ""), str(place))))
    return None


def previous(place: Path) -> str:
    """Return the digest that the sealing in `place` names as the one before it, or `FIRST`."""
    return read_info(place).get(PREVIOUS, "").removeprefix("sha256:")


def places(name: str, home: Path) -> tuple[Path, ...]:
    """Return where a recording may be that is named by its folder, or by its run among the recordings in `home`."""
    return Path(name), home / name, home / QUARANTINE / name


def quarantine(folder: Path) -> Path:
    """Move a recording in which a secret was found out of the way, to `quarantine/` beside it, and return its place."""
    place = folder.parent / QUARANTINE / folder.name
    place.parent.mkdir(mode=0o700, exist_ok=True)
    folder.rename(place)
    return place


def read_info(folder: Path) -> dict[str, str]:
    """Return the lines of bag-info.txt; empty when there is none or it is not text."""
    try:
        text = (folder / BAG_INFO).read_text(encoding="utf-8") if _is_file(folder / BAG_INFO) else ""
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def files(folder: Path) -> Iterator[Path]:
    """Yield every file below `folder`.

    Raises `EvidenceError` at a link or anything else that is no regular file, and at a folder that cannot be read.
    """

    def refuse(error: OSError) -> None:
        name = Path(str(error.filename)).relative_to(folder).as_posix()
        raise EvidenceError(f"{name}: it cannot be read")

    for place, folders, names in os.walk(folder, onerror=refuse):
        for name in [*folders, *names]:
            path = Path(place, name)
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise EvidenceError(f"{path.relative_to(folder).as_posix()}: it is not a regular file")
            if name in names:
                yield path


def _is_file(path: Path) -> bool:
    """Return whether there is a file to be seen: none is where a folder above it lets nobody look."""
    return os.path.isfile(path)  # noqa: PTH113  # `Path.is_file` raises there


def fit(name: str) -> str:
    """Return the name of a file as a package can hold it: `_` for what tools write into a manifest each in its way."""
    return "".join(one if one.isprintable() and one not in "%\\" else "_" for one in name)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
