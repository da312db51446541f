"""A stream to a person that lets go what is not taken: a terminal that was closed, a pipe nobody reads, a full disk.

What is shown is for whoever watches; the recording has all of it. A run that is told of by a failing write would be cut
in two wherever it is, also between a portal's button and the sealed value, and its recording would stay unpackaged.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import IO


class Enduring:
    """Writes to `stream` as long as that takes anything. What else is asked of it, the stream answers."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write `text`, or let it go."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Have everything written, or let it go."""
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
