"""What a typed input may hold, and its canonical form: a GUID in lower case, a URL without a slash at its end."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from keyturn.fault import SECRET_SHAPE
from keyturn.model import InputType

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.model import Input

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def canonical(spec: Input, value: str) -> str:
    """Return `value` as the run will use it. Raises `ValueError`, whose text says what is allowed.

    An empty value stands only where the default is empty too: then the input may be left out.
    """
    if SECRET_SHAPE.search(value):
        raise ValueError("no secret; an input is written into the recording")
    if _CONTROL.search(value):
        raise ValueError("a text of one line")
    if not value and spec.default == "":
        return value
    return _CANONICAL[spec.type](spec, value)


def _text(_spec: Input, value: str) -> str:
    if not value.strip():
        raise ValueError("a text that is not empty")
    return value


def _guid(_spec: Input, value: str) -> str:
    if not _GUID.fullmatch(value):
        raise ValueError("a GUID, as in 00000000-0000-0000-0000-000000000000")
    return value.lower()


def _url(_spec: Input, value: str) -> str:
    try:
        parts = urlsplit(value)
        fits = parts.scheme in {"http", "https"} and parts.hostname and parts.username is None and parts.port != 0
    except ValueError:  # from urlsplit, or from .port when it is no number
        fits = False
    if not fits or re.search(r"\s", value):
        raise ValueError("an address that begins with https:// or http://, without a user name")
    return value.rstrip("/")


def _date(_spec: Input, value: str) -> str:
    try:
        found = date.fromisoformat(value).isoformat()
    except ValueError:
        found = ""
    if found != value:  # Python also reads 20260131 and 2026-W05-6.
        raise ValueError("a date, as in 2026-01-31")
    return value


def _choice(spec: Input, value: str) -> str:
    if value not in spec.choices:
        raise ValueError("one of the choices")
    return value


_CANONICAL: dict[InputType, Callable[[Input, str], str]] = {
    InputType.TEXT: _text,
    InputType.GUID: _guid,
    InputType.URL: _url,
    InputType.DATE: _date,
    InputType.CHOICE: _choice,
}
