"""What can go wrong on purpose, and the one table of exit codes.

Rooms have roots of their own (`pages.errors.PageError`, `secrets_store.StoreError`, `evidence.EvidenceError`);
`keyturn.cli` maps them here.
"""

from __future__ import annotations

from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


class Exit(IntEnum):
    """Exit codes of every command. 10 to 19 are the store's refusals, one code each (`keyturn secrets --help`)."""

    DONE = 0
    STEP_FAILED = 1
    CANNOT_START = 2
    INVALID = 3
    STOPPED = 4
    NOBODY_THERE = 5
    GUARD_REFUSED = 6
    LEAK_FOUND = 7
    NOT_VERIFIED = 8
    NOT_TOLD = 9
    DUE = 20
    BUG = 70
    INTERRUPTED = 130


class KeyturnError(Exception):
    """Something an operator can act on: `message` says what happened, `hint` the one thing to do next.

    Voice: lower case, no full stop, no apology; never a value, only labels.
    """

    exit: ClassVar[Exit] = Exit.STEP_FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


class CannotStart(KeyturnError):
    """The run could not begin; nothing was touched."""

    exit = Exit.CANNOT_START


FREE: Final = "free space, then give the command again; nothing was touched"


@contextmanager
def cannot_start(failure: str, hint: str) -> Iterator[None]:
    """Turn what the system refuses in the block into `CannotStart`, which says `failure`, why, and what to do."""
    try:
        yield
    except OSError as error:
        raise CannotStart(f"{failure}: {(error.strerror or 'unknown').lower()}", hint=hint) from None


class Invalid(KeyturnError):
    """The runbook or an input is not valid; nothing was touched. `message` may hold several faults, a line each."""

    exit = Exit.INVALID


class StepFailed(KeyturnError):
    """A step did not come to its end."""


class Stopped(KeyturnError):
    """The operator said stop."""

    exit = Exit.STOPPED


class NobodyThere(KeyturnError):
    """A gate needs a person and none is there to answer."""

    exit = Exit.NOBODY_THERE


class GuardRefused(KeyturnError):
    """A fact that must hold before this step does not hold."""

    exit = Exit.GUARD_REFUSED


class LeakFound(KeyturnError):
    """A secret could be read where it must not be, or concealment could not be proven."""

    exit = Exit.LEAK_FOUND


class NotVerified(KeyturnError):
    """A recording, or the store, does not verify."""

    exit = Exit.NOT_VERIFIED


class NotTold(KeyturnError):
    """What was asked for was done, and its result could not be put out."""

    exit = Exit.NOT_TOLD
