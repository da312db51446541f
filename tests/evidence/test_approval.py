"""A second person's approval: exactly what was asked, by somebody else, in time; stock tools may sign it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from evidence import approval, sshsig
from evidence.approval import NotAnApproval, NotApproved, Pending, approver
from evidence.chain import stamp

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
OPERATOR, MIRA = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
OPERATORS_KEY = sshsig.fingerprint(sshsig.raw_public(OPERATOR))


def pending(**more: Any) -> Pending:
    facts: dict[str, Any] = {
        "run": "20261125T084000Z-update-entra-client-secret",
        "runbook": "update-entra-client-secret",
        "revision": 2,
        "runbook_sha256": "a" * 64,
        "included_sha256": {},
        "step": "delete-expired-secret",
        "number": 14,
        "title": "Delete the expired secret",
        "covers": (12, 13),
        "effect": "delete",
        "note": "",
        "undo": "a deleted secret cannot be brought back",
        "given": {"secret id": "661c667d-0b80-45d5-bba6-eebae3f1166a"},
        "inputs": {"description": "Ärztliche “Wölfe”"},
        "operator": "olga@host",
        "operator_key": OPERATORS_KEY,
        "journal_head": "b" * 64,
        "nonce": "c" * 32,
        "asked": stamp(NOW),
        "expires": stamp(NOW + timedelta(hours=8)),
    }
    return Pending(**{**facts, **more})


def listed(*lines: tuple[str, Ed25519PrivateKey]) -> list[sshsig.Signer]:
    text = "".join(sshsig.allowed_line(who, sshsig.raw_public(key), "keyturn-*") for who, key in lines)
    return sshsig.read_allowed(text)


APPROVERS = listed(("mira@host", MIRA), ("olga@other", OPERATOR))


def judged(
    signature: str, request: bytes | None = None, approvers: list[sshsig.Signer] | None = None, at: datetime = NOW
) -> approval.Approver:
    return approver(
        request or pending().to_bytes(), signature, approvers or APPROVERS, operator_key=OPERATORS_KEY, at=at
    )


def signed(request: Pending | None = None, key: Ed25519PrivateKey = MIRA, namespace: str = approval.NAMESPACE) -> str:
    return sshsig.sign(key, (request or pending()).to_bytes(), namespace)


def test_a_signature_over_exactly_this_request_approves_and_names_who() -> None:
    assert judged(signed()) == approval.Approver("mira@host", sshsig.fingerprint(sshsig.raw_public(MIRA)))


def test_the_operators_own_key_never_approves_even_if_it_is_listed() -> None:
    with pytest.raises(NotApproved, match="operator's own key"):
        judged(signed(key=OPERATOR))


def test_another_key_of_the_operator_does_not_approve_either() -> None:
    another = Ed25519PrivateKey.generate()
    with pytest.raises(NotApproved, match="none of the approvers"):
        judged(signed(key=another), approvers=listed(("olga@host", another)))


def test_a_key_that_nobody_listed_does_not_approve() -> None:
    with pytest.raises(NotApproved, match="none of the approvers"):
        judged(signed(key=Ed25519PrivateKey.generate()))


def test_a_key_that_is_listed_for_something_else_does_not_approve() -> None:
    line = sshsig.allowed_line("mira@host", sshsig.raw_public(MIRA), "keyturn-recording")
    with pytest.raises(NotApproved, match="none of the approvers"):
        judged(signed(), approvers=sshsig.read_allowed(line))


def test_a_signature_for_another_purpose_does_not_approve() -> None:
    with pytest.raises(NotApproved, match="another purpose"):
        judged(signed(namespace="keyturn-recording"))


@pytest.mark.parametrize(
    "other",
    [{"step": "reset-integration"}, {"run": "another"}, {"nonce": "d" * 32}, {"given": {}}, {"journal_head": "0" * 64}],
    ids=lambda other: next(iter(other)),
)
def test_a_signature_over_another_request_does_not_approve_this_one(other: dict[str, Any]) -> None:
    with pytest.raises(NotApproved, match="does not fit"):
        judged(signed(pending(**other)))


def test_too_late_is_too_late() -> None:
    judged(signed(), at=NOW + timedelta(hours=7, minutes=59))
    with pytest.raises(NotApproved, match="expired"):
        judged(signed(), at=NOW + timedelta(hours=8))


@pytest.mark.parametrize("text", ["", "yes", "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"])
def test_what_is_no_signature_approves_nothing(text: str) -> None:
    with pytest.raises(NotApproved):
        judged(text)


def test_a_request_is_read_as_it_was_written() -> None:
    assert Pending.from_bytes(pending().to_bytes()) == pending()


def without(name: str) -> bytes:
    facts = json.loads(pending().to_bytes())
    del facts[name]
    return json.dumps(facts).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"not json",
        b"[" * 100_000,
        without("nonce"),
        without("keyturn_approval"),
        pending().to_bytes().replace(b'"step"', b'"stop"'),
        pending().to_bytes().replace(b'"covers": [', b'"hidden": "x", "covers": ['),
        pending().to_bytes().replace(b'"effect": "delete"', b'"effect": "read", "effect": "delete"'),
        pending().to_bytes() + b" ",
        pending(note="x" * 70_000).to_bytes(),
    ],
)
def test_a_request_with_anything_missing_hidden_or_said_twice_is_none(data: bytes) -> None:
    with pytest.raises(NotAnApproval):
        Pending.from_bytes(data)


def test_a_request_says_until_when_it_holds() -> None:
    assert pending().expired == NOW + timedelta(hours=8)
    with pytest.raises(NotAnApproval):
        replace(pending(), expires="tomorrow").expired  # noqa: B018  # a property


def test_ssh_keygen_signs_a_request_too(tmp_path: Path) -> None:
    if not shutil.which("ssh-keygen"):
        pytest.skip("ssh-keygen signs from outside")
    key = tmp_path / "key"
    key.write_bytes(MIRA.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    key.chmod(0o600)
    request = tmp_path / "request.json"
    request.write_bytes(pending().to_bytes())
    command = ["ssh-keygen", "-Y", "sign", "-n", approval.NAMESPACE, "-f", str(key), str(request)]
    subprocess.run(command, check=True, capture_output=True)
    (written,) = [path for path in tmp_path.iterdir() if path.name.startswith("request.json.")]
    assert written.name.removeprefix("request.json") in approval.SIGNATURES
    assert judged(written.read_text()).identity == "mira@host"


def test_ssh_keygen_verifies_what_keyturn_signed(tmp_path: Path) -> None:
    if not shutil.which("ssh-keygen"):
        pytest.skip("ssh-keygen judges from outside")
    allowed, signature = tmp_path / "approvers", tmp_path / "request.json.sshsig"
    allowed.write_text(sshsig.allowed_line("mira@host", sshsig.raw_public(MIRA), approval.NAMESPACE))
    signature.write_text(signed())
    command = ["ssh-keygen", "-Y", "verify", "-f", str(allowed), "-I", "mira@host", "-n", approval.NAMESPACE, "-s"]
    subprocess.run([*command, str(signature)], input=pending().to_bytes(), check=True, capture_output=True)
