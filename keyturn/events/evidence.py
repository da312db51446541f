"""What the recording shows, and that it shows no value."""

from __future__ import annotations

from dataclasses import dataclass

from keyturn.events.event import Event


@dataclass(frozen=True, slots=True)
class Pictured(Event):
    """A picture was taken; `path` is relative to the recording."""

    step: str
    moment: str
    path: str


@dataclass(frozen=True, slots=True)
class ConcealmentProven(Event):
    """A made-up value was illegible in every frame; `frames` counts them."""

    step: str
    frames: int


@dataclass(frozen=True, slots=True)
class SearchBegan(Event):
    """Everything that the run wrote is being searched for its values, which takes a while when pictures are read."""

    pictures_read: bool


@dataclass(frozen=True, slots=True)
class PicturesRead(Event):
    """So many pictures have been read in the search. For those who watch and wait; the journal does not keep it."""

    read: int
    total: int


@dataclass(frozen=True, slots=True)
class LeakGate(Event):
    """Everything the run wrote was searched for its values; `findings` names where one was found.

    `values` counts them; where there is none, anything of a client secret's shape was looked for.
    """

    findings: tuple[str, ...]
    seconds: float
    pictures_read: bool
    values: int = 0
