"""What the evidence room refuses, in its own words: never a value, never page text, never another library's text."""

from __future__ import annotations


class EvidenceError(Exception):
    """Recording, searching, packaging or verifying failed: `message` says what, `hint` the one thing to do next.

    Voice: lower case, no full stop; labels and file names only.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


class ConcealmentFailed(EvidenceError):
    """A made-up value could be read, or a frame could not be asked; no secret may be made now."""


class ScanError(EvidenceError):
    """Something written cannot be searched, so nobody can say that no secret is in it."""


class ChainBroken(EvidenceError):
    """A journal line is not what the line after it says it was. `line` counts from 1."""

    def __init__(self, message: str, *, line: int, hint: str = "") -> None:
        self.line = line
        super().__init__(message, hint=hint)


class NotARecording(EvidenceError):
    """The folder is no recording, or not in the state that was asked for."""


class WrongFile(EvidenceError):
    """A file that was given cannot be read, or is not what it is to be; that says nothing of any recording."""


class NotServed(EvidenceError):
    """Somebody else did not do their part, an authority or a browser; that says nothing of any recording."""
