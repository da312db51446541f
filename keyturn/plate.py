"""The banner on a page that demands Trusted Types, which refuses the browser library's layer over it.

There it is drawn by a style sheet of the browser's developer tools, about which no content security policy is asked:
the text is generated content before the whole page, so that no markup of ours goes in here either. It leaves with the
page, lets every click through, and lies below what the page puts into the top layer, such as a dialog with its
backdrop. Measured with Chromium 156.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playwright.sync_api import Error as BrowserError

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

_DEMAND: Final = "require-trusted-types-for"
# Its last line wins against the page's styles, and against the recorder's disguise.
_RULE: Final = """html::before {{ content: "{text}"; position: fixed; z-index: 2147483647; pointer-events: none;
  left: {x:.0f}px; top: {y:.0f}px; height: {height:.0f}px; max-width: {width:.0f}px; box-sizing: border-box;
  margin: 0; padding: 0 12px; border: 0; border-left: 4px solid #d6006e; background: #14253d; color: #fff;
  font: 12px/{height:.0f}px system-ui, sans-serif; white-space: pre; overflow: hidden; text-align: left;
  display: block !important; visibility: visible !important; -webkit-text-security: none !important }}"""


class Plate:
    """The banner of one tab, where its page wants it this way. `left` is to be called when the page is another."""

    def __init__(self, cdp: CDPSession) -> None:
        self._cdp = cdp
        self._demands: bool | None = None  # not asked yet
        self._sheet = ""
        self._drawn: str | None = ""

    def left(self) -> None:
        """Note that the page was left, or its address changed."""
        self._demands = self._drawn = None

    def draw(self, parts: tuple[str, ...], place: tuple[float, float, float, float] | None) -> None:
        """Draw `parts` of text at `place` (x, y, width, height; px), or nothing, if the page demands Trusted Types."""
        rule = ""
        if place:
            x, y, width, height = place
            rule = _RULE.format(text=_quoted("\u2003".join(parts)), x=x, y=y, width=width, height=height)
        if rule == self._drawn:
            return
        self._drawn = rule
        if not self._rewritten(rule) and rule and self._is_needed():
            self._sheet = self._make()
            self._write(rule)

    def _rewritten(self, rule: str) -> bool:
        """Return whether there was a sheet to write `rule` into."""
        try:
            if self._sheet:
                self._write(rule)
        except BrowserError:
            self._sheet = ""  # It went with the page before.
        return bool(self._sheet)

    def _write(self, rule: str) -> None:
        self._cdp.send("CSS.setStyleSheetText", {"styleSheetId": self._sheet, "text": rule})

    def _is_needed(self) -> bool:
        if self._demands is None:
            status = self._cdp.send("Network.getSecurityIsolationStatus", {"frameId": self._frame()})["status"]
            told = [one["effectiveDirectives"] for one in status.get("csp", ()) if one["isEnforced"]]
            self._demands = any(_DEMAND in directives for directives in told)
        return self._demands

    def _make(self) -> str:
        self._cdp.send("CSS.enable")
        sheet: str = self._cdp.send("CSS.createStyleSheet", {"frameId": self._frame()})["styleSheetId"]
        return sheet

    def _frame(self) -> str:
        frame: str = self._cdp.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        return frame


def _quoted(text: str) -> str:
    """Return `text` as it stands in a string of a style sheet, every character that could mean anything escaped."""
    return "".join(char if char.isalnum() else f"\\{ord(char):x} " for char in text)
