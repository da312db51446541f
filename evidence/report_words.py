"""The small parts that the report's sections share: text made safe, times, chips, lists of facts."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_TIME = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)T(?P<clock>\d\d:\d\d:\d\d)(\.\d+)?Z", re.ASCII)
_DAY = len("2026-11-24")
_NO_TIME = "no readable time"


def escaped(value: object) -> str:
    """Return any value as text that HTML takes literally; nothing for None."""
    return "" if value is None else html.escape(str(value))


def chip(word: str, more: str = "") -> str:
    """Return a result word as a coloured label."""
    return f'<span class="chip {escaped(word.replace(" ", "-"))} {more}">{escaped(word)}</span>'


def counted(number: int, what: str) -> str:
    """Return a number of things as a person reads it: `1 frame`, `2 frames`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def moment(at: object, *, date: bool = False) -> str:
    """Return a journal time as a person reads it: `02:07:10`, with date and zone where asked.

    What is no such time is not shown: the words are put into the report as they are, and nothing in them is markup.
    """
    told = _TIME.fullmatch(str(at))
    if not told:
        return _NO_TIME
    return f"{told['day']} {told['clock']} UTC" if date else told["clock"]


def span(began: object, ended: object) -> str:
    """Return a beginning and an end, the date once where both are on the same day. As safe as `moment`."""
    if not began:
        return ""
    first, last = moment(began, date=True), moment(ended, date=True)
    if _NO_TIME in {first, last}:
        return f"{first} – {last}"
    same = first[:_DAY] == last[:_DAY]
    return f"{first.removesuffix(' UTC')} – {last[_DAY + 1 :] if same else last}"


def seconds(value: float) -> str:
    """Return a duration as a person reads it."""
    minutes, rest = divmod(value, 60)
    return f"{int(minutes)} min {int(rest)} s" if minutes else f"{rest:.1f} s"


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """Return those pairs that have a value, as a list of terms."""
    items = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in pairs if value)
    return f'<dl class="facts">{items}</dl>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, fit: Collection[int] = ()) -> str:
    """Return a table of cells that are HTML already; columns in `fit` are no wider than what is in them."""

    def cells(texts: Sequence[str], tag: str) -> str:
        classes = [" class=fit" if column in fit else "" for column in range(len(texts))]
        return "".join(f"<{tag}{one}>{text}</{tag}>" for one, text in zip(classes, texts, strict=True))

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f"<table><thead><tr>{cells([escaped(one) for one in headings], 'th')}</tr></thead>{body}</table>"
