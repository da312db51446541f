"""The approvals of a recording: each in its place, by somebody else; and none that was wanted is missing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import approval, report, sshsig, verify
from evidence.chain import ChainedLog, stamp, utc_now
from tests.evidence.test_approval import MIRA, pending

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evidence.approval import Pending

RUNBOOK = b"runbook: rotate\n"
STEP = "delete-expired-secret"
INPUTS = {"application_id": "app-A"}
GIVEN = {"secret id": "id-A", "force": "true", "days": "07"}
ARGS = {"secret_id": "id-A", "force": True, "days": 7, "note": ""}


def key_name(key: Ed25519PrivateKey) -> str:
    return sshsig.fingerprint(sshsig.raw_public(key))


class Stage:
    """A recording in the making, in which a step waits for a second person."""

    def __init__(self, folder: Path, key: Ed25519PrivateKey) -> None:
        self.folder, self.data, self.key = folder, folder / "data", key
        (self.data / approval.FOLDER).mkdir(parents=True)
        self.facts = {"run": "r-1", "operator": "olga@host"}
        (self.data / "run.json").write_text(json.dumps(self.facts))
        (self.data / "runbook.yaml").write_bytes(RUNBOOK)
        (self.data / "procedure.md").write_text("| P12 | Delete the expired secret | Entra |\n")
        self.log = ChainedLog(self.data / "journal.jsonl")
        told = {"run": "r-1", "runbook": "rotate", "title": "Rotate", "mode": "auto", "operator": "olga@host"}
        self.log.append("run-started", **told, inputs=INPUTS)
        self.log.append("step-started", step=STEP, number=14, title="Delete", covers=[12], effect="delete")
        self.log.append("gate-asked", step=STEP, gate="second_person")

    def pending(self, **more: Any) -> Pending:
        now = utc_now()
        facts: dict[str, Any] = {
            "asked": stamp(now),
            "expires": stamp(now + timedelta(hours=8)),
            "journal_head": self.log.head,
        }
        digest = hashlib.sha256(RUNBOOK).hexdigest()
        facts |= {"given": GIVEN, "inputs": INPUTS, "operator_key": key_name(self.key)}
        return pending(**{"run": "r-1", "runbook_sha256": digest, "included_sha256": {}, **facts, **more})

    def approve(
        self,
        asked: Pending,
        key: Ed25519PrivateKey = MIRA,
        by: str = "mira@host",
        told_key: str = "",
        name: str = "",
        **more: Any,
    ) -> Path:
        name = f"{approval.FOLDER}/{name or f'{asked.step}-{asked.nonce[:6]}'}.json"
        (self.data / name).write_bytes(asked.to_bytes())
        signature = sshsig.sign(key, asked.to_bytes(), approval.NAMESPACE)
        (self.data / f"{name}.sshsig").write_text(signature)
        named = [("mira@host", MIRA), ("other@host", key)] if key is not MIRA else [("mira@host", MIRA)]
        lines = [sshsig.allowed_line(who, sshsig.raw_public(one), approval.NAMESPACE) for who, one in named]
        (self.data / approval.APPROVERS).write_text("".join(lines))
        told = {"by": by, "key": told_key or key_name(key), "sha256": hashlib.sha256(asked.to_bytes()).hexdigest()}
        self.log.append("approved", step=STEP, request=name, **{**told, **more})
        return self.data / name

    def begin(self, action: str = "delete_secret", **args: Any) -> None:
        self.log.append("acting", step=STEP, page="entra.client-secrets", action=action, args={**ARGS, **args})

    def end(self, seal: Callable[[Path], Path]) -> Path:
        self.log.append("step-ended", step=STEP, result="done", reason="", outputs={}, seconds=1.0)
        self.log.append("run-ended", status="done", exit=0, changed=[], seconds=5.0)
        self.log.close()
        return seal(self.folder)


@pytest.fixture
def stage(tmp_path: Path, key: Ed25519PrivateKey) -> Stage:
    return Stage(tmp_path / "20261124T020000Z-rotate", key)


def test_an_approval_in_its_place_holds_and_names_who(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.approve(stage.pending())
    stage.begin()
    verdict = verify.verify(stage.end(seal))
    assert (verdict.faults, verdict.approved_by) == ([], ["mira@host"])
    assert any(text.startswith("whose keys may approve") for text in verdict.does_not_prove)


def test_the_report_names_the_second_person(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.approve(stage.pending())
    stage.begin()
    page = report.write(stage.end(seal), stage.folder.parent / "report.html").read_text(encoding="utf-8")
    assert "approved by mira@host" in page


def test_a_step_that_was_begun_without_one_is_a_fault(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.begin()
    assert verify.verify(stage.end(seal)).faults == [
        f"data/journal.jsonl line 4: {STEP} was begun without a second person's approval"
    ]


def test_a_step_that_was_begun_before_it_is_a_fault(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.begin()
    stage.approve(stage.pending())
    assert len(verify.verify(stage.end(seal)).faults) == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"run": "another"}, "approves another run"),
        ({"runbook_sha256": "0" * 64}, "approves another run"),
        ({"step": "reset-integration"}, "approves another step"),
        ({"journal_head": "1" * 64}, "not asked for at this place"),
        ({"expires": "2026-01-01T00:00:00.000Z"}, "expired"),
        ({"inputs": {"application_id": "app-B"}}, "with other inputs"),
        ({"operator_key": "SHA256:another"}, "by another operator"),
    ],
)
def test_an_approval_of_something_else_is_a_fault(
    stage: Stage, seal: Callable[[Path], Path], more: dict[str, str], words: str
) -> None:
    stage.approve(stage.pending(**more))
    stage.begin()
    faults = verify.verify(stage.end(seal)).faults
    assert any(words in fault for fault in faults)
    assert any("begun without" in fault for fault in faults)


def test_one_approval_is_for_one_step(stage: Stage, seal: Callable[[Path], Path]) -> None:
    asked = stage.pending()
    stage.approve(asked)
    stage.begin()
    stage.approve(asked)
    assert any("used before" in fault for fault in verify.verify(stage.end(seal)).faults)


def test_the_operators_own_signature_is_a_fault(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.approve(stage.pending(), key=stage.key, by="other@host")
    assert any("operator's own key" in fault for fault in verify.verify(stage.end(seal)).faults)


def test_the_name_in_the_journal_is_that_of_the_key(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.approve(stage.pending(), by="somebody@else")
    assert any("mira@host approved it with " in fault for fault in verify.verify(stage.end(seal)).faults)


@pytest.mark.parametrize("what", ["changed", "no signature", "gone", "no list"])
def test_what_was_approved_must_be_there_unchanged(stage: Stage, seal: Callable[[Path], Path], what: str) -> None:
    path = stage.approve(stage.pending())
    if what == "changed":
        path.write_bytes(replace(stage.pending(), given={}).to_bytes())
    elif what == "no list":
        (stage.data / approval.APPROVERS).unlink()
    else:
        (path.with_name(path.name + ".sshsig") if what == "no signature" else path).unlink()
    assert verify.verify(stage.end(seal)).faults


def test_a_request_that_the_journal_does_not_know_is_a_fault(stage: Stage, seal: Callable[[Path], Path]) -> None:
    (stage.data / approval.FOLDER / "more.json").write_bytes(stage.pending().to_bytes())
    assert "data/approvals/more.json: the journal does not know it" in verify.verify(stage.end(seal)).faults


@pytest.mark.parametrize(
    ("named", "holds"),
    [
        ({}, True),
        ({"approvers": "approvals/approvers"}, False),
        ({"approvers": "approvals/approvers-2"}, True),
        ({"approvers": "approvals/approvers-3"}, False),
        ({"approvers": "approvals/../approvals/approvers-2"}, False),
    ],
)
def test_an_approval_is_judged_by_the_list_that_it_was_given_under(
    stage: Stage, seal: Callable[[Path], Path], named: dict[str, Any], holds: bool
) -> None:
    stage.approve(stage.pending(), **named)
    (stage.data / approval.APPROVERS).rename(stage.data / "approvals/approvers-2")
    another = sshsig.raw_public(Ed25519PrivateKey.generate())
    (stage.data / approval.APPROVERS).write_text(sshsig.allowed_line("noor@host", another, approval.NAMESPACE))
    assert (verify.verify(stage.end(seal)).faults == []) is holds


@pytest.mark.parametrize("listed", [True, False])
def test_the_auditors_own_list_decides_who_may_approve(
    stage: Stage, seal: Callable[[Path], Path], tmp_path: Path, listed: bool
) -> None:
    stage.approve(stage.pending())
    sealed = stage.end(seal)
    another = MIRA if listed else Ed25519PrivateKey.generate()
    own = tmp_path / "own"
    line = sshsig.allowed_line("mira@host", sshsig.raw_public(another), "keyturn-*")
    own.write_text((sealed / "allowed_signers").read_text() + line)
    verdict = verify.verify(sealed, allowed_signers=own)
    assert (verdict.faults == []) is listed
    assert not any(text.startswith("whose keys may approve") for text in verdict.does_not_prove)


def test_a_list_of_nobody_but_the_operator_leaves_open_who_may_approve(
    stage: Stage, seal: Callable[[Path], Path], tmp_path: Path
) -> None:
    stage.approve(stage.pending())
    sealed = stage.end(seal)
    own = tmp_path / "own"
    own.write_text((sealed / "allowed_signers").read_text())
    verdict = verify.verify(sealed, allowed_signers=own)
    assert verdict.faults == []
    assert any(text.startswith("whose keys may approve") for text in verdict.does_not_prove)


def test_a_recording_that_says_nothing_of_its_run_is_told(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.approve(stage.pending())
    (stage.data / "run.json").write_text(json.dumps(["no", "run"]))
    assert any("another run" in fault for fault in verify.verify(stage.end(seal)).faults)


@pytest.mark.parametrize("fact", ["nonce", "step", "covers", "given", "revision"])
def test_a_request_whose_facts_are_of_another_kind_is_a_fault(
    stage: Stage, seal: Callable[[Path], Path], fact: str
) -> None:
    wrong: dict[str, Any] = {fact: {"x": 1} if fact == "given" else ["x"]}
    stage.approve(replace(stage.pending(), **wrong), name="one")
    assert any("no request for an approval" in fault for fault in verify.verify(stage.end(seal)).faults)


def test_what_the_journal_names_outside_of_the_approvals_is_not_looked_at(
    stage: Stage, seal: Callable[[Path], Path]
) -> None:
    path = stage.approve(stage.pending(), name="../../outside")
    assert path.is_file()
    assert any("it is missing" in fault for fault in verify.verify(stage.end(seal)).faults)


def test_a_folder_with_the_name_of_a_runbook_is_no_runbook(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.approve(stage.pending())
    (stage.data / "runbook-2.yaml").mkdir()
    (stage.data / "runbook-2.yaml" / "more.txt").write_text("more")
    assert verify.verify(stage.end(seal)).faults == []
