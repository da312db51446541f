"""RFC 3161 timestamps: an outside authority's word that the signature existed at a moment.

The request is written here (a few DER fields); whether the authority is to be believed is the business of `openssl ts
-verify`, for which the auditor brings the authority's root. Read here is of which bytes a token speaks, and when.
"""

from __future__ import annotations

import hashlib
import http.client
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
_TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")  # id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4
_GRANTED = (b"\x00", b"\x01")  # granted, granted with modifications
_SEQUENCE, _INTEGER, _OCTETS, _TIME = 0x30, 0x02, 0x04, 0x18
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
    status = _inside(_inside(reply, _SEQUENCE), _SEQUENCE)
    if _inside(status, _INTEGER) not in _GRANTED:
        raise NoTimestamp("the timestamp authority refused")
    where = reply.index(_TST_INFO) + len(_TST_INFO)
    content = _inside(_inside(reply[where:], 0xA0), _OCTETS)
    fields = _fields(_inside(content, _SEQUENCE))
    digest = _fields(fields[2][1])
    moment = next(value for tag, value in fields if tag == _TIME).decode("ascii")
    if not digest[0][1].startswith(_SHA256[:11]):  # the NULL may be left out
        raise NoTimestamp("the timestamp is over another kind of digest")
    at = datetime.strptime(moment[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return Token(digest[1][1], at)


def _fields(data: bytes) -> list[tuple[int, bytes]]:
    fields = []
    while data:
        tag, value, data = _next(data)
        fields.append((tag, value))
    return fields


def _inside(data: bytes, tag: int) -> bytes:
    found, value, _ = _next(data)
    if found != tag:
        raise ValueError(tag)
    return value


def _next(data: bytes) -> tuple[int, bytes, bytes]:
    """Return tag, value and what follows of the DER value at the beginning of `data`."""
    length, start = data[1], 2
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
