"""The forms in which a value may lie in a file: what the leak gate looks for, and how text is laid bare for it.

Besides the whole value in every encoding, each run of eight of its characters is looked for, because a value is often
cut, wrapped or split. Most forms are compared without regard to case; base64 cannot be.
"""

from __future__ import annotations

import base64
import codecs
import html
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

WINDOW = 8  # characters of the value that must not be found in a row
_BASE64_WINDOW = 12  # base64 digits, nine bytes
_SEPARATORS = ("", " ", ":", "-", ",", ", ", "_", "\\x", " 0x", ", 0x", ",0x", "%", "=")
_TAG = re.compile(rb"<[^>]{0,400}>|<[^<>]{0,9000}>")
_NOISE = b" \t\n\r\f\v\0\"'`+,;|\\[](){}"
_UNSEEN = re.compile(rb"\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xef\xbb\xbf|\xc2\xad")
_WRAP = re.compile(rb"=\r?\n")  # of quoted-printable
_ESCAPE = re.compile(rb"\\(?:u00|x)([0-9a-fA-F]{2})|\\u\{([0-9a-fA-F]{2})\}|=([0-9A-F]{2})")


@dataclass(frozen=True, slots=True)
class Needle:
    """One form of one value. `folded`: `text` is in lower case and so must be what is searched."""

    how: str
    text: bytes
    folded: bool = True


def needles(value: bytes, words: bytes = b"") -> list[Needle]:
    """Return every form of `value` to look for, none twice, without those that stand in `words` anyway.

    A value of under eight bytes is only looked for whole.
    """
    known = words.lower()
    found: dict[tuple[bytes, bool], Needle] = {}
    for how, text in [*_whole(value), *_windows(value)]:
        folded = not how.startswith("base64")
        form = text.lower() if folded else text
        if len(form) >= min(WINDOW, len(value)) and form.lower() not in known:
            found.setdefault((form, folded), Needle(how, form, folded))
    return list(found.values())


def laid_bare(data: bytes) -> list[bytes]:
    """Return `data`, in lower case, as it reads without white space, quotes, escapes, zero-width marks and markup.

    Once with its markup left in: what looks like a long tag may be none.
    """
    decoded = html.unescape(_WRAP.sub(b"", data).decode("latin-1")).encode("utf-8", "replace")
    decoded = unquote_to_bytes(
        _ESCAPE.sub(lambda match: bytes.fromhex((match[1] or match[2] or match[3]).decode()), decoded)
    )
    return [_bare(body) for body in dict.fromkeys((_TAG.sub(b"", data), _TAG.sub(b"", decoded), data))]


def _bare(text: bytes) -> bytes:
    return _UNSEEN.sub(b"", text.translate(None, _NOISE)).lower()


def bare_needles(value: bytes, words: bytes = b"") -> list[Needle]:
    """Return the forms of `value` to look for in what `laid_bare` returns, without those in `words` anyway."""
    known = b"\n".join(laid_bare(words))
    bare = _bare(_TAG.sub(b"", value))
    runs = [bare[at : at + WINDOW] for at in range(max(1, len(bare) - WINDOW + 1))]
    found = dict.fromkeys(runs, "split by markup or escapes")
    for run in (value[at : at + WINDOW] for at in range(max(1, len(value) - WINDOW + 1))):
        found |= {mark.join(f"{byte:02x}" for byte in run).encode(): "hexadecimal, split" for mark in ("", "0x")}
        found["".join(map(str, run)).encode()] = "decimal bytes, split"
    return [Needle(how, text) for text, how in found.items() if text not in known]


def unwritten(value: bytes, words: bytes) -> list[str]:
    """Return the parts of `value`, of eight characters and more, that do not stand in `words` anyway."""
    runs = range(max(1, len(value) - WINDOW + 1))
    known = {
        place for at in runs if value[at : at + WINDOW].lower() in words.lower() for place in range(at, at + WINDOW)
    }
    left = bytes(0 if place in known else one for place, one in enumerate(value))
    return [part.decode("utf-8", "replace") for part in left.split(b"\0") if len(part) >= min(WINDOW, len(value))]


def _whole(value: bytes) -> list[tuple[str, bytes]]:
    text = value.decode("utf-8", "replace")
    once = quote(text, safe="")
    tilde = once.replace("~", "%7E")
    forms = [
        ("plain", value),
        ("URL-encoded", once.encode()),
        ("URL-encoded", tilde.encode()),
        ("URL-encoded twice", quote(tilde, safe="").encode()),
        ("reversed", value[::-1]),
        ("rot13", codecs.encode(text, "rot13").encode()),
        ("spaced", " ".join(text).encode()),
        ("JSON-escaped", "".join(f"\\u{ord(one):04x}" for one in text).encode()),
        ("JSON-escaped twice", "".join(f"\\\\u{ord(one):04x}" for one in text).encode()),
        ("CSS-escaped", "".join(f"\\{ord(one):06x}" for one in text).encode()),
        ("HTML entities", "".join(f"&#{ord(one)};" for one in text).encode()),
        ("HTML entities", "".join(f"&#x{ord(one):x};" for one in text).encode()),
    ]
    tildes = ("\\u007e", "\\x7e", "\\\\u007e", "&#126;", "&#x7e;", "=7e", "&tilde;")
    forms += [("escaped", text.replace("~", mark).encode()) for mark in tildes]
    forms += [("hexadecimal", mark.join(f"{byte:02x}" for byte in value).encode()) for mark in _SEPARATORS]
    forms += [("decimal bytes", mark.join(map(str, value)).encode()) for mark in (",", ", ", " ", "\n", "-")]
    forms += [(coding, text.encode(coding)) for coding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")]
    forms += [("base32", _aligned(value, shift, 5, base64.b32encode, 5)) for shift in range(5)]
    return forms


def _windows(value: bytes) -> list[tuple[str, bytes]]:
    runs = [value[at : at + WINDOW] for at in range(max(1, len(value) - WINDOW + 1))]
    forms: list[tuple[str, bytes]] = []
    for run in runs:
        text = run.decode("utf-8", "replace")
        forms += [("a part, plain", run), ("a part, reversed", run[::-1]), ("a part, hexadecimal", run.hex().encode())]
        forms += [(f"a part, {coding}", text.encode(coding)) for coding in ("utf-16-le", "utf-16-be")]
    for source in (value, value.decode("utf-8", "replace").encode("utf-16-le")):
        for shift in range(3):
            once = _aligned(source, shift, 3, base64.b64encode, 6)
            forms += _base64_runs("base64", once)
            for again in range(3):
                forms += _base64_runs("base64 twice", _aligned(once, again, 3, base64.b64encode, 6))
    return forms


def _base64_runs(how: str, text: bytes) -> list[tuple[str, bytes]]:
    """Return each run of digits in both alphabets."""
    runs = [text[at : at + _BASE64_WINDOW] for at in range(max(1, len(text) - _BASE64_WINDOW + 1))]
    both = (run.translate(bytes.maketrans(b"+/", b"-_")) for run in runs)
    return [(how, run) for run in [*runs, *both]]


def _aligned(value: bytes, shift: int, group: int, encode: object, bits: int) -> bytes:
    """Return those digits of the encoding that depend on `value` alone when `shift` bytes stand before it."""
    assert callable(encode)  # noqa: S101  # narrows the type
    padding = -(shift + len(value)) % group
    digits = bytes(encode(bytes(shift) + value + bytes(padding)))
    first = -(-shift * 8 // bits)
    last = (shift + len(value)) * 8 // bits
    return digits[first:last]
