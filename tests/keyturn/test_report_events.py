"""Whatever a run tells has words in its report: the report knows no event by its class, so this holds them together."""

from __future__ import annotations

import string
from dataclasses import fields

import pytest

from evidence.story_words import _WORDS as WORDS
from keyturn.events import Event

# What the report tells elsewhere than among a step's remarks, or what says nothing to its reader.
ELSEWHERE = {
    "run-started",
    "resumed",
    "rollback-began",
    "step-started",
    "step-ended",
    "undone",
    "pictured",
    "changed",
    "leak-gate",
    "run-ended",
    "search-began",
    "pictures-read",
    "left-open",
}
EVENTS = {event(*(None for _ in fields(event))).kind: event for event in Event.__subclasses__()}


def test_every_event_is_told_by_the_report() -> None:
    assert EVENTS.keys() - WORDS.keys() == ELSEWHERE
    assert WORDS.keys() - EVENTS.keys() == set()


@pytest.mark.parametrize("kind", WORDS)
def test_its_words_ask_only_for_what_it_holds(kind: str) -> None:
    _, words = WORDS[kind]
    asked = {name for _, name, _, _ in string.Formatter().parse(words) if name}
    assert asked <= {field.name for field in fields(EVENTS[kind])}
