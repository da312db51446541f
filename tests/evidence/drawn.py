"""Pages as portals draw them, each with a value in it: what an optical reader has to make out."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTERS = string.ascii_letters + string.digits
_FONTS = ("monospace", "Arial, sans-serif", "'DejaVu Sans'", "serif")
_COLOURS = (("#fff", "#111"), ("#f3f2f1", "#323130"), ("#1b1a19", "#f3f2f1"), ("#fff", "#605e5c"))  # ground, letters
_WORDS = "".join(f"<p>Certificates enable applications to identify themselves {line}</p>" for line in range(6))
_KINDS = {
    "plain": "<p>A page with words</p>{v}",
    "dialog": "<p>A page with words</p><button>Copy</button><dialog>{v}</dialog>"
    "<script>document.querySelector('dialog').showModal()</script>",
    "table": "<h2>Client secrets (2)</h2>{words}<table><tr><td>Description<td>Expires<td>Value<td>Secret ID<tr>"
    "<td>Arctic Wolf Secret<td>5/24/2027<td>{v}<td>0d3f1a52-71b5-4f1e-9ad2-1f2c3d4e5f60</table>",
    "field": '<label>Client secret</label><br><input style="width: 480px; font: inherit" value="{v}">{words}',
    "toast": '{words}<div style="position: fixed; right: 10px; top: 10px; background: #333; color: #fff;'
    ' padding: 12px; border-radius: 6px">Copied {v}</div>',
    "pane": '<div style="position: fixed; inset: 0 0 0 40%; background: #fff; color: #222; border-left: 2px solid #888;'
    ' padding: 20px; box-shadow: 0 0 20px #0008"><h3>Add a client secret</h3><label>Value</label><div>{v}</div></div>'
    "{words}",
    "cramped": '<div style="border: 1px solid #000; display: inline-block">{v}</div>{words}',
}
SIZES = (11, 13, 15)  # px


@dataclass(frozen=True)
class Drawn:
    """A page, and the value that stands in it."""

    value: str
    html: str
    kind: str


def pages(each: int, seed: int) -> Iterator[Drawn]:
    """Give `each` pages of every kind in every size of letters, with fonts, colours and values by chance."""
    chance = random.Random(seed)  # noqa: S311  # the same each time
    for kind, body in _KINDS.items():
        for size in [size for size in SIZES for _ in range(each)]:
            value = "".join(chance.choices(_LETTERS, k=3)) + "8Q~" + "".join(chance.choices(_LETTERS + "~._-", k=34))
            font, (ground, ink) = chance.choice(_FONTS), chance.choice(_COLOURS)
            style = (
                f"body {{ font: {size}px {font}; background: {ground}; color: {ink} }}"
                f" dialog {{ width: 560px; font: {size}px {font} }}"
                " td { padding: 6px 12px; border-bottom: 1px solid #ddd }"
            )
            html = f"<!doctype html><style>{style}</style>{body.format(v=value, words=_WORDS)}"
            yield Drawn(value, html, f"{kind}, {size} px {font} on {ground}")
