"""The journal's form: an append-only file in which every line holds the digest of the line before it.

One canonical JSON object a line (keys sorted, no spaces, UTF-8, LF). Every object has `seq` (from 1), `at` (UTC,
ISO 8601 with milliseconds), `kind`, and `prev`: the SHA-256, in hexadecimal, of the bytes of the previous line without
its line feed; 64 zeros before the first. A line is on disk before `append` returns. `sha256sum` can check it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from evidence.error import ChainBroken, EvidenceError

if TYPE_CHECKING:
    from pathlib import Path

GENESIS = "0" * 64
OWN = frozenset({"seq", "at", "prev", "kind"})


def utc_now() -> datetime:
    """Return the time of this machine's clock, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return `moment` as the journal writes it, `2026-11-24T02:07:10.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that was read and holds: its entries, the digest of its last line, and the bytes of a torn last line."""

    entries: tuple[dict[str, Any], ...]
    head: str
    torn: bytes = b""


class ChainedLog:
    """An append-only, hash-chained log. Opening an existing one verifies it and goes on after its last whole line.

    A last line without a line feed is what a crash left of an append that never returned: nothing was done on the
    strength of it. It is cut off, and an entry `mended` says so. Raises `ChainBroken` when the file does not verify.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        chain = read_chain(path) if path.exists() else Chain((), GENESIS)
        self.head = chain.head
        self.seq = len(chain.entries)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags, 0o600)
        if chain.torn:
            os.ftruncate(self._file, os.fstat(self._file).st_size - len(chain.torn))
            self.append("mended", torn_bytes=len(chain.torn))
        elif not chain.entries:
            _flush_folder(path.parent)

    def append(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Write one entry and return it once it is on disk. Raises `EvidenceError` when it cannot be written."""
        if taken := OWN & fields.keys():
            raise EvidenceError(f"a journal entry cannot name its own “{min(taken)}”")
        entry = {**fields, "kind": kind, "seq": self.seq + 1, "at": stamp(utc_now()), "prev": self.head}
        line = canonical(entry)
        whole = os.fstat(self._file).st_size
        try:
            _write_whole(self._file, line + b"\n")
            os.fsync(self._file)
        except OSError as error:
            reason = error.strerror or "unknown"
            os.ftruncate(self._file, whole)  # A torn line would tear the next one, once there is room again.
        else:
            self.seq += 1
            self.head = digest(line)
            return entry
        raise EvidenceError(f"the journal cannot be written: {reason.lower()}", hint="free space, then resume")

    def close(self) -> None:
        """Close the file. The log cannot be appended to afterwards."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def canonical(entry: dict[str, Any]) -> bytes:
    """Return the one way in which an entry is written."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(line: bytes) -> str:
    """Return the SHA-256 of a line without its line feed, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def read_chain(path: Path) -> Chain:
    """Read and verify a chain. Raises `ChainBroken`, naming the first line that is wrong."""
    *lines, torn = path.read_bytes().split(b"\n")
    head = GENESIS
    entries: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        entry = _parsed(line, number, path.name)
        if entry.get("seq") != number:
            raise _broken(path.name, number, f"is numbered {entry.get('seq')}")
        if entry.get("prev") != head:
            raise _broken(path.name, number, "does not continue the line before it")
        head = digest(line)
        entries.append(entry)
    return Chain(tuple(entries), head, torn)


def lines_sealed(path: Path, sealed: str) -> int:
    """Return how many of the file's first lines have the SHA-256 `sealed` together: it went on from there. 0: none."""
    hashed = hashlib.sha256()
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
        hashed.update(line)
        if hashed.hexdigest() == sealed:
            return number
    return 0


def _parsed(line: bytes, number: int, name: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict):
        raise _broken(name, number, "is not one JSON object")
    try:
        same = canonical(entry) == line
    except (ValueError, RecursionError):  # a lone surrogate, or not a number; or deeper than it can be written
        same = False
    if not same:
        raise _broken(name, number, "is not written in the canonical form")
    if not _is_time(entry.get("at")) or not isinstance(entry.get("kind"), str):
        raise _broken(name, number, "lacks its time or kind")
    return entry


def _is_time(at: object) -> bool:
    """Return whether `at` is a time as `stamp` writes it."""
    try:
        return isinstance(at, str) and stamp(datetime.fromisoformat(at)) == at
    except (ValueError, OverflowError):
        return False


def _broken(name: str, number: int, what: str) -> ChainBroken:
    return ChainBroken(f"{name} line {number}: {what}", line=number)


def _write_whole(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _flush_folder(folder: Path) -> None:
    """Make a new file's name durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
