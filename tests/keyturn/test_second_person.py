"""A second person at a gate: waited for, judged, recorded; and one person alone is never enough."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from evidence import approval, package, sshsig, verify
from evidence.approval import Pending
from evidence.chain import ChainedLog
from evidence.reserve import NoRoom
from keyturn import system
from keyturn.cli import main
from keyturn.cli.attended import approvers
from keyturn.cli.replica import Colleague
from keyturn.errors import CannotStart, Exit, Invalid, NobodyThere, StepFailed, Stopped
from keyturn.events import ApprovalRefused, Approved, Event, Result, SecondPersonAsked, StepEnded
from keyturn.gates import About, Answer, Beforehand, Choice, Mode, Nobody, Question
from keyturn.model import Effect, Gate
from keyturn.run import request as requests
from keyturn.run.journal import Journal
from keyturn.run.second_person import LASTS, Approvers, SecondPerson
from pages.errors import NoEffect
from tests.keyturn.stage import STEP, Says, Stage, build, page_error, probe, result, says
from tests.terminal import ROOT, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyturn.gates import Gatekeeper, Pump

OPERATOR, MIRA = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
GATED = replace(STEP, gate=Gate.SECOND_PERSON, args={"id": "{{ inputs.id }}"}, title="Delete the old one")


def line(who: str, key: Ed25519PrivateKey) -> str:
    return sshsig.allowed_line(who, sshsig.raw_public(key), "keyturn-*")


@dataclass
class Desk:
    """A run with a gate for a second person, and what that person does each time the run looks."""

    folder: Path
    kept: Path
    now: datetime = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    acts: list[Callable[[Path], None]] = field(default_factory=list)
    stage: Stage = field(default_factory=Stage)
    events: list[Event] = field(default_factory=list)
    engine: Any = None

    def open(
        self,
        *steps: Any,
        patient: bool = False,
        gatekeeper: Gatekeeper | None = None,
        approvers: str = line("mira@host", MIRA),
        **more: Any,
    ) -> None:
        self.kept.mkdir(exist_ok=True)
        listed = Approvers(self.folder, approvers, tuple(sshsig.read_allowed(approvers)), patient)
        operator = Beforehand(["all"], gatekeeper or Nobody())
        self.engine, self.events = build(
            self.stage, *(steps or (GATED,)), gatekeeper=operator, parameters=PARAMETERS, **more
        )
        book = self.engine.state.runbook
        for name, value in {"name": "rotate", "revision": 1, "text": "runbook: rotate\n", "included": {}}.items():
            setattr(book, name, value)
        self.engine._second = SecondPerson(
            listed, key=OPERATOR, operator="olga@host", kept=self.kept, head=lambda: "f" * 64, now=lambda: self.now
        )
        self.stage.breathed = self._breathed

    def _breathed(self) -> None:
        if self.acts and (waiting := self.requests()):
            self.acts.pop(0)(waiting[0])

    def requests(self) -> list[Path]:
        return sorted(self.folder.glob("*.json")) if self.folder.is_dir() else []

    def told(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


class Takes:
    """What the page's action takes: one text."""

    def bind(self, value: Any) -> Any:
        return value


PARAMETERS: Any = {"id": Takes()}


def signs(key: Ed25519PrivateKey = MIRA, ending: str = ".sshsig") -> Callable[[Path], None]:
    def act(path: Path) -> None:
        signature = sshsig.sign(key, path.read_bytes(), approval.NAMESPACE)
        path.with_name(path.name + ending).write_text(signature, encoding="ascii")

    return act


def waits(_: Path) -> None:
    """Do nothing this time."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(requests, "_LOOK_AGAIN", 0.0)
    return Desk(tmp_path / "approvals", tmp_path / "data")


@pytest.mark.parametrize("ending", approval.SIGNATURES)
def test_a_step_is_done_when_somebody_else_has_signed_it(desk: Desk, ending: str) -> None:
    desk.acts = [waits, signs(ending=ending)]
    desk.open()
    desk.engine.run()
    assert "act" in desk.stage.log
    assert desk.stage.log.index("! approved") < desk.stage.log.index("act")
    (approved,) = desk.told(Approved)
    assert (approved.by, approved.key) == ("mira@host", sshsig.fingerprint(sshsig.raw_public(MIRA)))


def test_request_and_signature_go_into_the_recording_and_nothing_stays_behind(desk: Desk) -> None:
    desk.acts = [signs()]
    desk.open()
    desk.engine.run()
    (approved,) = desk.told(Approved)
    pending = Pending.from_bytes((desk.kept / approved.request).read_bytes())
    assert (pending.step, pending.given, pending.inputs) == ("step", {"id": "one"}, {"id": "one"})
    assert (pending.operator, pending.journal_head, pending.runbook) == ("olga@host", "f" * 64, "rotate")
    assert pending.expired == desk.now + LASTS
    assert (desk.kept / f"{approved.request}.sshsig").is_file()
    assert (desk.kept / approval.APPROVERS).read_text() == line("mira@host", MIRA)
    assert list(desk.folder.iterdir()) == []


def test_a_list_that_was_sealed_stays_when_the_run_goes_on_with_another(desk: Desk, tmp_path: Path) -> None:
    desk.kept = (sealed := tmp_path / "20261124T020000Z-rotate") / "data"
    desk.kept.mkdir(parents=True)
    (desk.kept / "run.json").write_text('{"run": "run", "inputs": {"id": "one"}}\n')
    (desk.kept / "runbook.yaml").write_text("runbook: rotate\n")
    (desk.kept / "pictures").mkdir()
    (desk.kept / "pictures" / "x.png").write_bytes(b"")
    desk.now = datetime.now(UTC)
    mira, noor = line("mira@host", MIRA), line("noor@host", Ed25519PrivateKey.generate())
    for step, text in {"first": mira, "second": mira + noor, "third": mira + noor, "fourth": mira}.items():
        if (sealed / package.TAG_MANIFEST).is_file():
            package.reopen(sealed)
        with ChainedLog(desk.kept / "journal.jsonl") as log:
            desk.acts = [signs()]
            desk.open(replace(GATED, id=step), approvers=text)
            desk.engine._second._head = lambda log=log: log.head
            desk.engine._listeners = (Journal(log), *desk.engine._listeners)
            desk.engine.run()
        package.seal(sealed, signing_key=OPERATOR, identity="olga@host", info={"Status": "stopped"}, previous=None)
    verdict = verify.verify(sealed)
    assert (verdict.faults, verdict.approved_by) == ([], ["mira@host"] * 4)
    assert {path.name: path.read_text() for path in (desk.kept / "approvals").glob("approvers*")} == {
        "approvers": mira,
        "approvers-2": mira + noor,
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_request_can_be_read_by_another_account(desk: Desk) -> None:
    modes = []
    desk.acts = [lambda path: modes.append(path.stat().st_mode & 0o777), signs()]
    desk.open()
    desk.engine.run()
    assert modes == [0o644]


@pytest.mark.parametrize(
    ("key", "why"),
    [(OPERATOR, "operator's own key"), (Ed25519PrivateKey.generate(), "none of the approvers")],
    ids=["own", "unknown"],
)
def test_a_wrong_key_is_told_and_the_run_waits_on(desk: Desk, key: Ed25519PrivateKey, why: str) -> None:
    desk.acts = [signs(key), waits, waits, signs()]
    desk.open()
    desk.engine.run()
    (refused,) = desk.told(ApprovalRefused)  # Once, however often it was looked at.
    assert why in refused.why
    assert result(desk.engine) is Result.DONE


def test_a_request_that_was_changed_on_its_way_approves_nothing(desk: Desk) -> None:
    def change_and_sign(path: Path) -> None:
        path.write_bytes(path.read_bytes().replace(b'"one"', b'"two"'))
        signs()(path)

    written: list[bytes] = []
    desk.acts = [lambda path: written.append(path.read_bytes()), change_and_sign, waits, waits]

    def put_back(path: Path) -> None:
        path.write_bytes(written[0])

    desk.acts += [put_back, signs()]
    desk.open()
    desk.engine.run()
    assert "does not fit" in desk.told(ApprovalRefused)[0].why


def test_a_signature_over_another_steps_request_approves_nothing(desk: Desk) -> None:
    kept: list[str] = []

    def keep(path: Path) -> None:
        signs()(path)
        kept.append(path.with_name(path.name + ".sshsig").read_text())

    def replay(path: Path) -> None:
        path.with_name(path.name + ".sshsig").write_text(kept[0])

    desk.acts = [keep]
    desk.open(replace(GATED, id="first"), replace(GATED, id="second"))
    desk.stage.breathed = lambda: (desk.acts or [replay]).pop(0)(desk.requests()[0]) if desk.requests() else None
    desk.engine._second._now = (now for now in [desk.now] * 6 + [desk.now + LASTS] * 9).__next__
    with pytest.raises(NobodyThere, match="second"):
        desk.engine.run()
    assert [event.step for event in desk.told(Approved)] == ["first"]
    assert [event.step for event in desk.told(ApprovalRefused)] == ["second"]


def test_a_signature_that_is_still_being_written_is_waited_for(desk: Desk) -> None:
    def half(path: Path) -> None:
        signature = sshsig.sign(MIRA, path.read_bytes(), approval.NAMESPACE)
        path.with_name(path.name + ".sig").write_text(signature[:100])

    desk.acts = [half, signs(ending=".sig")]
    desk.open()
    desk.engine.run()
    assert desk.told(ApprovalRefused) == []


def test_without_anybody_at_the_terminal_it_is_given_up_when_nobody_signed_in_time(desk: Desk) -> None:
    desk.acts = [waits, lambda _: setattr(desk, "now", desk.now + LASTS)]
    desk.open()
    with pytest.raises(NobodyThere, match="in time"):
        desk.engine.run()
    assert "act" not in desk.stage.log
    assert desk.requests() == []


def test_with_somebody_at_the_terminal_a_new_request_takes_the_place_of_one_that_expired(desk: Desk) -> None:
    desk.acts = [lambda _: setattr(desk, "now", desk.now + LASTS), signs()]
    desk.open(patient=True)
    desk.engine.run()
    first, second = desk.told(SecondPersonAsked)
    assert first.request != second.request
    assert len(desk.told(Approved)) == 1


class Operator(Says):
    """An operator who knows that this question is not theirs."""

    def ask(self, question: Question, pump: Pump) -> Answer:
        if question.about is About.SECOND_PERSON:
            return Nobody().ask(question, pump)
        return super().ask(question, pump)


class Waits(Says):
    """An operator who lets the second person wait for a moment, and then stops."""

    def ask(self, question: Question, pump: Pump) -> Answer:
        pump()
        return super().ask(question, pump)


def test_a_rehearsal_brings_its_own_second_person(desk: Desk) -> None:
    desk.open()
    colleague = Colleague(desk.folder)
    second = SecondPerson(
        colleague.approvers,
        key=OPERATOR,
        operator="olga@host",
        kept=desk.kept,
        head=lambda: "f" * 64,
        now=lambda: desk.now,
    )
    desk.engine._second = second
    desk.engine._listeners = (*desk.engine._listeners, colleague)
    desk.engine.run()
    assert [event.by for event in desk.told(Approved)] == ["colleague@rehearsal"]


def test_the_operator_may_stop_waiting_but_not_answer(desk: Desk) -> None:
    person = Waits([Answer(Choice.STOP, "a test")])
    desk.open(gatekeeper=person)
    with pytest.raises(Stopped):
        desk.engine.run()
    (question,) = person.asked  # What --approve all answers is not this.
    assert (question.about, question.offers) == (About.SECOND_PERSON, (Choice.STOP,))
    assert {name for name, _ in question.details} == {"request", "sign by", "or by", "until"}
    assert "act" not in desk.stage.log
    assert desk.requests() == []


@pytest.mark.parametrize("choice", [Choice.GO_ON, Choice.SEEN, Choice.AGAIN, Choice.OVERRIDE])
def test_nothing_that_is_answered_at_the_terminal_is_an_approval(desk: Desk, choice: Choice) -> None:
    class Claims(Says):
        def ask(self, question: Question, pump: Pump) -> Answer:
            self.asked.append(question)
            pump()
            return Answer(choice, "a test", "because")

    desk.open(gatekeeper=Claims([]))
    with pytest.raises(NobodyThere, match="nobody signed"):
        desk.engine.run()
    assert "act" not in desk.stage.log


@pytest.mark.parametrize("gatekeeper", [Nobody(), says(Choice.GO_ON)])
def test_where_no_key_may_approve_the_run_ends_at_once(stage: Stage, gatekeeper: Gatekeeper) -> None:
    engine, _ = build(stage, replace(STEP, gate=Gate.SECOND_PERSON), gatekeeper=Beforehand(["all"], gatekeeper))
    with pytest.raises(NobodyThere, match="second person") as refused:
        engine.run()
    assert "--approvers" in refused.value.hint
    assert "act" not in stage.log


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_what_was_approved_is_not_asked_for_again_when_it_is_tried_again(desk: Desk) -> None:
    desk.acts = [signs()]
    desk.open(gatekeeper=Operator([Answer(Choice.AGAIN, "a test")]))
    left = [page_error(NoEffect)]

    def act() -> None:
        if left:
            raise left.pop()

    desk.stage.act = act
    desk.engine.run()
    assert desk.stage.log.count("act") == 2
    assert len(desk.told(Approved)) == 1


def test_done_by_hand_without_an_approval_is_recorded_as_that(desk: Desk) -> None:
    person = Waits([Answer(Choice.GIVE_BACK, "a test")])
    person.wishes = [Answer(Choice.TAKE_OVER, "a test")]
    step = replace(GATED, effect=Effect.CHANGE, done_when=(probe("has_it"),))
    desk.open(step, gatekeeper=person)
    desk.stage.breathed = lambda: desk.stage.on_screen.add("has_it")
    desk.engine.run()
    (ended,) = desk.told(StepEnded)
    assert ended.result == Result.OVERRIDDEN
    assert "without a second person's approval" in ended.reason


def test_a_step_by_hand_waits_for_the_approval_too(desk: Desk) -> None:
    desk.acts = [signs()]
    desk.open(
        replace(GATED, expect=(probe("has_it"),)), gatekeeper=Operator([Answer(Choice.GO_ON, "")]), mode=Mode.MANUAL
    )
    desk.stage.on_screen.add("has_it")
    desk.engine.run()
    assert len(desk.told(Approved)) == 1


def test_a_request_that_cannot_be_written_is_told_and_may_be_tried_again(desk: Desk) -> None:
    desk.acts = [signs()]
    desk.folder.write_text("in the way")

    class Clears(Operator):
        def ask(self, question: Question, pump: Pump) -> Answer:
            if question.about is About.FAILURE:
                assert "cannot be written" in question.seen
                assert str(desk.folder) in question.next
                desk.folder.unlink()
            return super().ask(question, pump)

    desk.open(gatekeeper=Clears([Answer(Choice.AGAIN, "a test")]))
    desk.engine.run()
    assert result(desk.engine) is Result.DONE
    assert len(desk.told(Approved)) == 1


def test_a_request_that_another_account_could_not_read_does_not_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(desk.folder), "chmod", refuse)
    desk.open()
    with pytest.raises(StepFailed, match="cannot be written: permission denied"):
        desk.engine.run()
    assert list(desk.folder.iterdir()) == []
    assert "act" not in desk.stage.log


def refuse(*_: object, **__: object) -> None:
    raise OSError(errno.EACCES, os.strerror(errno.EACCES))


def test_an_approval_that_cannot_be_kept_stops_the_run_and_says_why(desk: Desk) -> None:
    desk.acts = [signs()]
    desk.open()
    (desk.kept / approval.FOLDER).write_text("no folder")
    with pytest.raises(NoRoom, match="an approval cannot be written"):
        desk.engine.run()
    assert "act" not in desk.stage.log
    assert desk.requests() == []


@pytest.mark.parametrize("gated", [True, False])
def test_before_anything_begins_it_is_tried_whether_a_request_can_be_written(tmp_path: Path, gated: bool) -> None:
    (tmp_path / "approvers").write_text(line("mira@host", MIRA))
    (folder := tmp_path / "approvals").write_text("no folder")
    args: Any = SimpleNamespace(approvers=tmp_path / "approvers", approvals=None, recordings=tmp_path / "recordings")
    prepared: Any = SimpleNamespace(runbook=SimpleNamespace(steps=[GATED if gated else STEP]))
    if gated:
        with pytest.raises(CannotStart, match="cannot be written") as told:
            approvers(args, prepared)
        assert str(folder) in told.value.hint
        folder.unlink()
    assert approvers(args, prepared)
    assert not gated or list(folder.iterdir()) == []


@pytest.mark.parametrize("text", ["", "# nobody\n", "mira@host ssh-rsa AAAA\n"])
def test_a_file_that_names_no_approver_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "approvers").write_text(text)
    with pytest.raises(Invalid, match="approvers"):
        Approvers.read(tmp_path / "approvers", tmp_path, patient=False)


def test_a_file_of_approvers_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        Approvers.read(tmp_path / "approvers", tmp_path, patient=False)


# --- keyturn approve


@pytest.fixture
def asked(desk: Desk) -> Path:
    """Give a request that a run has just written."""
    desk.now = datetime.now(UTC)
    desk.open(gatekeeper=Waits([Answer(Choice.STOP, "a test")]))
    kept: list[tuple[str, bytes]] = []
    desk.acts = [lambda path: kept.append((path.name, path.read_bytes()))]
    with suppress(Stopped):
        desk.engine.run()
    ((name, data),) = kept
    (desk.folder / name).write_bytes(data)
    return desk.folder / name


def key_file(folder: Path, key: Ed25519PrivateKey) -> str:
    path = folder / "key"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    path.chmod(0o600)
    return str(path)


@pytest.mark.parametrize(
    ("says_", "code"), [("y\r", Exit.DONE), ("n\r", Exit.STOPPED), ("\r", Exit.STOPPED), ("\x04", Exit.STOPPED)]
)
def test_the_second_person_reads_all_of_it_and_signs(asked: Path, tmp_path: Path, says_: str, code: Exit) -> None:
    command = [sys.executable, "-m", "keyturn", "approve", str(asked), "--key", key_file(tmp_path, MIRA)]
    with Terminal(command, {**os.environ, "PYTHONPATH": str(ROOT)}, width=120) as at:
        at.see("Approve exactly this?")
        pending = Pending.from_bytes(asked.read_bytes())
        for words in ("Delete the old one", "olga@host", pending.run, pending.nonce, pending.runbook_sha256[:40]):
            assert words in at.shown
        at.press(says_)
        assert at.end() == code
    signature = asked.with_name(f"{asked.name}.sshsig")
    assert signature.exists() is (code is Exit.DONE)
    if signature.exists():
        assert sshsig.verify(signature.read_text(), asked.read_bytes(), approval.NAMESPACE) == sshsig.raw_public(MIRA)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["approve", *words])
    return code, " ".join(capsys.readouterr().err.split())


def test_without_a_terminal_nothing_is_signed(asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = refused(capsys, str(asked), "--key", key_file(tmp_path, MIRA))
    assert code == Exit.NOBODY_THERE
    assert "ssh-keygen -Y sign -n keyturn-approval" in told


def test_a_signature_that_cannot_be_written_is_told_as_that(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked.with_name(f"{asked.name}.sshsig").mkdir()
    monkeypatch.setattr("keyturn.console.somebody_is_there", lambda: True)
    monkeypatch.setattr(system, "forget_typed", lambda _: None)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(fileno=lambda: 0))
    monkeypatch.setattr("builtins.input", lambda: "y")
    code, told = refused(capsys, str(asked), "--key", key_file(tmp_path, MIRA))
    assert code == Exit.CANNOT_START
    assert f"{asked}.sshsig cannot be written: is a directory hint: approve a copy of {asked.name}" in told


def test_the_operator_is_refused(asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = refused(capsys, str(asked), "--key", key_file(tmp_path, OPERATOR))
    assert code == Exit.INVALID
    assert "operator's own key" in told


def test_a_request_that_expired_is_refused(asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = replace(Pending.from_bytes(asked.read_bytes()), expires="2026-01-01T00:00:00.000Z")
    asked.write_bytes(old.to_bytes())
    code, told = refused(capsys, str(asked), "--key", key_file(tmp_path, MIRA))
    assert code == Exit.INVALID
    assert "expired" in told


@pytest.mark.parametrize("data", [None, b"{}"])
def test_what_is_no_request_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None) -> None:
    if data is not None:
        (tmp_path / "request.json").write_bytes(data)
    code, _ = refused(capsys, str(tmp_path / "request.json"), "--key", key_file(tmp_path, MIRA))
    assert code == Exit.INVALID


def test_a_key_that_cannot_be_used_is_told(asked: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "key").write_text("no key")
    (tmp_path / "key").chmod(0o600)
    for name in ("key", "nothing"):
        assert refused(capsys, str(asked), "--key", str(tmp_path / name))[0] == Exit.CANNOT_START
