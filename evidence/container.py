"""Takes apart what may hide text: archives, compressed streams, pictures' extra chunks, PDF, embedded base64.

Yields the bytes themselves and everything within, each under a name that says the way in. What looks like a container
and cannot be opened is told as closed: nobody could say what is in it.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import unicodedata
import zipfile
import zlib
from typing import TYPE_CHECKING

from evidence import pdf
from evidence.error import EvidenceError
from evidence.piece import LARGEST, Piece
from evidence.stream import embedded, streams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEEPEST = 6
_CLOSED = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
    b"\x04\x22\x4d\x18": "lz4",
    b"age-encryption.org": "age",
}
_BROKEN = (  # what the libraries raise at a container that is none, or torn
    *(OSError, EOFError, ValueError, RuntimeError, LookupError, lzma.LZMAError, zlib.error),
    *(zipfile.BadZipFile, tarfile.TarError, EvidenceError),
)


def unpacked(name: str, data: bytes, depth: int = 0) -> Iterator[Piece]:
    """Yield `data` and everything in it."""
    yield Piece(name, data)
    if depth >= _DEEPEST:
        yield Piece(name, b"", "it is packed too deeply to be searched")
        return
    for piece in _inside(name, data):
        if piece.closed:
            yield piece
        elif len(piece.body) > LARGEST:
            yield _too_much(name)
        else:
            yield from unpacked(piece.way, piece.body, depth + 1)


def _inside(name: str, data: bytes) -> Iterator[Piece]:
    closed = next((kind for magic, kind in _CLOSED.items() if data.startswith(magic)), "brotli" * name.endswith(".br"))
    if closed:
        yield Piece(name, b"", f"{closed} cannot be searched")
        return
    yield from _opener(data)(name, data)
    if not is_film(data):
        pixels = is_picture(data)
        yield from streams(name, data, pixels=pixels)
        yield from embedded(name, data, pixels=pixels)


def _opener(data: bytes) -> Callable[[str, bytes], Iterator[Piece]]:
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


def _opens(data: bytes) -> bool:
    try:
        return bool(zipfile.ZipFile(io.BytesIO(data)).infolist())
    except _BROKEN:
        return False


def _zip(name: str, data: bytes) -> Iterator[Piece]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        yield _shut(name, "zip")
        return
    names = [part for member in archive.infolist() for part in (member.filename.encode(), member.comment, member.extra)]
    yield Piece(f"{name}!names and comments", b"\n".join([archive.comment, *names]))
    for member in archive.infolist():
        if member.file_size > LARGEST:
            yield _too_much(name)
            continue
        try:
            yield Piece(f"{name}!{member.filename}", archive.read(member))
        except _BROKEN:
            yield _shut(name, "zip")


def _tar(name: str, data: bytes) -> Iterator[Piece]:
    """Yield the files of an archive; where its links lead stands in its own bytes."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for one in archive:
                if one.size > LARGEST:
                    yield _too_much(name)
                elif one.isreg() and (file := archive.extractfile(one)):
                    yield Piece(f"{name}!{one.name}", file.read())
    except _BROKEN:
        yield _shut(name, "tar")


def _png(name: str, data: bytes) -> Iterator[Piece]:
    """Yield the chunks of a PNG that are no pixels, and what stands after its end."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IEND":
            break
        if kind != b"IDAT":
            yield Piece(f"{name}!{kind.decode('ascii', 'replace')}", body)
    if data[at:]:
        yield Piece(f"{name}!after the picture", data[at:])


def _pdf(name: str, data: bytes) -> Iterator[Piece]:
    try:
        bodies = pdf.streams(data)
        said = unicodedata.normalize("NFKC", "\n".join(pdf.texts(bodies)))  # “fi” is one letter in many fonts
    except _BROKEN:
        yield _shut(name, "PDF")
        return
    for number, body in enumerate(bodies, start=1):
        yield Piece(f"{name}!stream {number}", body)
    yield Piece(f"{name}!text", said.encode("utf-8", "replace"))


def _nothing(_name: str, _data: bytes) -> Iterator[Piece]:
    yield from ()


def _shut(name: str, kind: str) -> Piece:
    return Piece(name, b"", f"this {kind} cannot be opened")


def _too_much(name: str) -> Piece:
    return Piece(name, b"", "it unfolds to more than can be searched")


_OPENERS = {b"PK\x03\x04": _zip, b"\x89PNG\r\n\x1a\n": _png, b"%PDF-": _pdf}
