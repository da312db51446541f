"""The one way a secret travels: from a page's copy button to memory, and from memory to a page's paste.

The value never is an argument or a result of the browser library, so that neither its errors nor its traces can hold
it: page and program agree on a key for each hand-over, and only sealed bytes pass between them.
"""

from __future__ import annotations

from keyturn.clipboard.browser_clipboard import CLEARED, BrowserClipboard, ClipboardFailed

__all__ = ["CLEARED", "BrowserClipboard", "ClipboardFailed"]
