"""Takes apart what may hide text: archives, compressed streams, pictures' extra chunks, PDF, embedded base64.

Yields the bytes themselves and everything within, each under a name that says the way in. What looks like a container
and cannot be opened raises `ScanError`: nobody could say what is in it.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import io
import lzma
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

from evidence import pdf
from evidence.error import EvidenceError, ScanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LARGEST = 1 << 30  # bytes that one file may unfold to
_DEEPEST = 6
_GZIP = b"\x1f\x8b\x08"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_CLOSED = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
    b"\x04\x22\x4d\x18": "lz4",
    b"age-encryption.org": "age",
}
_DIGITS = bytes(chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "+/_-") for byte in range(256))
_RUN = b"\1" * 64  # of base64 digits, as `_DIGITS` marks them
_MAGIC = (b"PK\x03\x04", _GZIP, b"BZh", b"\xfd7zXZ\x00", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"{", b"<", *_ZLIB)


def unpacked(name: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield (way in, bytes) for `data` and everything in it. Raises `ScanError`."""
    yield name, data
    if depth >= _DEEPEST:
        raise ScanError(f"{name}: it is packed too deeply to be searched")
    for inner, body in _inside(name, data):
        if len(body) > LARGEST:
            raise ScanError(f"{name}: it unfolds to more than can be searched")
        yield from unpacked(inner, body, depth + 1)


def _inside(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    closed = next((kind for magic, kind in _CLOSED.items() if data.startswith(magic)), "brotli" * name.endswith(".br"))
    if closed:
        raise ScanError(f"{name}: {closed} cannot be searched")
    yield from _opener(data)(name, data)
    if not is_film(data):
        yield from _gzips(name, data)
        yield from _embedded(name, data)


def _opener(data: bytes) -> Callable[[str, bytes], Iterator[tuple[str, bytes]]]:
    """Return what takes a file of this kind apart."""
    # Four bytes in the middle of a picture are no archive: one behind it, which a program can open, is.
    pictured = is_picture(data) or is_film(data)
    if b"PK\x05\x06" in data[-66_000:] and (_opens(data) if pictured else zipfile.is_zipfile(io.BytesIO(data))):
        return _zip
    if data[257:262] == b"ustar":
        return _tar
    return next((open_ for magic, open_ in _OPENERS.items() if data.startswith(magic)), _nothing)


def is_film(data: bytes) -> bool:
    """Return whether `data` is a video (MP4, WebM, Matroska): their compressed bytes hold no text to unpack."""
    return data[4:8] == b"ftyp" or data.startswith(b"\x1a\x45\xdf\xa3")


def is_picture(data: bytes) -> bool:
    """Return whether `data` is a PNG or a JPEG."""
    return data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))


def _opened(name: str, kind: str, open_: Callable[[], bytes]) -> bytes:
    try:
        return open_()
    except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, lzma.LZMAError, zlib.error):
        pass
    except (zipfile.BadZipFile, tarfile.TarError):
        pass
    raise ScanError(f"{name}: this {kind} cannot be opened")


def _opens(data: bytes) -> bool:
    try:
        return bool(zipfile.ZipFile(io.BytesIO(data)).infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _zip(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        archive = None
    if archive is None:
        raise ScanError(f"{name}: this zip cannot be opened")
    names = [part for member in archive.infolist() for part in (member.filename.encode(), member.comment, member.extra)]
    yield f"{name}!names and comments", b"\n".join([archive.comment, *names])
    for member in archive.infolist():
        if member.file_size > LARGEST:
            raise ScanError(f"{name}: it unfolds to more than can be searched")
        yield f"{name}!{member.filename}", _opened(name, "zip", lambda member=member: archive.read(member))  # type: ignore[misc]


def _tar(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    def members() -> bytes:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            found.extend((one.name, file.read()) for one in archive if (file := archive.extractfile(one)))
        return b""

    found: list[tuple[str, bytes]] = []
    _opened(name, "tar", members)
    for member, body in found:
        yield f"{name}!{member}", body


def _png(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the text chunks of a PNG and what stands after its end."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind in {b"zTXt", b"iTXt"}:
            packed = max((body.find(mark) for mark in _ZLIB), default=-1)
            unfolded = _inflated(body[packed:], 15) if packed >= 0 else None
            yield f"{name}!{kind.decode()}", body if unfolded is None else unfolded
        elif kind == b"IEND":
            break
    if data[at:]:
        yield f"{name}!after the picture", data[at:]


def _pdf(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        streams = pdf.streams(data)
    except EvidenceError:
        streams = None
    if streams is None:
        raise ScanError(f"{name}: this PDF cannot be read")
    for number, body in enumerate(streams, start=1):
        yield f"{name}!stream {number}", body
    yield f"{name}!text", "\n".join(pdf.texts(streams)).encode("utf-8", "replace")


def _gzips(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield every gzip stream, wherever it begins; one at the very beginning must open."""
    at = data.find(_GZIP)
    while at >= 0:
        body = _inflated(data[at:], 31)
        if body is None and at == 0:
            raise ScanError(f"{name}: this gzip cannot be opened")
        if body is not None:
            yield f"{name}!gzip at {at}", body
        at = data.find(_GZIP, at + 1)


def _embedded(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what stands as base64 in a text and is itself a container, markup or JSON."""
    for at, digits in _runs(data):
        try:
            body = base64.b64decode(digits.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(digits) % 4))
        except binascii.Error:
            continue
        if body.startswith(_MAGIC):
            yield f"{name}!base64 at {at}", body


def _runs(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield every long run of base64 digits, and where it begins."""
    marks = data.translate(_DIGITS)
    at = marks.find(_RUN)
    while at >= 0:
        end = marks.find(b"\0", at)
        yield at, data[at : end if end >= 0 else len(data)]
        at = marks.find(_RUN, end) if end >= 0 else end


def _bz2(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield f"{name}!bz2", _opened(name, "bzip2", lambda: bz2.decompress(data))


def _xz(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield f"{name}!xz", _opened(name, "xz", lambda: lzma.decompress(data))


def _zlib(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    if (body := _inflated(data, 15)) is not None:  # Two bytes are no proof that it is one.
        yield f"{name}!zlib", body


def _nothing(_name: str, _data: bytes) -> Iterator[tuple[str, bytes]]:
    yield from ()


def _inflated(data: bytes, bits: int) -> bytes | None:
    stream = zlib.decompressobj(bits)
    try:
        return stream.decompress(data, LARGEST)
    except zlib.error:
        return None


_OPENERS = {
    b"PK\x03\x04": _zip,
    b"\x89PNG\r\n\x1a\n": _png,
    b"%PDF-": _pdf,
    b"BZh": _bz2,
    b"\xfd7zXZ\x00": _xz,
    **dict.fromkeys(_ZLIB, _zlib),
}
