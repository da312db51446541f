"""An approval is of one act of one person's run: with what was approved, once, and by nobody who carried it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import approval, package, sealing, sshsig, verify
from evidence.chain import ChainedLog
from tests.evidence.test_approval import MIRA
from tests.evidence.test_approved import STEP, Stage, key_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLGA, BEN = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
WITHOUT, OTHERWISE = "was begun without", "was begun with something else"


@pytest.fixture
def stage(tmp_path: Path, key: Ed25519PrivateKey) -> Stage:
    return Stage(tmp_path / "20261124T020000Z-rotate", key)


@pytest.fixture
def olgas(tmp_path: Path) -> Stage:
    """Olga's run, which somebody else may go on with."""
    return Stage(tmp_path / "20261124T020000Z-rotate", OLGA)


def start(stage: Stage, effect: str = "delete") -> None:
    stage.log.append("step-started", step=STEP, number=14, title="Delete", covers=[12], effect=effect)


def finish(stage: Stage) -> None:
    stage.log.append("step-ended", step=STEP, result="done", reason="", outputs={}, seconds=1.0)


def stop(stage: Stage, key: Ed25519PrivateKey, status: str = "stopped") -> None:
    stage.log.append("run-ended", status=status, exit=5, changed=[], seconds=1.0)
    stage.log.close()
    sealing.seal(stage.folder, signing_key=key, identity="me@host", info={"Status": status}, previous=None)


def go_on(stage: Stage, key: Ed25519PrivateKey) -> None:
    """Go on with a run that was sealed or killed, and seal it by another's key."""
    stage.log.close()
    if (stage.folder / package.TAG_MANIFEST).exists():
        sealing.reopen(stage.folder)
    stage.log = ChainedLog(stage.data / "journal.jsonl")
    stage.log.append("resumed", run="r-1", operator="ben@host")
    stop(stage, key, "done")


@pytest.mark.parametrize(
    "args",
    [{"secret_id": "id-B"}, {"force": False}, {"days": 70}, {"note": "more"}, {"secret_id": ""}],
    ids=min,
)
def test_a_step_that_was_begun_with_something_else_than_was_approved_is_a_fault(
    stage: Stage, seal: Callable[[Path], Path], args: dict[str, Any]
) -> None:
    stage.approve(stage.pending())
    stage.begin(**args)
    (fault,) = verify.verify(stage.end(seal)).faults
    assert OTHERWISE in fault


def test_what_is_tried_again_is_still_what_was_approved(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.approve(stage.pending())
    stage.begin()
    stage.log.append("gate-answered", step=STEP, answer="again", by="olga@host", reason="")
    stage.log.append("gate-asked", step=STEP, gate="second_person")
    stage.begin()
    assert verify.verify(stage.end(seal)).faults == []


@pytest.mark.parametrize("again", [start, finish], ids=["begun again", "ended"])
def test_an_approval_is_over_when_its_step_is(
    stage: Stage, seal: Callable[[Path], Path], again: Callable[[Stage], None]
) -> None:
    stage.approve(stage.pending())
    stage.begin()
    again(stage)
    stage.begin()
    (fault,) = verify.verify(stage.end(seal)).faults
    assert WITHOUT in fault


def test_a_step_that_only_reads_may_be_gone_through_again(stage: Stage, seal: Callable[[Path], Path]) -> None:
    start(stage, "read")
    stage.approve(stage.pending())
    stage.begin()
    finish(stage)
    stage.begin()
    stage.log.append("walked-again", step=STEP, title="Open")
    assert verify.verify(stage.end(seal)).faults == []


def _copied_again(stage: Stage) -> None:
    stage.begin("copy_again", secret_id="id-B")


def _orphan(stage: Stage) -> None:
    stage.log.append("orphan-found", step=STEP, secret_id="id-B", expires_on="2028-11-24", beside=[])
    stage.begin("delete_secret", secret_id="id-B")
    stage.log.append("orphan-deleted", step=STEP, secret_id="id-B")


def _taken_back(stage: Stage) -> None:
    stage.log.append("resumed", run="r-1", operator="olga@host")
    stage.log.append("rollback-began", can=[], cannot=[])
    stage.begin("delete_secret", secret_id="id-B")


@pytest.mark.parametrize("aside", [_copied_again, _orphan, _taken_back])
def test_what_is_not_the_steps_act_needs_no_approval(
    stage: Stage, seal: Callable[[Path], Path], aside: Callable[[Stage], None]
) -> None:
    stage.approve(stage.pending())
    stage.begin()
    start(stage)
    aside(stage)
    assert verify.verify(stage.end(seal)).faults == []


@pytest.mark.parametrize("over", ["orphan", "rollback"])
def test_what_needs_no_approval_lets_nothing_else_through(
    stage: Stage, seal: Callable[[Path], Path], over: str
) -> None:
    if over == "orphan":
        _orphan(stage)
    else:
        _taken_back(stage)
        stage.log.append("resumed", run="r-1", operator="olga@host")
    start(stage)
    stage.begin(secret_id="id-B")
    (fault,) = verify.verify(stage.end(seal)).faults
    assert WITHOUT in fault


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"sha256": "0" * 64}, "not the request that the journal tells of"),
        ({"told_key": "SHA256:somebody"}, "mira@host approved it with SHA256:"),
    ],
)
def test_what_the_journal_tells_of_an_approval_is_what_was_signed(
    stage: Stage, seal: Callable[[Path], Path], told: dict[str, Any], words: str
) -> None:
    stage.approve(stage.pending(), **told)
    stage.begin()
    faults = verify.verify(stage.end(seal)).faults
    assert any(words in fault for fault in faults)
    assert any(WITHOUT in fault for fault in faults)


def test_the_inputs_are_those_in_force_when_it_was_asked(stage: Stage, seal: Callable[[Path], Path]) -> None:
    stage.log.append("resumed", run="r-1", operator="olga@host", inputs={"application_id": "app-B"})
    start(stage)
    stage.approve(stage.pending(inputs={"application_id": "app-B"}))
    stage.begin()
    stage.log.append("resumed", run="r-1", operator="olga@host", inputs={"application_id": "app-C"})
    assert verify.verify(stage.end(seal)).faults == []


def test_an_operators_own_approval_is_a_fault_whoever_goes_on_with_the_run(olgas: Stage) -> None:
    olgas.approve(olgas.pending(), key=OLGA, by="other@host")
    olgas.begin()
    stop(olgas, OLGA)
    go_on(olgas, BEN)
    assert any("operator's own key" in fault for fault in verify.verify(olgas.folder).faults)


def test_an_operator_who_names_another_key_as_their_own_is_found_out_by_the_seal(olgas: Stage) -> None:
    olgas.approve(olgas.pending(operator_key=key_name(MIRA)), key=OLGA, by="other@host")
    olgas.begin()
    stop(olgas, OLGA)
    go_on(olgas, BEN)
    assert any("by another operator" in fault for fault in verify.verify(olgas.folder).faults)


@pytest.mark.parametrize("how", ["stopped", "killed", "before it was told"])
@pytest.mark.parametrize("named", [True, False])
def test_who_approved_may_go_on_with_the_run_later(olgas: Stage, tmp_path: Path, how: str, *, named: bool) -> None:
    olgas.approve(olgas.pending(), key=BEN, by="other@host")
    olgas.begin()
    if how == "stopped":
        stop(olgas, OLGA)
    if how == "before it was told":  # The browser did not start: the journal does not say that the run went on.
        head = olgas.log.head
        (olgas.data / "run.json").write_text(
            f'{{"run": "r-1", "inputs": {{}}, "resumed": [{{"journal_before": "{head}"}}]}}\n'
        )
        stop(olgas, BEN)
    else:
        go_on(olgas, BEN)
    own = tmp_path / "own"
    lines = [("me@host", OLGA, package.NAMESPACE), ("me@host", BEN, package.NAMESPACE)]
    lines += [("other@host", BEN, approval.NAMESPACE)] if named else []
    own.write_text("".join(sshsig.allowed_line(who, sshsig.raw_public(key), what) for who, key, what in lines))
    verdict = verify.verify(olgas.folder, allowed_signers=own)
    assert (verdict.faults, verdict.approved_by) == ([], ["other@host"])
    assert any(text.startswith("whose keys may approve") for text in verdict.does_not_prove) is not named


def test_who_approved_may_package_a_run_that_was_killed(olgas: Stage) -> None:
    olgas.approve(olgas.pending(), key=BEN, by="other@host")
    olgas.begin()
    stop(olgas, BEN, "cut short")
    assert verify.verify(olgas.folder).faults == []
