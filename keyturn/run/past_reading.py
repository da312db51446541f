"""Reading a run's past out of its journal: what each line adds to what is known of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evidence import package
from evidence.chain import read_chain
from keyturn.errors import CannotStart
from keyturn.events import Result
from keyturn.model import Effect
from keyturn.run.past import KILLED, Past
from keyturn.run.state import Intended, Sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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


def _step_started(past: Past, entry: dict[str, Any]) -> None:
    past.status, past.last_step = KILLED, entry["step"]
    if entry["effect"] != Effect.READ.value:
        past.changing.add(entry["step"])


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
