"""Every form in which a value was ever planted is found, and nothing is found where nothing is."""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import html
import io
import json
import lzma
import os
import random
import urllib.parse
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import LeakGate
from tests.evidence.packers import tarred, zipped

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE = "q7R8Q~pX.Zk-4vT_c1Mn~Wb0LsGyH2dJuEaVfIoK"
RAW = VALUE.encode()


def _commented_zip(comment: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("inner.txt", b"harmless")
        archive.comment = comment
    return file.getvalue()


def _png(kind: bytes, body: bytes, after: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = chunk(b"IHDR", bytes.fromhex("00000001000000010802000000"))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(kind, body) + pixels + chunk(b"IEND", b"") + after


def _entities(how: str) -> str:
    return "".join(how.format(ord(letter)) for letter in VALUE)


_NOISE = random.Random(7).randbytes(2000).hex().encode()  # noqa: S311  # the same each time, and packed, not stored

FORMS: dict[str, bytes] = {
    "plain": RAW,
    "half of it": RAW[5:17],
    "lower case": VALUE.lower().encode(),
    "URL-encoded": urllib.parse.quote(VALUE, safe="").replace("~", "%7E").encode(),
    "URL-encoded twice": urllib.parse.quote(urllib.parse.quote(VALUE).replace("~", "%7E")).encode(),
    "every byte percent-encoded": "".join(f"%{byte:02x}" for byte in RAW).encode(),
    "tilde as an escape": VALUE.replace("~", "\\u007e").encode(),
    "tilde as an entity": VALUE.replace("~", "&#126;").encode(),
    "JSON escapes": "".join(f"\\u{ord(letter):04X}" for letter in VALUE).encode(),
    "JSON escapes in JSON": json.dumps("".join(f"\\u{ord(letter):04x}" for letter in VALUE)).encode(),
    "JavaScript escapes": "".join(f"\\x{ord(letter):02x}" for letter in VALUE).encode(),
    "decimal entities": _entities("&#{};").encode(),
    "hexadecimal entities": _entities("&#x{:x};").encode(),
    "padded entities": _entities("&#{:05d};").encode(),
    "quoted-printable": "".join(f"={byte:02X}" for byte in RAW).encode(),
    "soft-wrapped": b"=\r\n".join(RAW[at : at + 6] for at in range(0, len(RAW), 6)).replace(b"~", b"=7E"),
    "base64": base64.b64encode(RAW),
    "base64 after one byte": base64.b64encode(b"x" + RAW),
    "base64 after two bytes": base64.b64encode(b"xy" + RAW + b"z"),
    "base64 for addresses": base64.urlsafe_b64encode(b"user:" + RAW),
    "base64 of UTF-16": base64.b64encode(VALUE.encode("utf-16-le")),
    "base64 twice": base64.b64encode(base64.b64encode(RAW)),
    "base64 wrapped": base64.encodebytes(b"x" * 50 + RAW),
    "base32": base64.b32encode(RAW),
    "base32 within": base64.b32encode(b"ab" + RAW),
    "hexadecimal": RAW.hex().encode(),
    "hexadecimal, capitals": RAW.hex(" ").upper().encode(),
    "hexadecimal with colons": RAW.hex(":").encode(),
    "hexadecimal list": ", ".join(f"0x{byte:02x}" for byte in RAW).encode(),
    "hexadecimal escapes": "".join(f"\\x{byte:02x}" for byte in RAW).encode(),
    "UTF-16": VALUE.encode("utf-16-le"),
    "UTF-16, big end first": VALUE.encode("utf-16-be"),
    "UTF-32": VALUE.encode("utf-32-le"),
    "part of it in UTF-16": VALUE[9:20].encode("utf-16-le"),
    "reversed": RAW[::-1],
    "rot13": codecs.encode(VALUE, "rot13").encode(),
    "decimal bytes": json.dumps(list(RAW)).encode(),
    "spaced": " ".join(VALUE).encode(),
    "one span for each letter": "".join(f'<span class="c">{letter}</span>' for letter in VALUE).encode(),
    "list of letters": json.dumps(list(VALUE)).encode(),
    "joined by plus signs": " + ".join(f'"{VALUE[at : at + 4]}"' for at in range(0, 40, 4)).encode(),
    "wrapped lines": "\n".join(VALUE[at : at + 5] for at in range(0, 40, 5)).encode(),
    "zero-width spaces": "\u200b".join(VALUE).encode(),
    "escaped within markup": "".join(f"<i>{html.escape(letter)}</i>&#8203;" for letter in VALUE).encode(),
    "zip": zipped(RAW),
    "zip in zip": zipped(zipped(RAW)),
    "zip comment": _commented_zip(RAW),
    "zip after other bytes": b"\0" * 100 + zipped(RAW),
    "gzip": gzip.compress(RAW),
    "gzip within": os.urandom(64) + gzip.compress(RAW) + os.urandom(64),
    "bzip2": bz2.compress(RAW),
    "xz": lzma.compress(RAW),
    "zlib": zlib.compress(RAW),
    "tar": tarred(RAW),
    "tar.gz": gzip.compress(tarred(RAW)),
    "PNG text": _png(b"tEXt", b"Comment\0" + RAW),
    "PNG packed text": _png(b"zTXt", b"Comment\0\0" + zlib.compress(RAW)),
    "after the PNG's end": _png(b"tEXt", b"a\0b", after=RAW),
    "packed after the PNG's end": _png(b"tEXt", b"a\0b", after=gzip.compress(RAW)),
    "base64 of a gzip": b'{"body":"' + base64.b64encode(gzip.compress(RAW * 3)) + b'"}',
    "base64 of a zip": base64.b64encode(zipped(RAW)),
    "base64 of a gzip, wrapped": base64.encodebytes(gzip.compress(_NOISE + RAW + _NOISE)),
    "base64 of a gzip below a headline": b"-----BEGIN IT-----\n" + base64.encodebytes(gzip.compress(_NOISE + RAW)),
    "base64 of a gzip, wrapped in JSON": json.dumps(base64.encodebytes(gzip.compress(_NOISE + RAW)).decode()).encode(),
    "base64 of a gzip with escaped slashes": base64.b64encode(gzip.compress(_NOISE + RAW)).replace(b"/", b"\\/"),
    "base64 of a gzip in UTF-16": base64.b64encode(gzip.compress(RAW * 3)).decode().encode("utf-16-le"),
    "base64 of a zlib stream, wrapped": base64.encodebytes(zlib.compress(_NOISE + RAW)),
    "base64 in UTF-16": base64.b64encode(RAW).decode().encode("utf-16-le"),
    "hexadecimal in UTF-16": RAW.hex(":").encode("utf-16-le"),
    "hexadecimal, a byte a line": "\n".join(f"{byte:02x}" for byte in RAW).encode(),
    "hexadecimal list, a byte a line": ",\n  ".join(f"0x{byte:02x}" for byte in RAW).encode(),
    "decimal bytes, one a line": json.dumps(list(RAW), indent=4).encode(),
    "long tags": "".join(f'<i style="{"a" * 500}">{letter}</i>' for letter in VALUE).encode(),
    "list of letters between what is no tag": f"if (a < b) x = {json.dumps(list(VALUE))}; c > d".encode(),
    "zlib within": b"head" + zlib.compress(_NOISE + RAW) + b"tail",
    "bzip2 within": b"head" + bz2.compress(RAW) + b"tail",
    "xz within": b"head" + lzma.compress(RAW) + b"tail",
    "zlib, torn": zlib.compress(_NOISE + RAW + _NOISE[::-1] * 9)[:-4] + bytes(4),
    "PNG profile of colours": _png(b"iCCP", b"name\0\0" + zlib.compress(_NOISE + RAW)),
    "PNG international text": _png(b"iTXt", b"key\0\1\0en\0key\0" + zlib.compress(_NOISE + RAW)),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_value_is_found(form: str) -> None:
    gate = LeakGate([RAW], optical=False)
    found = gate.in_bytes(b'[{"at":1} ' + FORMS[form] if not form.startswith(_WHOLE) else FORMS[form])
    assert any(not finding.unsearched for finding in found)


_WHOLE = ("zip", "gzip", "bzip2", "xz", "zlib", "tar", "PNG", "after the", "packed after")  # files, not pieces of text


def test_packed_text_of_a_picture_is_found_whatever_its_bytes_look_like() -> None:
    gate, noise = LeakGate([RAW], optical=False), random.Random(9)  # noqa: S311  # noise that is the same each time
    for _ in range(40):
        packed = zlib.compress(noise.randbytes(2000).hex().encode() + RAW)
        assert RAW[:9] not in packed
        assert gate.in_bytes(_png(b"zTXt", b"Comment\0\0" + packed))


@pytest.mark.parametrize("start", range(len(RAW) - 7))
def test_every_run_of_eight_characters_is_found(start: int) -> None:
    gate = LeakGate([RAW], optical=False)
    run = RAW[start : start + 8]
    for piece in (run, run[::-1], run.hex().encode(), run.decode().encode("utf-16-le")):
        assert gate.in_bytes(b"\x01\x02" + piece + b"\x03\x04")


def test_nothing_is_found_in_ten_megabytes_of_noise() -> None:
    noise = random.Random(5)  # noqa: S311  # noise that is the same each time
    text = "".join(
        noise.choices('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ./-_~{}":,', k=2_000_000)
    )
    gate = LeakGate([RAW], optical=False)
    assert gate.in_bytes(text.encode()) == []
    assert gate.in_bytes(noise.randbytes(4_000_000)) == []
    assert gate.in_bytes(base64.b64encode(noise.randbytes(3_000_000))) == []


@pytest.mark.parametrize("beginning", [b"Qlpo", b"H4sI", b"UEsDB"])
def test_what_begins_like_a_container_by_chance_is_none(beginning: bytes) -> None:
    digits = base64.b64encode(random.Random(3).randbytes(3_000))  # noqa: S311  # the same
    gate = LeakGate([RAW], optical=False)
    assert gate.in_bytes(digits[:1_000] + beginning + digits[1_000:]) == []


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=10, max_size=60))
def test_any_value_is_found_in_any_of_the_simple_forms(value: str) -> None:
    gate = LeakGate([value.encode()], optical=False)
    forms: list[Callable[[bytes], bytes]] = [
        bytes,
        base64.b64encode,
        lambda data: data.hex().encode(),
        lambda data: data[::-1],
    ]
    for form in forms:
        assert gate.in_bytes(form(value.encode()))


def test_a_short_value_is_looked_for_whole() -> None:
    gate = LeakGate([b"s3cr3t"], optical=False)
    assert gate.in_bytes(b"the word is s3cr3t")
    assert gate.in_bytes(b"the word is s3cr") == []


def test_no_value_is_no_finding() -> None:
    assert LeakGate([b""], optical=False).in_bytes(b"anything") == []
