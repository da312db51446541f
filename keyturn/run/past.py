"""What the earlier parts of a run did, read from its recording: what is done, what was begun and has no end.

Nothing is replayed and nothing is guessed: the journal, whose chain is verified, says what was announced and what was
confirmed. What lies between the two is what an interruption left, and the pages are asked about it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evidence import package
from evidence.chain import read_chain
from keyturn.errors import CannotStart
from keyturn.events import Result
from keyturn.run.state import FOUND_DONE, SEEN_DONE, Intended, Sealed, Unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

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
    def value_may_be_open(self) -> bool:
        """Whether a secret may exist whose value is nowhere but on its page."""
        return any(not one.lost for one in self.unfinished.intended.values())

    @property
    def left_something(self) -> bool:
        """Whether this run may have changed something: it said so, or it could not say."""
        return self.status == KILLED or bool(self.changed) or bool(self.unfinished.intended)


def read(folder: Path) -> Past:
    """Return what the recording in `folder` tells of the run so far.

    Raises `CannotStart` when a run never began in it, `ChainBroken` when its journal does not hold.
    """
    data = folder / package.PAYLOAD
    try:
        facts = json.loads((data / "run.json").read_text(encoding="utf-8"))
        chain = read_chain(data / "journal.jsonl")
    except (OSError, ValueError):
        chain = None
    if chain is None:
        raise CannotStart(f"{folder.name}: no run began in it", hint="`keyturn runs` lists those that did")
    past = Past(folder, facts, head=chain.head)
    for entry in chain.entries:
        past.since = entry["at"]
        if tell := _TELLS.get(entry["kind"]):
            tell(past, entry)
    return past


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


def _step_started(past: Past, entry: dict[str, Any]) -> None:
    past.status, past.last_step = KILLED, entry["step"]


def _acting(past: Past, entry: dict[str, Any]) -> None:
    if past.taking_back:
        past.undoing.add(entry["step"])
        return
    past.unfinished.announced.add(entry["step"])
    past.acted.add(entry["step"])


def _not_done(past: Past, entry: dict[str, Any]) -> None:
    past.acted.discard(entry["step"])


def _step_ended(past: Past, entry: dict[str, Any]) -> None:
    step, result = entry["step"], Result(entry["result"])
    unsettled = step in past.unfinished.intended  # Passed over or not: what became of the secret is still to be seen.
    if result is Result.FAILED or unsettled:
        return
    past.results[step] = result
    past.ended[step] = entry
    past.outputs |= {f"steps.{step}.{name}": str(text) for name, text in entry["outputs"].items()}
    past.unfinished.end(step)


def _secret_intended(past: Past, entry: dict[str, Any]) -> None:
    intended = Intended(entry["secret"], entry["intent"], tuple(entry["known_ids"]))
    past.unfinished.intend(entry["step"], intended)
    past.ever_intended = True


def _secret_not_made(past: Past, entry: dict[str, Any]) -> None:
    past.unfinished.intended.pop(entry["step"], None)
    past.acted.discard(entry["step"])


def _value_lost(past: Past, entry: dict[str, Any]) -> None:
    past.unfinished.lose(entry["step"])


def _secret_captured(past: Past, entry: dict[str, Any]) -> None:
    past.remarks[entry["step"]] = entry["remark"]


def _secret_sealed(past: Past, entry: dict[str, Any]) -> None:
    step = entry["step"]
    remark = past.remarks.get(step, "")
    sealed = Sealed(entry["secret"], entry["entry"], entry["secret_id"], entry["expires_on"], remark)
    past.unfinished.seal(step, sealed)


def _taken_over(past: Past, entry: dict[str, Any]) -> None:
    past.unfinished.taken_over = {entry["step"]: entry["by"]}


def _given_back(past: Past, entry: dict[str, Any]) -> None:
    past.unfinished.taken_over = {}
    past.unfinished.touch(entry.get("tabs", ()), past.outputs)


def _secrets_entrusted(past: Past, entry: dict[str, Any]) -> None:
    past.unfinished.entrusted.lend(entry["of"], entry["secret_ids"])


def _secrets_compared(past: Past, entry: dict[str, Any]) -> None:
    past.unfinished.entrusted.compared(entry["of"], entry["secret_ids"])


def _orphan_deleted(past: Past, entry: dict[str, Any]) -> None:
    past.unfinished.entrusted.deleted(entry["secret_id"])


def _changed(past: Past, entry: dict[str, Any]) -> None:
    past.changed.append(entry["what"])


def _undone(past: Past, entry: dict[str, Any]) -> None:
    past.undone.append(entry["step"])


def _run_started(past: Past, entry: dict[str, Any]) -> None:
    past.inputs = dict(entry.get("inputs", {}))


def _resumed(past: Past, entry: dict[str, Any]) -> None:
    past.status, past.taking_back = KILLED, False
    past.inputs = dict(entry.get("inputs") or past.inputs)  # A journal of before they were told holds none.


def _rollback_began(past: Past, _entry: dict[str, Any]) -> None:
    past.taking_back = True


def _run_ended(past: Past, entry: dict[str, Any]) -> None:
    past.status = entry["status"]


_TELLS: dict[str, Callable[[Past, dict[str, Any]], None]] = {
    "step-started": _step_started,
    "acting": _acting,
    "not-done": _not_done,
    "step-ended": _step_ended,
    "secret-intended": _secret_intended,
    "secret-not-made": _secret_not_made,
    "value-lost": _value_lost,
    "secret-captured": _secret_captured,
    "secret-sealed": _secret_sealed,
    "taken-over": _taken_over,
    "given-back": _given_back,
    "secrets-entrusted": _secrets_entrusted,
    "secrets-compared": _secrets_compared,
    "orphan-deleted": _orphan_deleted,
    "changed": _changed,
    "undone": _undone,
    "run-started": _run_started,
    "resumed": _resumed,
    "rollback-began": _rollback_began,
    "run-ended": _run_ended,
}
