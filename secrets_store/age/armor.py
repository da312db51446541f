"""The text form of an age file (strict PEM, RFC 7468), understood when reading and never written."""

from __future__ import annotations

import base64
import binascii
import re

from secrets_store.age.errors import ArmorError

_BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
_END = b"-----END AGE ENCRYPTED FILE-----"
_COLUMNS = 64
_BODY_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_MEANT = re.compile(rb"-----[ ]?BEGIN ", re.IGNORECASE)
_WHITE_SPACE = b" \t\r\n"


def is_armored(data: bytes) -> bool:
    """Return whether `data` is meant to be the text form."""
    return not data.startswith(b"age-encryption.org/") and _MEANT.search(data) is not None


def remove_armor(data: bytes) -> bytes:
    """Return the file inside the text form; raise `ArmorError` unless it is the canonical text of that file.

    White space around the block is allowed, and lines end with LF or with CR LF, as the specification lets readers.
    """
    lines = data.strip(_WHITE_SPACE).split(b"\n")
    lines = [line.removesuffix(b"\r") for line in lines[:-1]] + lines[-1:]
    first, *body, last = lines if len(lines) > 1 else (b"", b"")
    if first != _BEGIN or last != _END:
        raise ArmorError("the text form does not begin or end as it must")
    if not all(_BODY_LINE.fullmatch(line) for line in body):
        raise ArmorError("the text form holds a line that is not base64")
    if any(len(line) != _COLUMNS for line in body[:-1]) or len(b"".join(body[-1:])) > _COLUMNS:
        raise ArmorError("the text form is not wrapped at 64 columns")
    text = b"".join(body)
    try:
        inside = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ArmorError("the text form is not base64") from None
    if base64.b64encode(inside) != text:
        raise ArmorError("the text form is not canonical base64")
    return inside
