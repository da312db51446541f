"""What the earlier parts of a run did, read from its recording: what is done, what was begun and has no end.

Nothing is replayed and nothing is guessed: the journal, whose chain is verified, says what was announced and what was
confirmed. What lies between the two is what an interruption left, and the pages are asked about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidence import package
from evidence.chain import read_chain
from keyturn.errors import CannotStart
from keyturn.run.state import FOUND_DONE, SEEN_DONE, Unfinished

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from keyturn.events import Result

KILLED = "cut short"  # the status of a part that could not say how it ended


@dataclass(slots=True)
class Past:
    """A run so far. Times are the journal's; `status` is how the last part ended, `KILLED` when it could not say."""

    folder: Path
    facts: Mapping[str, Any]
    status: str = KILLED
    since: str = ""  # when the last line was written
    last_step: str = ""  # the one that was begun last
    head: str = ""  # digest of the journal's last line
    inputs: dict[str, str] = field(default_factory=dict)  # those in force, as the journal tells them; its chain held
    results: dict[str, Result] = field(default_factory=dict)
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)  # step -> how it ended, as the journal tells it
    outputs: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    undoing: set[str] = field(default_factory=set)  # steps whose way back was taken, undone or not
    taking_back: bool = False  # the last part is a rollback
    remarks: dict[str, str] = field(default_factory=dict)  # step -> about a value of an unknown shape
    unfinished: Unfinished = field(default_factory=Unfinished)
    ever_intended: bool = False
    changing: set[str] = field(default_factory=set)  # steps that were begun as more than a look
    acted: set[str] = field(default_factory=set)  # steps whose action was called and not known to have done nothing

    @property
    def run(self) -> str:
        """The run's id, the name of its folder."""
        return self.folder.name

    @property
    def is_sealed(self) -> bool:
        """Whether the recording is a finished package."""
        return (self.folder / package.TAG_MANIFEST).is_file()

    @property
    def kind(self) -> str:
        """`run` or `rehearsal`, or another word where that is not known."""
        return str(self.facts["kind"])

    @property
    def found_done(self) -> set[str]:
        """The steps that were found done after an interruption that had caught them: this run did them."""
        return {step for step, entry in self.ended.items() if entry["reason"] == FOUND_DONE}

    @property
    def being_taken_back(self) -> bool:
        """Whether a rollback has begun to take something back; it may have come to its end."""
        return bool(self.undone or self.undoing)

    @property
    def doubtful(self) -> set[str]:
        """The steps that may have had their effect, and were not seen to: some were passed over all the same."""
        return {step for step in self.acted if self.results.get(step) not in SEEN_DONE}

    @property
    def unsettled(self) -> set[str]:
        """The steps of which it is not known what they changed, or whose secret has no end yet."""
        left = self.unfinished
        return {*left.intended, *left.sealed, *(left.announced & self.acted & self.changing)}

    @property
    def value_may_be_open(self) -> bool:
        """Whether a secret may exist whose value is nowhere but on its page."""
        return any(not one.lost for one in self.unfinished.intended.values())

    @property
    def left_something(self) -> bool:
        """Whether this run may have changed something: it said so, or it could not say."""
        return self.status == KILLED or bool(self.changed) or bool(self.unfinished.intended)


def refuse_stale(past: Past) -> None:
    """Raise `CannotStart` where the run went on since `past` was read. Asked by who holds the run's locks."""
    try:
        head = read_chain(past.folder / package.JOURNAL).head
    except OSError:
        head = ""  # The folder was moved: a secret was found in it.
    if head != past.head:
        raise CannotStart(
            f"{past.run} went on meanwhile, by another keyturn",
            hint="give the command again: then it knows what was done since; nothing was touched",
        )
