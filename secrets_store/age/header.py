"""The textual header of an age file: a version line, stanzas that each wrap the file key, and a MAC over it all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from secrets_store.age.encoding import from_base64, to_base64
from secrets_store.age.errors import HeaderError

if TYPE_CHECKING:
    from collections.abc import Callable

VERSION_LINE = b"age-encryption.org/v1\n"
COLUMNS = 64  # a stanza's body is wrapped here and ends with a shorter line
FILE_KEY_SIZE = 16  # bytes
WRAPPED_SIZE = FILE_KEY_SIZE + 16  # bytes, with the tag
_MAC_LINE = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")
_MAX_HEADER = 1 << 20  # bytes; far beyond any real header, so that a hostile file cannot fill the memory
_ARGUMENT = re.compile(rb"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Stanza:
    """One wrapping of the file key: its type, its further arguments, and its body."""

    type: str
    arguments: tuple[str, ...]
    body: bytes

    def to_bytes(self) -> bytes:
        """Return the stanza as it stands in a header."""
        text = to_base64(self.body)
        lines = [text[start : start + COLUMNS] for start in range(0, len(text) + 1, COLUMNS)]
        first = " ".join(["->", self.type, *self.arguments]).encode("ascii")
        return b"\n".join([first, *lines]) + b"\n"


def first_unwrapped(stanzas: tuple[Stanza, ...], kind: str, unwrap: Callable[[Stanza], bytes | None]) -> bytes | None:
    """Return what `unwrap` makes of the first stanza of this kind that is for its identity, or None."""
    for stanza in stanzas:
        if stanza.type == kind and (file_key := unwrap(stanza)) is not None:
            return file_key
    return None


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header: `stanzas`, the bytes that the MAC covers, the MAC, and where the payload starts."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes
    size: int


def derive(key: bytes, *, salt: bytes | None, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA-256."""
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def mac_of(covered: bytes, file_key: bytes) -> hmac.HMAC:
    """Return the unfinished MAC of a header: `finalize()` makes it, `verify()` checks one."""
    mac = hmac.HMAC(derive(file_key, salt=None, info=b"header"), hashes.SHA256())
    mac.update(covered)
    return mac


def write_header(stanzas: list[Stanza], file_key: bytes) -> bytes:
    """Return a whole header for `stanzas`, its MAC made with `file_key`."""
    covered = VERSION_LINE + b"".join(stanza.to_bytes() for stanza in stanzas) + b"---"
    return covered + b" " + to_base64(mac_of(covered, file_key).finalize()) + b"\n"


def read_header(data: bytes) -> Header:
    """Parse the header at the start of `data`; raise `HeaderError` for anything that is not exactly one."""
    if not data.startswith(VERSION_LINE):
        raise HeaderError("this is not an age file of version 1")
    position, stanzas = len(VERSION_LINE), []
    while not data.startswith(b"---", position):
        stanza, position = _read_stanza(data, position)
        stanzas.append(stanza)
    found = _MAC_LINE.match(data, position)
    if not found or not stanzas:
        raise HeaderError("the header does not end as it must")
    return Header(tuple(stanzas), data[: position + 3], from_base64(found[1]), found.end())


def _line(data: bytes, start: int) -> tuple[bytes, int]:
    end = data.find(b"\n", start, min(len(data), _MAX_HEADER))
    if end < 0:
        raise HeaderError("the header is cut or too long")
    return data[start:end], end + 1


def _read_stanza(data: bytes, position: int) -> tuple[Stanza, int]:
    line, position = _line(data, position)
    mark, *words = line.split(b" ")
    if mark != b"->" or not words or not all(_ARGUMENT.fullmatch(word) for word in words):
        raise HeaderError("a stanza does not begin as it must")
    body = b""
    while True:
        line, position = _line(data, position)
        if len(line) > COLUMNS:
            raise HeaderError("a stanza's line is too long")
        body += from_base64(line)
        if len(line) < COLUMNS:
            break
    name, *arguments = (word.decode("ascii") for word in words)
    return Stanza(name, tuple(arguments), body), position
