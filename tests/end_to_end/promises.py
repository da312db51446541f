"""The three promises of the design as invariants, judged from outside after anything that was done at a desk.

No secret is lost, no secret leaks, no step is claimed that was not done; and nothing irreversible is pressed more often
than decided. A desk is one of `interrupting` or of `paper_desk`: what it holds is asked of the portals' own state, of
the store, and of the recordings.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from evidence import package, verify
from evidence.chain import read_chain
from evidence.error import ChainBroken
from keyturn.errors import Exit
from keyturn.run import past_reading
from secrets_store import unlock
from secrets_store.reading import unseal
from tests.end_to_end.interrupting import KILLED
from tests.end_to_end.judge import NEVER, PRESSES, readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from secrets_store import Store
    from tests.end_to_end.interrupting import Ended


class AnyDesk(Protocol):
    """What is asked of a desk."""

    home: Path
    before: dict[str, Any]

    @property
    def store(self) -> Store: ...

    @property
    def recordings(self) -> list[Path]: ...

    def state(self) -> dict[str, Any]: ...


Line = dict[str, Any]
_GATED: Final = {"ma-reset": "reset-integration", "ma-save": "save-credentials", "add_secret": "add-secret"}
_TELLS: Final = {
    "changed",
    "value-lost",
    "orphan-found",
    "failed",
    "run-ended",
}  # lines that tell of a secret by its ID
_SO: Final = {"done", "already", "by-operator"}


@dataclass
class Watcher:
    """Knows what was there at the beginning and what colleagues did; judges everything else.

    `meddled`: a colleague did something after which the vendor need not hold a value that works.
    """

    at: AnyDesk
    colleagues: set[str] = field(default_factory=set)  # secrets that colleagues made
    taken: set[str] = field(default_factory=set)  # secrets that colleagues deleted
    meddled: bool = False

    def __post_init__(self) -> None:
        self.old = {one["secret_id"] for one in secrets(self.at.before, self.at.before)}
        self.was = self.at.before
        self.known: Counter[str] = Counter()  # lines of each recording that were judged already
        self.told: list[Line] = []  # all of them
        self.verified: set[str] = set()  # digests of recordings that verify
        self.values: dict[str, str] = {}  # of every secret that was ever seen

    def wrong(self, ended: Ended | None) -> list[str]:
        """Return what is wrong now, after something that came to `ended`; nothing is when it is empty."""
        now, lines = self.at.state(), {folder.name: journal(folder) for folder in self.at.recordings}
        self.told = [line for found in lines.values() for line in found]
        fresh = [line for name, found in lines.items() for line in found[self.known[name] :]]
        self.values |= {one["secret_id"]: one["value"] for one in secrets(now, now)}
        found = [
            *self._lost(now),
            *(f"a value can be read in {place}" for place in self._readable(ended)),
            *self._claimed(now, fresh),
            *_pressed(now, self.told),
            *self._deleted(now),
            *self._recorded(),
            *self._ended(now, ended),
        ]
        self.was, self.known = now, Counter({name: len(found) for name, found in lines.items()})
        return found

    # --- no secret is lost
    def _lost(self, now: Line) -> Iterator[str]:
        sealed: dict[str | None, str] = {}
        store = self.at.store
        for entry in store.entries():
            metadata, value = unseal(store, entry, unlock.identities(store))
            sealed[metadata.secret_id] = value.reveal()
        told = "\n".join(json.dumps(line) for line in self.told if line["kind"] in _TELLS)
        unknown = []
        for one in secrets(now, now):
            secret_id = one["secret_id"]
            if secret_id in self.old | self.colleagues:
                continue
            if secret_id in sealed and sealed[secret_id] != one["value"]:
                yield f"the store holds another value for {secret_id} than the portal"
            if secret_id not in sealed and secret_id not in told:
                unknown.append(secret_id)
        open_intents = {intent.id for intent in store.open_intents()}
        begun = [
            one.intent
            for folder in self.at.recordings
            if journal(folder)
            for one in past_reading.read(folder).unfinished.intended.values()
            if one.intent in open_intents and not one.lost
        ]
        if len(unknown) > len(begun):
            yield f"nobody knows of {', '.join(unknown)}, with {len(begun)} intents open"
        yield from (f"the store does not verify: {fault}" for fault in store.verify())

    # --- no secret leaks
    def _readable(self, ended: Ended | None) -> Iterator[str]:
        values = [value for secret_id, value in self.values.items() if secret_id not in self.old]
        told = (ended.told, json.dumps(ended.summary)) if ended else ()
        return readable(self.at.home, values, *told)

    # --- no step is claimed that was not done
    def _claimed(self, now: Line, lines: list[Line]) -> Iterator[str]:
        for line in lines:
            if line["kind"] == "step-ended" and line["result"] in _SO:
                if not self._is_so(line, now, lines):
                    yield f"{line['step']} is told as {line['result']}, and is not so"
            elif line["kind"] in {"undone", "orphan-deleted"}:
                gone = line.get("secret_id") or _made_by(line["step"], self.told)
                if gone in {one["secret_id"] for one in secrets(now, now)}:
                    yield f"{gone} is told as deleted, and stands"

    def _is_so(self, line: Line, now: Line, lines: list[Line]) -> bool:
        standing = {one["secret_id"]: one["value"] for one in secrets(now, now)}
        saved, was = now["ma_portal"]["integration"], self.was["ma_portal"]["integration"]
        pressed = {name: count - self.was["presses"].get(name, 0) for name, count in now["presses"].items()}
        ours = {value for secret_id, value in self.values.items() if secret_id not in self.old | self.colleagues}
        undone = any(one["kind"] in {"undone", "orphan-deleted"} for one in lines)
        match line["step"]:
            case "add-secret":
                return line["outputs"].get("secret_id") in {*standing, *self.taken} or undone
            case "delete-expired-secret" | "delete-valid-secret":
                acting = [one for one in self.told if one["kind"] == "acting" and one["step"] == line["step"]]
                return not acting or acting[-1]["args"]["secret_id"] not in standing
            case "reset-integration":
                return was is None or saved is None or pressed.get("ma-reset", 0) > 0
            case "test-connection":
                return bool(pressed.get("ma-test"))
            case "save-credentials":
                return saved is not None and saved["value"] in ours
            case "select-group":
                return saved is not None and saved["group"] != ""
            case "synchronise":
                return saved is not None and saved["last_sync"] != "" and now["presses"].get("ma-sync", 0) > 0
        return True

    # --- what is whose
    def _deleted(self, now: Line) -> Iterator[str]:
        """Nothing of a colleague's is deleted, nothing that a run did not name, and nothing that the vendor still uses."""
        standing = {one["secret_id"] for one in secrets(now, now)}
        named = {line["args"].get("secret_id") for line in self.told if line["kind"] == "acting"}
        for secret_id in (self.old | self.colleagues) - standing - self.taken:
            if secret_id in self.colleagues or secret_id not in named:
                yield f"{secret_id} was deleted, and is not the run's to delete"
        saved = now["ma_portal"]["integration"]
        used = {secret_id for secret_id, value in self.values.items() if saved and value == saved["value"]}
        for secret_id in used - standing - self.taken - self.old:
            yield f"the vendor uses {secret_id}, and it was deleted"
        others = {key: one for key, one in now["registrations"].items() if key != now["application_id"]}
        if any(self.at.before["registrations"].get(key) != one for key, one in others.items()):
            yield "another registration was changed"

    # --- what is left
    def _recorded(self) -> Iterator[str]:
        for folder in self.at.recordings:
            if not (folder / package.TAG_MANIFEST).exists() or (sealed := package.digest(folder)) in self.verified:
                continue
            self.verified.add(sealed)
            yield from (f"{folder.name} does not verify: {fault}" for fault in verify.verify(folder).faults)

    def _ended(self, now: Line, ended: Ended | None) -> Iterator[str]:
        if ended is None or ended.code == KILLED:
            return
        if ended.code == Exit.BUG:
            yield f"it ended as a bug: {ended.told}"
        if not ended.summary.get("recording"):
            return
        if not (self.at.recordings[-1] / package.TAG_MANIFEST).exists():
            yield "it ended, and its recording is not sealed"
        results = {step["id"]: step["result"] for step in ended.summary["steps"]}
        whole = (
            ended.summary["status"] == "done" and {results.get("save-credentials"), results.get("synchronise")} <= _SO
        )
        if whole and not self.meddled:
            saved = now["ma_portal"]["integration"]
            sealed = {entry.metadata.secret_id for entry in self.at.store.entries()}
            working = {one["value"] for one in secrets(now, now) if one["secret_id"] in sealed}
            if saved is None or saved["value"] not in working:
                yield "it is done, and the vendor does not hold a value that the store has and the portal knows"


def secrets(state: Line, of: Line) -> list[dict[str, str]]:
    """Return the secrets of the registration that it is about."""
    found: list[dict[str, str]] = state["registrations"][of["application_id"]]["secrets"]
    return found


def journal(folder: Path) -> list[Line]:
    """Return the lines of a recording's journal. Raises `AssertionError` when its chain does not hold."""
    try:
        return list(read_chain(folder / "data" / "journal.jsonl").entries)
    except FileNotFoundError:
        return []  # Killed before it wrote any.
    except ChainBroken as broken:
        raise AssertionError(f"the journal of {folder.name} does not hold") from broken


def _pressed(now: Line, lines: list[Line]) -> Iterator[str]:
    """What counts is pressed only when it was announced, and only as often as somebody said yes."""
    announced = Counter(line["action"] for line in lines if line["kind"] == "acting")
    decided = Counter(line["step"] for line in lines if line["kind"] == "gate-answered" and line["answer"] == "yes")
    deletions = Counter(
        line["args"]["secret_id"] for line in lines if line["kind"] == "acting" and line["action"] == "delete_secret"
    )
    for button, count in now["presses"].items():
        if button in NEVER:
            yield f"{button} was pressed"
        elif button in PRESSES and count > announced[PRESSES[button]]:
            yield f"{button} was pressed {count} times, and announced {announced[PRESSES[button]]} times"
        elif button in _GATED and count > decided[_GATED[button]]:
            yield f"{button} was pressed {count} times, and decided {decided[_GATED[button]]} times"
    pressed = Counter(one["what"] for one in now["history"] if one["button"] == "delete_secret")
    for secret_id, count in pressed.items():
        if count > deletions[secret_id]:
            yield f"{secret_id} was deleted without being named"


def _made_by(step: str, lines: list[Line]) -> str:
    made = [line["secret_id"] for line in lines if line["kind"] == "secret-sealed" and line["step"] == step]
    return made[-1] if made else ""
