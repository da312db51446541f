"""The text of a PDF as far as a search needs it: every stream unpacked, and glyph numbers mapped back to letters.

Browsers write text as glyph numbers; each font's ToUnicode map (ISO 32000-1, 9.10.3) says which letters they are. All
strings are read by all maps of the document, which is more than a viewer does and enough to find a value.
"""

from __future__ import annotations

import re
import zlib

from evidence.error import EvidenceError

_STREAM = re.compile(rb"<<(?P<head>(?:[^<>]|<<[^<>]*>>|<[^<>]*>)*)>>\s*stream\r?\n", re.DOTALL)
_LENGTH = re.compile(rb"/Length\s+(\d+)(?!\s+\d+\s+R)")
_CHAR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[([^\]]*)\])")
_STRING = re.compile(rb"<([0-9A-Fa-f\s]+)>|\(((?:[^()\\]|\\.)*)\)", re.DOTALL)
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf(?:char|range)", re.DOTALL)
_WIDEST = 0xFFFF


def streams(data: bytes) -> list[bytes]:
    """Return every stream of the document, unpacked. Raises `EvidenceError` when one is encrypted or cannot be."""
    if b"/Encrypt" in data:
        raise EvidenceError("the PDF is encrypted")
    found = []
    for match in _STREAM.finditer(data):
        length = _LENGTH.search(match["head"])
        end = match.end() + int(length[1]) if length else data.find(b"endstream", match.end())
        body = data[match.end() : end]
        found.append(_inflated(body) if b"/FlateDecode" in match["head"] else body)
    return found


def texts(bodies: list[bytes]) -> list[str]:
    """Return what the streams say, once by each of the document's character maps."""
    maps = [mapping for body in bodies if b"begincmap" in body and (mapping := _map(body))]
    said = []
    for body in bodies:
        if not any(mark in body for mark in (b"Tj", b"TJ")):
            continue
        strings = [_codes(match) for match in _STRING.finditer(body)]
        said += ["".join(_read(codes, mapping) for codes in strings) for mapping in maps]
        said.append("".join(codes.decode("latin-1") for codes in strings))
    return said


def _inflated(body: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(body)
    except zlib.error:
        pass
    raise EvidenceError("a stream of the PDF cannot be unpacked")


def _map(body: bytes) -> dict[int, str]:
    mapping = {}
    for kind, block in _BLOCK.findall(body):
        if kind == b"bfchar":
            for code, letters in _CHAR.findall(block):
                mapping[int(code, 16)] = _letters(letters)
            continue
        for low, high, first, several in _RANGE.findall(block):
            begin, count = int(low, 16), min(int(high, 16) - int(low, 16) + 1, _WIDEST)
            each = re.findall(rb"<([0-9A-Fa-f]+)>", several)
            for offset in range(count):
                if each:
                    mapping[begin + offset] = _letters(each[offset]) if offset < len(each) else ""
                else:
                    mapping[begin + offset] = chr((int(first, 16) + offset) & _WIDEST)
    return mapping


def _letters(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _codes(match: re.Match[bytes]) -> bytes:
    if match[1] is not None:
        digits = re.sub(rb"\s", b"", match[1]).decode()
        return bytes.fromhex(digits + "0" * (len(digits) % 2))
    return re.sub(rb"\\(.)", rb"\1", match[2], flags=re.DOTALL)


def _read(codes: bytes, mapping: dict[int, str]) -> str:
    pairs = (int.from_bytes(codes[at : at + 2], "big") for at in range(0, len(codes), 2))
    return "".join(mapping.get(code, "") for code in pairs)
