"""Whether the approvals in a recording hold: each is of this run, in its place in the journal, and by somebody else.

A step that asked for a second person and was begun without an approval that holds is a fault too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from evidence import sshsig
from evidence.approval import FOLDER, LONGEST, SIGNATURE, Pending, approver
from evidence.chain import GENESIS, canonical, digest, read_chain
from evidence.error import ChainBroken, EvidenceError
from evidence.package import JOURNAL, PAYLOAD, file_digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ASKED, _APPROVED, _ACTING = "gate-asked", "approved", "acting"
_GATE = "second_person"
_LIST = re.compile(r"approvers(-[0-9]+)?")


@dataclass(slots=True)
class Approvals:
    """What is to be checked, and what was found: who approved, and what is wrong."""

    folder: Path
    others: list[sshsig.Signer]  # whom the auditor's own list names beside the operator
    operator_key: str
    by: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def unnamed(self) -> bool:
        """Whether the list of approvers is the recording's own."""
        return not self.others

    def signers(self, entry: dict[str, Any]) -> list[sshsig.Signer]:
        """Return who may have given the approval that a line of the journal tells of.

        Where the auditor names nobody, these are the recording's own: by the list that the line names, where it names
        one, else by any.
        """
        if self.others:
            return self.others
        lists = {path.relative_to(self.folder / PAYLOAD).as_posix(): path for path in _lists(self.folder)}
        named = [lists.get(str(entry["approvers"]))] if "approvers" in entry else lists.values()
        return [signer for path in named if path for signer in _signers(path)]


def check(folder: Path, operator_key: str, allowed: Path | None = None) -> Approvals:
    """Check the approvals in the recording at `folder`.

    `operator_key` is the fingerprint of the key that signed the recording. `allowed` is the auditor's own list; where
    it names nobody but the operator, the one in the recording is believed, and that is said.
    """
    others = [one for one in _signers(allowed) if sshsig.fingerprint(one.key) != operator_key] if allowed else []
    found = Approvals(folder, others, operator_key)
    try:
        entries = read_chain(folder / JOURNAL).entries
    except (OSError, ChainBroken):
        return found  # Told already: without a journal nothing can be in its place.
    _walk(found, entries)
    named = {str(entry.get("request")) for entry in entries if entry["kind"] == _APPROVED}
    found.faults += [f"{PAYLOAD}/{name}: the journal does not know it" for name in sorted(_kept(folder) - named)]
    return found


def _wants(entry: dict[str, Any]) -> bool:
    return bool(entry["kind"] == _ASKED and entry.get("gate") == _GATE)


def _kept(folder: Path) -> set[str]:
    return {path.relative_to(folder / PAYLOAD).as_posix() for path in (folder / PAYLOAD / FOLDER).glob("*.json")}


def _lists(folder: Path) -> list[Path]:
    """Return the lists of approvers: a run that went on may have been given another one."""
    return [path for path in (folder / PAYLOAD / FOLDER).glob("*") if _LIST.fullmatch(path.name)]


def _signers(path: Path) -> list[sshsig.Signer]:
    try:
        return sshsig.read_allowed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, EvidenceError):
        return []


def _run(folder: Path) -> str:
    try:
        facts = json.loads((folder / PAYLOAD / "run.json").read_text(encoding="utf-8"))
        return str(facts["run"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _walk(found: Approvals, entries: tuple[dict[str, Any], ...]) -> None:
    """Go through the journal: what was asked for must have been approved before it was begun."""
    asked: set[str] = set()  # steps that want a second person
    approved: set[str] = set()
    heads = {GENESIS}  # what the journal ended in, at each moment so far
    nonces: set[str] = set()
    for number, entry in enumerate(entries, 1):
        step = str(entry.get("step", ""))
        if _wants(entry):
            asked.add(step)
        elif entry["kind"] == _APPROVED:
            faults = list(_one(found, entry, heads, nonces))
            found.faults += faults
            if not faults:
                approved.add(step)
        elif entry["kind"] == _ACTING and step in asked - approved:
            found.faults.append(f"{JOURNAL} line {number}: {step} was begun without a second person's approval")
        heads.add(digest(canonical(entry)))


def _one(found: Approvals, entry: dict[str, Any], heads: set[str], nonces: set[str]) -> Iterator[str]:
    """Yield what is wrong with one approval; nothing when it holds."""
    name = f"{PAYLOAD}/{entry.get('request')}"
    path = found.folder / name
    try:
        request = path.read_bytes() if path.stat().st_size <= LONGEST else b""
        signature = path.with_name(path.name + SIGNATURE).read_text(encoding="ascii")
        pending = Pending.from_bytes(request)
        at = datetime.strptime(str(entry["at"]), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        who = approver(request, signature, found.signers(entry), operator_key=found.operator_key, at=at)
    except (OSError, UnicodeDecodeError):
        yield f"{name}: it is missing, or its signature is"
        return
    except (ValueError, EvidenceError) as error:
        yield f"{name}: {getattr(error, 'message', 'its time cannot be read')}"
        return
    runbooks = {file_digest(one) for one in (found.folder / PAYLOAD).rglob("runbook*.yaml")}
    if pending.run != _run(found.folder) or pending.runbook_sha256 not in runbooks:
        yield f"{name}: it approves another run"
    if pending.step != entry.get("step") or pending.nonce in nonces:
        yield f"{name}: it approves another step"
    if pending.journal_head not in heads:
        yield f"{name}: it was not asked for at this place of the journal"
    if who.identity != entry.get("by"):
        yield f"{name}: {who.identity} approved it, not {entry.get('by')}"
    nonces.add(pending.nonce)
    found.by.append(who.identity)
