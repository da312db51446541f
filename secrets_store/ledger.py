"""What the journal's lines add up to: open intents, entries, the pinned recipients. Reads nothing, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from secrets_store.entry import Entry, Intent, Metadata, from_stamp
from secrets_store.errors import BadInput, NotVerified

if TYPE_CHECKING:
    from collections.abc import Callable

Line = dict[str, Any]
# What may be noted about an entry: what became of it, and how its value was handed out, the last to a run that goes on.
NOTES = ("delivered", "tested", "superseded", "portal-deleted")
READINGS = ("copied", "shown", "exported", "resumed")


@dataclass(slots=True)
class Ledger:
    """The state after all lines so far. `key` is the journal's public key (hex), `store` the store's own id.

    `recipients` and `identity` are the pins of `recipients.txt` and of `identity.age`, empty where there is none.
    `removed` tells of each former recipient how many entries there were: they could read the first so many.
    """

    store: str = ""
    key: str = ""
    recipients: str = ""
    identity: str = ""
    drilled: dict[str, str] = field(default_factory=dict)  # public key -> when it last proved that it opens
    intents: dict[str, Line] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)  # intent -> abandoned or lost
    removed: dict[str, int] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        """Take one line in; raise `NotVerified` when it cannot be: the lines are signed, so this is a defect."""
        try:
            handler = _HANDLERS[line["op"]]
            handler(self, line)
        except (KeyError, TypeError, ValueError, BadInput):
            number = line.get("seq")
            where = f"journal line {number + 1}" if isinstance(number, int) else "a journal line"
            raise NotVerified(f"{where} does not fit the lines before it") from None

    def intent(self, intent_id: str) -> Intent:
        """Return an open intent; they are kept as lines because nearly all are closed again."""
        line = self.intents[intent_id]
        return Intent(intent_id, Metadata.from_json(line["meta"]), from_stamp(line["at"]))

    def files(self) -> set[str]:
        """Return the paths of all sealed files that should be there."""
        return {entry.file for entry in self.entries.values()}


def _created(ledger: Ledger, line: Line) -> None:
    ledger.store, ledger.key, ledger.recipients = line["store"], line["key"], line["recipients"]
    ledger.identity = line.get("identity", "")


def _intent(ledger: Ledger, line: Line) -> None:
    if line["id"] in ledger.intents or line["id"] in ledger.entries:
        raise ValueError
    ledger.intents[line["id"]] = line


def _sealed(ledger: Ledger, line: Line) -> None:
    intent = ledger.intents.pop(line["id"])
    meta = {**intent["meta"], "secret_id": line["secret_id"], "expires_on": line["expires_on"]}
    ledger.entries[line["id"]] = Entry(
        line["id"],
        Metadata.from_json(meta),
        from_stamp(line["at"]),
        line["file"],
        line["sha256"],
        line["bytes"],
        line["read_back"],
    )


def _verified(ledger: Ledger, line: Line) -> None:
    entry = ledger.entries[line["id"]]
    meta = {**entry.metadata.to_json(), "secret_id": line["secret_id"], "expires_on": line["expires_on"]}
    ledger.entries[entry.id] = replace(entry, metadata=Metadata.from_json(meta), read_back=True)


def _closed(ledger: Ledger, line: Line) -> None:
    del ledger.intents[line["id"]]
    ledger.closed[line["id"]] = line["op"]


def _noted(ledger: Ledger, line: Line) -> None:
    entry = ledger.entries[line["id"]]
    ledger.entries[entry.id] = replace(entry, notes=(*entry.notes, line["op"]))


def _read(ledger: Ledger, line: Line) -> None:
    ledger.entries[line["id"]]  # it must be there; being read does not change it


def _reseal(ledger: Ledger, line: Line) -> None:
    entry = ledger.entries[line["id"]]
    ledger.entries[entry.id] = replace(entry, file=line["file"], sha256=line["sha256"], size=line["bytes"])


def _recipients(ledger: Ledger, line: Line) -> None:
    ledger.recipients = line["recipients"]
    ledger.removed |= dict.fromkeys(line.get("removed", ()), len(ledger.entries))
    for name in line["names"]:
        ledger.removed.pop(name, None)


def _drilled(ledger: Ledger, line: Line) -> None:
    ledger.drilled[line["recipient"]] = line["at"]


_HANDLERS: dict[str, Callable[[Ledger, dict[str, Any]], None]] = {
    "created": _created,
    "intent": _intent,
    "sealed": _sealed,
    "verified": _verified,
    "abandoned": _closed,
    "lost": _closed,
    "reseal": _reseal,
    "recipients": _recipients,
    "drilled": _drilled,
    **dict.fromkeys(NOTES, _noted),
    **dict.fromkeys(READINGS, _read),
}
