"""The small parts that the report's sections share: text made safe, times, chips, lists of facts."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


def escaped(value: object) -> str:
    """Return any value as text that HTML takes literally; nothing for None."""
    return "" if value is None else html.escape(str(value))


def chip(word: str, more: str = "") -> str:
    """Return a result word as a coloured label."""
    return f'<span class="chip {escaped(word.replace(" ", "-"))} {more}">{escaped(word)}</span>'


def counted(number: int, what: str) -> str:
    """Return a number of things as a person reads it: `1 frame`, `2 frames`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def moment(at: str, *, date: bool = False) -> str:
    """Return a journal time as a person reads it: `02:07:10 UTC`, with its date where asked."""
    day, _, rest = at.partition("T")
    clock = rest.partition(".")[0].rstrip("Z")
    return f"{day} {clock} UTC" if date else clock


def span(began: str, ended: str) -> str:
    """Return a beginning and an end, the date once where both are on the same day."""
    if not began:
        return ""
    same = began.partition("T")[0] == ended.partition("T")[0]
    first = moment(began, date=True).removesuffix(" UTC")
    return f"{first} – {moment(ended) + ' UTC' if same else moment(ended, date=True)}"


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
