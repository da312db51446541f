"""Compressed streams wherever they begin in other bytes, and containers that stand in a text as base64.

Not looked for in the middle of a file: zstd, brotli, and deflate without a header, which nothing tells from noise.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import io
import lzma
import zipfile
import zlib
from typing import TYPE_CHECKING, Protocol

from evidence.piece import LARGEST, Piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BITE = 1 << 12  # bytes that are unfolded at a time: of a torn stream what comes before is searched all the same
_DIGITS = bytes(chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "+/_-") for byte in range(256))
_RUN = b"\1" * 64  # of base64 digits, as `_DIGITS` marks them
_GZIP, _XZ = b"\x1f\x8b\x08", b"\xfd7zXZ\x00"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_MAGIC = (b"PK\x03\x04", _GZIP, b"BZh", _XZ, b"%PDF-", b"\x89PNG\r\n\x1a\n", b"{", b"<", *_ZLIB)
# How those of three bytes and more begin in base64: where lines are joined, what stands before may run into them.
_BEGINNINGS = (b"UEsDB", b"H4sI", b"Qlpo", b"/Td6WF", b"JVBERi", b"iVBORw0KGgo")


class _Unfolds(Protocol):
    def decompress(self, data: memoryview, max_length: int, /) -> bytes: ...

    @property
    def eof(self) -> bool: ...


def streams(name: str, data: bytes, *, pixels: bool = False) -> Iterator[Piece]:
    """Yield every compressed stream in `data`, wherever it begins; one at the very beginning must open.

    `pixels`: `data` is a picture, of which what zlib packed says nothing.
    """
    view = memoryview(data)
    for kind, mark, make in _KINDS[: -len(_ZLIB)] if pixels else _KINDS:
        at = data.find(mark)
        while at >= 0:
            body, opens = _unfolded(make(), view[at:])
            if body:
                yield Piece(f"{name}!{kind} at {at}", body)
            if at == 0 and not opens and mark not in _ZLIB:  # Two bytes are no proof that it is one.
                yield Piece(name, b"", f"this {kind} cannot be opened")
            at = data.find(mark, at + 1)


def embedded(name: str, data: bytes, *, pixels: bool = False) -> Iterator[Piece]:
    """Yield what stands as base64 in a text and is itself a container, markup or JSON; also over several lines.

    `pixels`: `data` is a picture, which has no lines.
    """
    seen = set()
    for at, digits in _runs(data):
        seen.add(digits)
        if body := _decoded(digits):
            yield Piece(f"{name}!base64 at {at}", body)
    if pixels:
        return
    joined = data.replace(b"\\n", b"").replace(b"\\r", b"").translate(None, b"\r\n\\\0")
    for at, digits in _runs(joined):
        if digits not in seen and (body := _decoded(digits)):
            yield Piece(f"{name}!base64 at {at} of its joined lines", body)
    for at, digits in _begun(joined):
        if (body := _decoded(digits)) and _opens(body):
            yield Piece(f"{name}!base64 at {at} of its joined lines", body)


def _unfolded(stream: _Unfolds, data: memoryview) -> tuple[bytes, bool]:
    """Return what a stream unfolds to, of one that is too long a byte more than may be, and whether it opens.

    One that was cut off opens: there is no more of it to be searched.
    """
    parts: list[bytes] = []
    size = 0
    for at in range(0, len(data), _BITE):
        try:
            parts.append(stream.decompress(data[at : at + _BITE], LARGEST + 1 - size))
        except (zlib.error, lzma.LZMAError, OSError):
            return b"".join(parts), False
        size += len(parts[-1])
        if stream.eof or size > LARGEST:
            break
    return b"".join(parts), True


def _begun(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield what begins as a container does wherever it stands among base64 digits.

    In some megabytes of digits, such as a report's pictures, four of them do so by chance.
    """
    marks = text.translate(_DIGITS)
    for beginning in _BEGINNINGS:
        at = text.find(beginning)
        while at >= 0:
            end = marks.find(b"\0", at)
            yield at, text[at : end if end >= 0 else len(text)]
            at = text.find(beginning, at + 1)


def _runs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield every long run of base64 digits, and where it begins."""
    marks = data.translate(_DIGITS)
    at = marks.find(_RUN)
    while at >= 0:
        end = marks.find(b"\0", at)
        yield at, data[at : end if end >= 0 else len(data)]
        at = marks.find(_RUN, end) if end >= 0 else end


def _opens(body: bytes) -> bool:
    """Return whether what begins as a container is one."""
    for _, mark, make in _KINDS:
        if body.startswith(mark):
            return _unfolded(make(), memoryview(body))[1]
    return not body.startswith(b"PK") or zipfile.is_zipfile(io.BytesIO(body))


def _decoded(digits: bytes) -> bytes:
    """Return what base64 digits say, where that is a container, markup or JSON."""
    try:
        body = base64.b64decode(digits.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(digits) % 4))
    except binascii.Error:
        return b""
    return body if body.startswith(_MAGIC) else b""


_KINDS: tuple[tuple[str, bytes, Callable[[], _Unfolds]], ...] = (
    ("gzip", _GZIP, lambda: zlib.decompressobj(31)),
    ("bzip2", b"BZh", bz2.BZ2Decompressor),
    ("xz", _XZ, lzma.LZMADecompressor),
    *(("zlib", mark, zlib.decompressobj) for mark in _ZLIB),
)
