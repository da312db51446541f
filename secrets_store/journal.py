"""The append-only journal: one JSON object a line, each chained to the line before and signed.

A line is canonical JSON (sorted keys, no spaces, UTF-8) whose last member is `sig`, an Ed25519 signature in base64
over a fixed prefix and the line without that member. `prev` is the SHA-256 of the line before, so that one checked
signature, the last, vouches for all lines. After the last line stands a run of spaces: blocks that are already the
journal's, so that a full disk cannot keep a sealed secret from being acknowledged. Readers skip it.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from secrets_store import disk
from secrets_store.entry import now, stamp
from secrets_store.errors import NotVerified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Line = dict[str, Any]
FORMAT = 1
FIRST_PREV = "0" * 64
LONGEST_LINE = 8 * 1024  # bytes
ROOM = 64 * 1024  # bytes of spaces added when less than `reserve` is left
_BATCH = 256  # lines parsed at once: half the time of one after the other, a third of that of all together
_PREFIX = b"keyturn store journal 1\n"  # keeps these signatures from being taken for any other kind
_SIGNED = re.compile(rb'(\{.*),"sig":"([A-Za-z0-9+/]{86}==)"\}', re.DOTALL)
_BLANK = b" \0"  # a file system may give zeros for blocks that a power cut kept from being written


def canonical(fields: Line) -> bytes:
    """Return `fields` as the one text that is signed and hashed."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def signed(fields: Line, key: Ed25519PrivateKey, prefix: bytes = _PREFIX) -> bytes:
    """Return the line for `fields`, without its line feed."""
    body = canonical(fields)
    signature = base64.b64encode(key.sign(prefix + body))
    return body[:-1] + b',"sig":"' + signature + b'"}'


def is_signed(raw: bytes, key: bytes, prefix: bytes = _PREFIX) -> bool:
    """Return whether the line `raw` carries a signature by the Ed25519 public `key` (32 bytes)."""
    found = _SIGNED.fullmatch(raw)
    if not found:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(found[2]), prefix + found[1] + b"}")
    except (InvalidSignature, ValueError):
        return False
    return True


def digest(raw: bytes) -> str:
    """Return what the next line's `prev` must be."""
    return hashlib.sha256(raw).hexdigest()


def split(data: bytes) -> tuple[list[bytes], bytes]:
    """Return the whole lines of `data`, and what a crash left unfinished after them (empty: nothing).

    Unfinished is what has no line feed, and a last line that begins with a hole: the power went before its first
    block was written. Neither was ever acknowledged.
    """
    *lines, rest = data.split(b"\n")
    if lines and lines[-1][:1] in {b" ", b"\0"}:
        rest = lines.pop() + b"\n" + rest
    return lines, rest.strip(_BLANK)


def load(raw: bytes, seq: int) -> Line:
    """Return the fields of the line with the number `seq`; raise `NotVerified` when there are none."""
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        line = None
    if not isinstance(line, dict):
        raise NotVerified(f"journal line {seq + 1} cannot be read")
    return line


def follows(line: Line, seq: int, prev: str) -> bool:
    """Return whether `line` has the number `seq` and follows the digest `prev`."""
    return line.get("seq") == seq and line.get("prev") == prev and line.get("v") == FORMAT


def _loaded(raws: list[bytes], start: int) -> list[Line]:
    """Return the fields of a batch of lines, the first of which has the number `start`."""
    try:
        lines = json.loads(b"[" + b",".join(raws) + b"]")
    except (ValueError, RecursionError):
        lines = []
    if len(lines) == len(raws) and all(type(line) is dict for line in lines):
        return lines  # type: ignore[no-any-return]  # the line above proves it
    return [load(raw, seq) for seq, raw in enumerate(raws, start=start)]


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep Python from searching for cycles while many objects without any are made, which doubles the time."""
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(slots=True)
class Journal:
    """The journal at `path`, as far as it was read. `key` is the public key that must have signed its lines.

    `count` lines end at byte `end`, the last with digest `head`; `torn` bytes after that are unfinished.
    `noted` is a digest known from before that must be among the lines; it is cleared when it is seen.
    """

    path: Path
    key: bytes
    count: int = 0
    head: str = FIRST_PREV
    end: int = 0
    torn: int = 0
    noted: str | None = None
    _size: int = field(default=0, repr=False)

    def refresh(self) -> Iterator[Line]:
        """Yield the lines added since the last look; raise `NotVerified` when the past is not what it was.

        Take all of them: only then has the journal moved on. The last signature is checked before the first line is
        yielded, the chain as they go.
        """
        data = disk.read_from(self.path, max(self.end - 1, 0))
        if self.end and data[:1] != b"\n":
            raise NotVerified("the journal lost lines while it was open")
        size = max(self.end - 1, 0) + len(data)
        raws, rest = split(data[1:] if self.end else data)
        if raws and not is_signed(raws[-1], self.key):
            raise NotVerified(f"journal line {self.count + len(raws)} is not signed by the store's key")
        head, seq, end = self.head, self.count, self.end
        for start in range(0, len(raws), _BATCH):
            batch = raws[start : start + _BATCH]
            for raw, line in zip(batch, _loaded(batch, seq), strict=True):
                if not follows(line, seq, head):
                    raise NotVerified(f"journal line {seq + 1} does not follow the line before it")
                yield line
                head = digest(raw)
                if head == self.noted:
                    self.noted = None
                end += len(raw) + 1
                seq += 1
        self.count, self.head, self.end, self.torn, self._size = seq, head, end, len(rest), size

    @classmethod
    def start(cls, path: Path, signing_key: Ed25519PrivateKey, fields: Line) -> None:
        """Make a new journal whose first line has `fields` and the signing key's public half."""
        public = signing_key.public_key().public_bytes_raw()
        start = {"v": FORMAT, "seq": 0, "prev": FIRST_PREV, "at": stamp(now()), "key": public.hex(), **fields}
        disk.create(path, signed(start, signing_key) + b"\n")

    @classmethod
    def own_key(cls, path: Path) -> bytes:
        """Return the public key that a journal's first line names; whether to trust it is the caller's question."""
        first = disk.read_from(path, 0, LONGEST_LINE).partition(b"\n")[0]
        try:
            return bytes.fromhex(load(first, 0)["key"])
        except (KeyError, TypeError, ValueError):
            raise NotVerified("journal line 1 cannot be read") from None

    def pass_over(self, count: int, head: str, end: int) -> None:
        """Go on after `count` lines that the caller knows, which end at byte `end` with the digest `head`."""
        self.count, self.head, self.end = count, head, end
        if head == self.noted:
            self.noted = None

    def cut_torn(self) -> None:
        """Overwrite what a crash left unfinished after the last line. The caller holds the store's lock."""
        if self.torn:
            disk.write_at(self.path, self.end, b" " * (self._size - self.end))
            self.torn = 0

    def append(self, key: Ed25519PrivateKey, added: Sequence[Line], *, reserve: int = 0) -> list[Line]:
        """Add lines with the fields `added` and return them once they are durable; then `reserve` bytes are left too.

        The caller holds the store's lock and has just called `refresh`.
        """
        lines, text, head = [], b"", self.head
        for seq, fields in enumerate(added, start=self.count):
            lines.append({"v": FORMAT, "seq": seq, "prev": head, "at": stamp(now()), **fields})
            raw = signed(lines[-1], key)
            if len(raw) >= LONGEST_LINE:
                raise ValueError("a journal line is too long")  # fields are limited where they come in
            head = digest(raw)
            text += raw + b"\n"
        needed = self.end + len(text) + reserve
        if reserve and needed > self._size:
            self._make_room(needed + ROOM)
        self.cut_torn()
        disk.write_at(self.path, self.end, text)
        self.count, self.head, self.end = self.count + len(lines), head, self.end + len(text)
        self._size = max(self._size, self.end)
        return lines

    def _make_room(self, size: int) -> None:
        blanks = b" " * (size - self._size)
        try:
            disk.write_at(self.path, self._size, blanks)
        except OSError:
            with self.path.open("r+b") as file:
                file.truncate(self._size)
            raise
        self._size = size
