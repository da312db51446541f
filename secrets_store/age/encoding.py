"""The two text encodings of age: base64 without padding, and Bech32 without its length limit (BIP 173)."""

from __future__ import annotations

import base64
import binascii
import re

from secrets_store.age.errors import AgeError, HeaderError

_BASE64 = re.compile(rb"[A-Za-z0-9+/]*")
_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6  # characters
_PRINTABLE = range(33, 127)  # what BIP 173 allows in a prefix


def to_base64(data: bytes) -> bytes:
    """Return `data` in standard base64 without padding."""
    return base64.b64encode(data).rstrip(b"=")


def from_base64(text: bytes) -> bytes:
    """Return what unpadded `text` encodes; raise `HeaderError` unless it is the only encoding of that."""
    if not _BASE64.fullmatch(text):
        raise HeaderError("a field is not base64")
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise HeaderError("a field is not base64") from None
    if to_base64(data) != text:
        raise HeaderError("a field is not canonical base64")
    return data


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for position, generator in enumerate(_GENERATORS):
            if top >> position & 1:
                check ^= generator
    return check


def _expanded(prefix: str) -> list[int]:
    return [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]


def _regroup(values: bytes | list[int], width: int, new_width: int, *, pad: bool) -> list[int]:
    """Turn numbers of `width` bits into numbers of `new_width` bits; without `pad`, left-over bits must be zero."""
    held, bits, out = 0, 0, []
    for value in values:
        held = held << width | value
        bits += width
        while bits >= new_width:
            bits -= new_width
            out.append(held >> bits)
            held &= (1 << bits) - 1
    if pad and bits:
        out.append(held << (new_width - bits))
    elif not pad and (bits >= width or held):
        raise AgeError("the key's text does not end on a byte")
    return out


def to_bech32(prefix: str, data: bytes) -> str:
    """Return `data` in lower-case Bech32 with the human-readable `prefix` (lower case)."""
    values = _regroup(data, 8, 5, pad=True)
    remainder = _polymod(_expanded(prefix) + values + [0] * _CHECKSUM) ^ 1
    check = [remainder >> 5 * (_CHECKSUM - 1 - place) & 31 for place in range(_CHECKSUM)]
    return prefix + "1" + "".join(_CHARSET[value] for value in values + check)


def from_bech32(prefix: str, text: str) -> bytes:
    """Return what Bech32 `text` with the lower-case `prefix` encodes.

    Raises `AgeError` for another prefix, mixed case, a wrong checksum or a wrong end. `text` may be a private key
    and is never repeated in a message.
    """
    if text not in {text.lower(), text.upper()}:
        raise AgeError("the key's text mixes upper and lower case")
    found, one, rest = text.lower().rpartition("1")
    if not one or found != prefix or any(ord(char) not in _PRINTABLE for char in found):
        raise AgeError(f'the key\'s text does not begin with "{prefix}1"')
    if len(rest) < _CHECKSUM or any(char not in _CHARSET for char in rest):
        raise AgeError("the key's text holds characters that no key has")
    values = [_CHARSET.index(char) for char in rest]
    if _polymod(_expanded(found) + values) != 1:
        raise AgeError("the key's text has a wrong checksum: it was mistyped or cut")
    return bytes(_regroup(values[:-_CHECKSUM], 5, 8, pad=False))
