"""All recordings of a folder and the chain between them: each names the one that was sealed before it.

A recording whose predecessor is not there shows that one was withheld, lost or moved away.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import package, verify

if TYPE_CHECKING:
    from pathlib import Path

VERIFIES, FAULTY, OPEN = "verifies", "does not verify", "not sealed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording: its status as it was sealed, the verdict, and what its place in the chain looks like.

    `run` and `kind` are what it says of itself: whose recording it is, whatever its folder is called, and whether that
    was a rehearsal.
    """

    name: str
    status: str
    verdict: str
    proof: str
    chain: str
    gap: bool
    digest: str
    does_not_prove: tuple[str, ...] = ()
    run: str = ""
    kind: str = ""


def entries(home: Path, *, allowed_signers: Path | None = None, tsa_root: Path | None = None) -> list[Entry]:
    """Return an entry for each recording in `home`, oldest first; one that is still open has no verdict.

    Raises `WrongFile` for the auditor's own files, however many recordings there are.
    """
    verify.check_given(allowed_signers, tsa_root)
    closed = [path for path in home.iterdir() if path.is_dir() and not _open(path)] if home.is_dir() else []
    folders = sorted({*package.recordings(home), *closed})
    chain = _Chain(folders, package.recordings(home / package.QUARANTINE))
    return [_entry(folder, chain, allowed_signers, tsa_root) for folder in folders]


def _entry(folder: Path, chain: _Chain, allowed_signers: Path | None, tsa_root: Path | None) -> Entry:
    words, gap = chain.place(folder)
    if not _open(folder):
        return Entry(folder.name, "", FAULTY, verify.NONE, words, gap, digest="")
    if not os.path.lexists(folder / package.TAG_MANIFEST):
        return Entry(folder.name, "", OPEN, "", words, gap, digest="")
    try:
        verdict = verify.verify(folder, allowed_signers=allowed_signers, tsa_root=tsa_root)
    except Exception:  # noqa: BLE001  # somebody else wrote it: what one holds must not hide the others
        return Entry(folder.name, "", FAULTY, verify.NONE, words, gap, digest="")
    word = VERIFIES if verdict.holds else FAULTY
    status, run, kind = (
        package.read_info(folder).get(name, "") for name in (package.STATUS, package.RUN, package.KIND)
    )
    unproven = tuple(verdict.does_not_prove)
    return Entry(folder.name, status, word, verdict.proof, words, gap, verdict.digest, unproven, run, kind)


def _open(folder: Path) -> bool:
    """Return whether one may look into the folder."""
    return os.access(folder, os.R_OK | os.X_OK)


class _Chain:
    """Which sealing names which. A recording that went on was sealed more than once, and may be named by any."""

    def __init__(self, folders: list[Path], aside: list[Path]) -> None:
        sealed = [(_sealed_at(place), folder.name, place) for folder in folders for place in _sealings(folder)]
        self._names: dict[str, tuple[str, str]] = {}  # digest -> the recording that had it, and when it was sealed
        self._named: dict[str, str] = {}  # digest -> the recording that named it first as the one before it
        for at, name, place in sorted(sealed):
            self._names[package.digest(place)] = (name, at)
            self._named.setdefault(package.previous(place), name)
        for folder in aside:  # What one in quarantine names may be named again: it is out of the chain.
            for place in _sealings(folder):
                self._names.setdefault(package.digest(place), (f"{folder.name}, in quarantine", _sealed_at(place)))

    def place(self, folder: Path) -> tuple[str, bool]:
        """Return how a recording stands in the chain, in words, and whether something is missing there."""
        told = [self._link(folder.name, package.previous(place), _sealed_at(place)) for place in _sealings(folder)]
        gaps = [words for words, gap in told if gap]
        words = dict.fromkeys(words for words, gap in told if not gap)
        return "; ".join(dict.fromkeys(gaps) or words), bool(gaps)

    def _link(self, name: str, previous: str, at: str) -> tuple[str, bool]:
        first = self._named[previous]
        if previous == package.FIRST:
            return ("the first", False) if name == first else ("says it is the first, and is not", True)
        if first != name:
            return f"names the same recording before it as {first} does", True
        if previous not in self._names:
            return "the recording before it is missing", True
        before, sealed = self._names[previous]
        return f"follows {before}{'' if sealed <= at else ', and the clock had gone backwards'}", False


def _sealings(folder: Path) -> list[Path]:
    """Return the sealings of a recording that can be read."""
    return [place for place in package.sealings(folder) if os.access(place / package.TAG_MANIFEST, os.R_OK)]


def _sealed_at(place: Path) -> str:
    return package.read_info(place).get(package.SEALED_AT, "")
