"""Whether the approvals in a recording hold: each is of this run, in its place in the journal, and by somebody else.

A step that asked for a second person and was begun without an approval that holds, or with something else than was
approved, is a fault too.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from evidence import sshsig
from evidence.acted import Acted
from evidence.approval import FOLDER, LONGEST, NAMESPACE, SIGNATURE, Pending, approver
from evidence.chain import GENESIS, canonical, digest, read_chain
from evidence.error import ChainBroken, EvidenceError
from evidence.operators import Operators
from evidence.package import JOURNAL, PAYLOAD, file_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_APPROVED = "approved"
_LIST = re.compile(r"approvers(-[0-9]+)?")


@dataclass(slots=True)
class Approvals:
    """What is to be checked, and what was found: who approved, and what is wrong."""

    folder: Path
    allowed: list[sshsig.Signer]  # whom the auditor's own list lets approve
    facts: dict[str, Any]  # of the run, by run.json
    operators: Operators = field(default_factory=Operators)
    by: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unnamed: bool = False  # one of them was judged by the recording's own list of approvers
    inputs: Any = None  # those in force

    def signers(self, entry: dict[str, Any], operator_key: str) -> list[sshsig.Signer]:
        """Return who may have given the approval that a line of the journal tells of.

        Where the auditor names nobody but the operator, these are the recording's own: by the list that the line names,
        where it names one, else by any.
        """
        if others := [one for one in self.allowed if sshsig.fingerprint(one.key) != operator_key]:
            return others
        self.unnamed = True
        lists = {path.relative_to(self.folder / PAYLOAD).as_posix(): path for path in _lists(self.folder)}
        named = [lists.get(str(entry["approvers"]))] if "approvers" in entry else lists.values()
        return [signer for path in named if path for signer in _signers(path)]


def check(folder: Path, allowed: Path | None = None) -> Approvals:
    """Check the approvals in the recording at `folder`.

    `allowed` is the auditor's own list; where it lets nobody approve but the operator, the one in the recording is
    believed, and that is said.
    """
    may = [one for one in _signers(allowed) if one.is_for(NAMESPACE)] if allowed else []
    found = Approvals(folder, may, _facts(folder))
    try:
        entries = read_chain(folder / JOURNAL).entries
    except (OSError, ChainBroken):
        return found  # Told already: without a journal nothing can be in its place.
    found.operators = Operators.of(folder, entries, found.facts)
    _walk(found, entries)
    named = {str(entry.get("request")) for entry in entries if entry["kind"] == _APPROVED}
    found.faults += [f"{PAYLOAD}/{name}: the journal does not know it" for name in sorted(_kept(folder) - named)]
    return found


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


def _facts(folder: Path) -> dict[str, Any]:
    try:
        facts = json.loads((folder / PAYLOAD / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _walk(found: Approvals, entries: tuple[dict[str, Any], ...]) -> None:
    """Go through the journal: what was asked for must have been approved before it was begun, and as it was begun."""
    acted = Acted()
    heads = {GENESIS}  # what the journal ended in, at each moment so far
    nonces: set[str] = set()
    found.inputs = found.facts.get("inputs")
    for number, entry in enumerate(entries, 1):
        if entry["kind"] in {"run-started", "resumed"}:
            found.inputs = entry.get("inputs", found.inputs)
        if entry["kind"] == _APPROVED:
            faults, given = _judged(found, entry, found.operators.key(number), heads, nonces)
            found.faults += faults
            if not faults:
                acted.approve(str(entry.get("step", "")), given)
        elif why := acted.follow(entry):
            found.faults.append(f"{JOURNAL} line {number}: {why}")
        heads.add(digest(canonical(entry)))


def _judged(
    found: Approvals, entry: dict[str, Any], sealed_by: str, heads: set[str], nonces: set[str]
) -> tuple[list[str], Mapping[str, str]]:
    """Return what is wrong with one approval, nothing when it holds, and with what the step was approved.

    `sealed_by` is the key that sealed that part of the run, where that is known.
    """
    name = f"{PAYLOAD}/{entry.get('request')}"
    path = found.folder / name
    if str(entry.get("request")) not in _kept(found.folder):  # Whatever else it names is not looked at.
        return [f"{name}: it is missing, or its signature is"], {}
    try:
        request = path.read_bytes() if path.stat().st_size <= LONGEST else b""
        signature = path.with_name(path.name + SIGNATURE).read_text(encoding="ascii")
        pending = Pending.from_bytes(request)
        at = datetime.strptime(str(entry["at"]), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        operator = pending.operator_key
        who = approver(request, signature, found.signers(entry, operator), operator_key=operator, at=at)
    except (OSError, UnicodeDecodeError):
        return [f"{name}: it is missing, or its signature is"], {}
    except (ValueError, EvidenceError) as error:
        return [f"{name}: {getattr(error, 'message', 'its time cannot be read')}"], {}
    wrong = list(_of_another(found, pending, entry.get("step"), sealed_by))
    if pending.nonce in nonces:
        wrong.append("it was used before")
    if pending.journal_head not in heads:
        wrong.append("it was not asked for at this place of the journal")
    if (who.identity, who.key) != (entry.get("by"), entry.get("key")):
        wrong.append(f"{who.identity} approved it with {who.key}, not {entry.get('by')} with {entry.get('key')}")
    if hashlib.sha256(request).hexdigest() != entry.get("sha256"):
        wrong.append("it is not the request that the journal tells of")
    nonces.add(pending.nonce)
    found.by.append(who.identity)
    return [f"{name}: {words}" for words in wrong], pending.given


def _of_another(found: Approvals, pending: Pending, step: object, sealed_by: str) -> Iterator[str]:
    """Yield what the request speaks of that is not of this recording, or of another place in it."""
    runbooks = {file_digest(one) for one in (found.folder / PAYLOAD).rglob("runbook*.yaml") if one.is_file()}
    if pending.run != found.facts.get("run") or pending.runbook_sha256 not in runbooks:
        yield "it approves another run"
    if pending.step != step:
        yield "it approves another step"
    if pending.inputs != found.inputs:
        yield "it approves the run with other inputs"
    if sealed_by and pending.operator_key != sealed_by:
        yield f"it was asked for by another operator than the one whose key {sealed_by} sealed this part of the run"
