"""Looks for thousands of forms of a value in one pass over a file, by an Aho-Corasick automaton."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ahocorasick_rs import BytesAhoCorasick

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence.needle import Needle


class Searcher:
    """Finds which of `needles`, the one that says most listed first, stands in some bytes."""

    def __init__(self, needles: Sequence[Needle]) -> None:
        self._needles = needles
        self._automaton = BytesAhoCorasick([needle.text for needle in needles]) if needles else None

    def first(self, data: bytes) -> str:
        """Return in which form a value stands in `data`, empty for none."""
        if self._automaton is None:
            return ""
        if not self._automaton.find_matches_as_indexes(data):
            return ""
        # Parts of the value lie inside the whole one; the form listed first says most.
        return self._needles[min(self._automaton.find_matches_as_indexes(data, overlapping=True))[0]].how
