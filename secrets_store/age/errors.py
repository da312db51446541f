"""What can be wrong with an age file; the classes are those of the published test vectors."""

from __future__ import annotations


class AgeError(Exception):
    """The file, key or text is not valid age. Messages never hold key material or plaintext."""


class ArmorError(AgeError):
    """The text form around the file is not canonical."""


class HeaderError(AgeError):
    """The header, or a stanza that this identity must understand, is malformed."""


class NoMatch(AgeError):
    """The header is well formed, and none of its stanzas opens with the identities given."""


class MacError(AgeError):
    """An identity fits, and the header was changed after it was written."""


class PayloadError(AgeError):
    """The header is authentic, and the payload is not, or is cut."""
