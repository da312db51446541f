"""No piece of a secret in a text: what has its shape is disguised before it can reach a message."""

from __future__ import annotations

import re

# Any text with the mark of a client secret, its 8Q~ or 7Q~ (published scanners), is disguised before it can reach a
# message, however short the piece.
_SECRET_SHAPE = re.compile(r"[\w~.\-]{0,3}[78]Q~[\w~.\-]+")


def disguised(text: str) -> str:
    """Return `text` in one line with everything of a secret's shape replaced by bullets."""
    return _SECRET_SHAPE.sub("••••••", " ".join(text.split()))
