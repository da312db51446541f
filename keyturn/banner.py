"""The banner over a page: what it says, where in the window it has room, and how it is written in the library's layer.

Nothing here asks a browser; `overlay` draws it.
"""

from __future__ import annotations

from html import escape
from typing import Final, NamedTuple

_HEIGHT: Final = 24  # px, as all lengths here
# Left free at both ends. At the left the recorder proves concealment, and portals have their menu; at the right they
# show the account, which belongs on every picture.
_LEFT: Final = 264
_RIGHT: Final = 300
_LEAST: Final = 240  # what a banner needs; a window without that much is given all that the left leaves
_LETTER: Final = 7  # what a letter takes on average at most, in the widest of the fonts that systems come with


class Box(NamedTuple):
    """A rectangle of the window."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Return whether the two have any point in common."""
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height


class Words(NamedTuple):
    """What the banner says."""

    number: int
    total: int
    title: str


def place_in(width: float, height: float, pointed: Box | None) -> Box | None:
    """Return where in a window of this size the banner covers nothing of `pointed`: top, else bottom, else nowhere."""
    across = width - _LEFT - _RIGHT if width >= _LEFT + _LEAST + _RIGHT else width - _LEFT
    for y in (0, height - _HEIGHT):
        place = Box(_LEFT, y, across, _HEIGHT)
        if across >= _LEAST and not (pointed and place.meets(pointed)):
            return place
    return None


def parts_of(words: Words, run: str, place: Box) -> tuple[str, str, str]:
    """Return what the banner says, part by part; the title as far as there is room."""
    step = f"Step {words.number} of {words.total}"
    return step, _cut(words.title, int(place.width // _LETTER) - len(step) - len(run) - 8), run


def html_of(words: Words, run: str, place: Box) -> str:
    """Return the banner as a table: its attributes are let pass where a content security policy refuses styles.

    The styles that there are make it finer, and keep it legible while the recorder disguises the page's text: without
    them it is dots for as long.
    """
    step, title, when = map(escape, parts_of(words, run, place))
    parts = (f"<b>{step}</b>", title, f'<font color="#b9c7da">{when}</font>')
    style = "font: 12px system-ui, sans-serif; -webkit-text-security: none"
    dark = f'height="{_HEIGHT}" bgcolor="#14253d" nowrap'
    return (
        f'<table cellspacing="0" cellpadding="0" border="0" style="{style}">'
        f'<tr><td height="{place.y:.0f}"></td></tr>'
        f'<tr><td width="{place.x:.0f}"></td><td width="4" bgcolor="#d6006e"></td><td {dark}>'
        f'<font color="#ffffff" face="sans-serif" size="2" style="font: inherit">&emsp;{"&emsp;".join(parts)}&emsp;'
        "</font></td></tr></table>"
    )


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: max(1, length - 1)].rstrip()}…"
