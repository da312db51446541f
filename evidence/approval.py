"""A second person's approval: a small file that says exactly what is asked, and a signature over every byte of it.

The run writes the file and waits; somebody else signs it with their own key, on the same machine or another, by
`keyturn approve` or by `ssh-keygen -Y sign -n keyturn-approval -f KEY FILE`; no server is between them. The file names
the run, the step with what it is given, the runbook by its digest, the inputs, and the journal's last line at that
moment, so that the signature says yes to this and to nothing else. Both go into the recording, below `data/approvals/`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from evidence.error import EvidenceError, WrongFile
from evidence.sshsig import BadSignature, fingerprint, verify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evidence.sshsig import Signer

NAMESPACE = "keyturn-approval"
FOLDER = "approvals"  # of the payload
APPROVERS = f"{FOLDER}/approvers"  # whose keys were accepted, in the form of `allowed_signers`; then `-2` and so on
SIGNATURE = ".sshsig"
SIGNATURES = (SIGNATURE, ".sig")  # ours, and the name that `ssh-keygen -Y sign` gives
LONGEST = 65536  # bytes of a pending file, and of a signature
_NUMBERS = ("revision", "number")
_TABLES = ("included_sha256", "given", "inputs")


class NotAnApproval(WrongFile):
    """The file is no request for an approval, or not one that says all of what it asks."""


class NotApproved(EvidenceError):
    """The signature approves nothing: of another file, by another key, by the operator's own, or too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What is asked of the second person. Times are in UTC as the journal writes them, keys as `SHA256:…`."""

    run: str
    runbook: str
    revision: int
    runbook_sha256: str
    included_sha256: Mapping[str, str]
    step: str
    number: int
    title: str
    covers: tuple[int, ...]
    effect: str
    note: str
    undo: str
    given: Mapping[str, str]
    inputs: Mapping[str, str]
    operator: str
    operator_key: str
    journal_head: str
    nonce: str
    asked: str
    expires: str

    def to_bytes(self) -> bytes:
        """Return the one way in which it is written: JSON, keys sorted, indented for people."""
        facts = {"keyturn_approval": 1, **asdict(self)}
        return (json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read it. Raises `NotAnApproval` unless it holds these facts, each once, and nothing beside them."""
        try:
            facts: Any = json.loads(data) if len(data) <= LONGEST else None
            if facts.pop("keyturn_approval") == 1 and _are_facts(facts, {field.name for field in fields(cls)}):
                pending = cls(**{**facts, "covers": tuple(facts["covers"])})
                if pending.to_bytes() == data:
                    return pending
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            pass
        raise NotAnApproval("this is no request for an approval, or it was changed", hint="ask for a new one")

    @property
    def expired(self) -> datetime:
        """When it can no longer be approved. Raises `NotAnApproval` when that is no time."""
        try:
            return datetime.strptime(self.expires, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        except ValueError:
            pass
        raise NotAnApproval("the request does not say until when it holds", hint="ask for a new one")


def _are_facts(facts: dict[str, Any], names: set[str]) -> bool:
    """Return whether these are the facts of these names, each of its kind."""
    covers, texts = facts["covers"], names - {"covers", *_NUMBERS, *_TABLES}
    tables = [facts[name] for name in _TABLES]
    return (
        facts.keys() == names
        and all(type(number) is int for number in [*covers, *(facts[name] for name in _NUMBERS)])
        and all(isinstance(text, str) for text in (facts[name] for name in texts))
        and all(isinstance(text, str) for table in tables for text in [*table.keys(), *table.values()])
    )


@dataclass(frozen=True, slots=True)
class Approver:
    """Who approved: the name that stands beside their key in the list of approvers, and the key as `SHA256:…`."""

    identity: str
    key: str


def approver(
    request: bytes, signature: str, approvers: Sequence[Signer], *, operator_key: str, at: datetime
) -> Approver:
    """Return who approved `request` by `signature`, made before `at`; `operator_key` is the operator's, as `SHA256:…`.

    Raises `NotApproved`: the signature does not fit these bytes, its key is the operator's own or in no line of
    `approvers` that lets it approve, or the time was over.
    """
    pending = Pending.from_bytes(request)
    try:
        key = verify(signature, request, NAMESPACE)
    except BadSignature as error:
        why = error.message
    else:
        if fingerprint(key) == operator_key:
            raise NotApproved("it was signed with the operator's own key", hint="somebody else is to sign")
        named = [one for one in approvers if one.key == key and pending.operator not in one.principals.split(",")]
        may = [one for one in named if one.may(one.principals.split(",")[0], NAMESPACE, at)]
        if not may:
            raise NotApproved(f"it was signed with the key {fingerprint(key)}, which is none of the approvers'")
        if at >= pending.expired:
            raise NotApproved("it was signed after the request had expired", hint="sign the new one")
        return Approver(may[0].principals, fingerprint(key))
    raise NotApproved(why, hint="sign exactly the file that is asked for")
