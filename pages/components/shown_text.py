"""What a person reads in an element, whole, where the portal cuts, doubles or decorates it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Locator

GUID: Final = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_GLYPHS: Final = re.compile("[\ue000-\uf8ff\u200b\u2060]")  # icon fonts use the private area; joiners are not text
# A tooltip holds the whole of a text that the screen cuts. A button's tooltip is about the button.
_WHOLE: Final = """
(element) => {
  const whole = '[title]:not(button, [role="button"], [role="button"] *)';
  const titled = element.title ? element : element.querySelector(whole);
  const field = element.querySelector('input');
  return (titled && titled.title) || (field && field.value) || element.innerText;
}
"""


def shown_text(element: Locator) -> str:
    """Return the text of `element`: its tooltip where it has one, else what is visible, without icons' glyphs."""
    text: str = element.evaluate(_WHOLE)
    return clean(text)


def clean(text: str) -> str:
    """Return `text` in one line without icons' glyphs."""
    return " ".join(_GLYPHS.sub(" ", text).split())
