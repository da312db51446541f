"""All recordings of a folder and the chain between them: each names the one that was sealed before it.

A recording whose predecessor is not there shows that one was withheld, lost or moved away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import package, verify

if TYPE_CHECKING:
    from pathlib import Path

VERIFIES, FAULTY, OPEN = "verifies", "does not verify", "not sealed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording: its status as it was sealed, the verdict, and what its place in the chain looks like."""

    name: str
    status: str
    verdict: str
    proof: str
    chain: str
    gap: bool
    digest: str


def entries(home: Path, *, allowed_signers: Path | None = None, tsa_root: Path | None = None) -> list[Entry]:
    """Return an entry for each recording in `home`, oldest first; one that is still open has no verdict."""
    folders = package.recordings(home)
    names = {package.digest(folder): folder.name for folder in folders if _sealed(folder)}
    named: dict[str, str] = {}
    found = []
    for folder in folders:
        if not _sealed(folder):
            found.append(Entry(folder.name, "", OPEN, "", "", gap=False, digest=""))
            continue
        verdict = verify.verify(folder, allowed_signers=allowed_signers, tsa_root=tsa_root)
        info = package.read_info(folder)
        chain, gap = _link(info.get(package.PREVIOUS, ""), names, named, first=not named)
        named[info.get(package.PREVIOUS, "")] = folder.name
        word = VERIFIES if verdict.holds else FAULTY
        found.append(Entry(folder.name, info.get("Status", ""), word, verdict.proof, chain, gap, verdict.digest))
    return found


def _sealed(folder: Path) -> bool:
    return (folder / package.TAG_MANIFEST).is_file()


def _link(previous: str, names: dict[str, str], named: dict[str, str], *, first: bool) -> tuple[str, bool]:
    """Return how a recording stands in the chain, in words, and whether something is missing there."""
    if previous in named:
        return f"names the same recording before it as {named[previous]} does", True
    if previous == package.FIRST:
        return ("the first", False) if first else ("says it is the first, and is not", True)
    name = names.get(previous.removeprefix("sha256:"))
    return (f"follows {name}", False) if name else ("the recording before it is missing", True)
