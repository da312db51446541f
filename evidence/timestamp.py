"""RFC 3161 timestamps: an outside authority's word that the signature existed at a moment.

The request is written here (a few DER fields); whether the authority is to be believed is the business of `openssl ts
-verify`, for which the auditor brings the authority's root. Read here is of which bytes a token speaks, and when.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import shutil
import ssl
import subprocess
import tempfile
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evidence.error import NotServed

_SHA256 = bytes.fromhex("06096086480165030402010500")  # OBJECT IDENTIFIER 2.16.840.1.101.3.4.2.1, NULL
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # id-signedData, 1.2.840.113549.1.7.2
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")  # id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4
_GRANTED = (b"\x00", b"\x01")  # granted, granted with modifications
_SEQUENCE, _SET, _INTEGER, _OCTETS, _OBJECT, _TIME, _EXPLICIT = 0x30, 0x31, 0x02, 0x04, 0x06, 0x18, 0xA0
_INDEFINITE = 0x80  # the length of a value that ends somewhere: no DER
_PATIENCE = 20.0  # seconds
_LONGEST = 1 << 20  # bytes; a token has a few thousand


class NoTimestamp(NotServed):
    """The authority gave no usable token. The package is signed all the same."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: the SHA-256 it speaks of, and when, in UTC."""

    imprint: bytes
    at: datetime


def request(data: bytes, url: str) -> bytes:
    """Ask the authority at `url` for a timestamp over `data` and return its whole answer in DER."""
    if not url.startswith(("https://", "http://")):
        raise NoTimestamp("the timestamp authority's address is not http or https")
    kind = {"Content-Type": "application/timestamp-query"}
    try:
        query = urllib.request.Request(url, data=query_for(data), headers=kind)  # noqa: S310  # the scheme was checked
        with urllib.request.urlopen(query, timeout=_PATIENCE) as answer:  # noqa: S310  # as above
            reply: bytes = answer.read(_LONGEST)
    except (OSError, http.client.HTTPException, ValueError):  # Nobody there, somebody else, or no such address.
        reply = b""
    if not reply:
        raise NoTimestamp("the timestamp authority did not answer", hint="`keyturn evidence stamp` asks again")
    if read(reply).imprint != imprint(data):
        raise NoTimestamp("the timestamp authority answered for something else")
    return reply


def named(url: str) -> str:
    """Return the authority at `url` as a recording names it: without what only its customer knows."""
    _, _, rest = url.partition("://")
    return re.split("[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]


def imprint(data: bytes) -> bytes:
    """Return what a token over `data` speaks of: its SHA-256."""
    return hashlib.sha256(data).digest()


def query_for(data: bytes) -> bytes:
    """Return the TimeStampReq for `data`: version 1, SHA-256, certificate wanted."""
    spoken_of = _der(_SEQUENCE, _der(_SEQUENCE, _SHA256) + _der(_OCTETS, imprint(data)))
    return _der(_SEQUENCE, _der(_INTEGER, b"\x01") + spoken_of + b"\x01\x01\xff")


def read(reply: bytes) -> Token:
    """Return what the token in an authority's answer says. Raises `NoTimestamp` when it is none."""
    try:
        return _read(reply)
    except (IndexError, ValueError):
        pass
    raise NoTimestamp("the timestamp is malformed")


def trusted(data: bytes, token: Path, root: Path | None) -> bool | None:
    """Return whether openssl believes the token for `data` by `root`, or else the system's roots.

    None where there is no openssl.
    """
    openssl = shutil.which("openssl")
    anchor = str(root) if root else ssl.get_default_verify_paths().cafile
    if not openssl or not anchor:
        return None
    with tempfile.TemporaryDirectory(prefix="keyturn-") as folder:
        copy = Path(folder, "data")
        copy.write_bytes(data)
        at = str(int(read(token.read_bytes()).at.timestamp()))  # a token outlives its authority's certificate
        command = [openssl, "ts", "-verify", "-data", str(copy), "-in", str(token), "-CAfile", anchor, "-attime", at]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603  # our own words


def _read(reply: bytes) -> Token:
    """Return what the token says that openssl looks at: each part in its place, nothing searched for.

    Only what is inside the signed content is the authority's word; what stands around it anybody may have written.
    """
    answer = _one(reply, _SEQUENCE)
    if _one(_one(answer, _SEQUENCE), _INTEGER) not in _GRANTED:
        raise NoTimestamp("the timestamp authority refused")
    _, token = _parts(answer, _SEQUENCE, _SEQUENCE)
    signed = _one(_content(token, _SIGNED_DATA), _SEQUENCE)
    _, _, encapsulated = _parts(signed, _INTEGER, _SET, _SEQUENCE)
    said = _one(_one(_content(encapsulated, _TST_INFO), _OCTETS), _SEQUENCE)
    _, _, spoken_of, _, moment = _parts(said, _INTEGER, _OBJECT, _SEQUENCE, _INTEGER, _TIME)
    kind, imprinted = _parts(spoken_of, _SEQUENCE, _OCTETS)
    if not kind.startswith(_SHA256[:11]):  # the NULL may be left out
        raise NoTimestamp("the timestamp is over another kind of digest")
    at = datetime.strptime(moment[:14].decode("ascii"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return Token(imprinted, at)


def _content(info: bytes, kind: bytes) -> bytes:
    """Return the content of a ContentInfo that is of this kind. Raises `ValueError`."""
    said, content = _parts(info, _OBJECT, _EXPLICIT)
    if said != kind:
        raise ValueError(said)
    return content


def _one(data: bytes, tag: int) -> bytes:
    return _parts(data, tag)[0]


def _parts(data: bytes, *tags: int) -> list[bytes]:
    """Return the first values in `data`, which have these tags in this order. Raises `ValueError` or `IndexError`."""
    values = []
    for tag in tags:
        found, value, data = _next(data)
        if found != tag:
            raise ValueError(found)
        values.append(value)
    return values


def _next(data: bytes) -> tuple[int, bytes, bytes]:
    """Return tag, value and what follows of the DER value at the beginning of `data`."""
    length, start = data[1], 2
    if length == _INDEFINITE:
        raise ValueError(length)
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    if len(data) < start + length:
        raise ValueError(length)
    return data[0], data[start : start + length], data[start + length :]


def _der(tag: int, value: bytes) -> bytes:
    if len(value) > 0x7F:  # noqa: PLR2004  # the short form of a length ends here, and nothing written here is longer
        raise ValueError(len(value))
    return bytes([tag, len(value)]) + value
