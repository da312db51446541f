"""`keyturn approve`: the second person reads all of a request, and signs it or does not."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from evidence import approval, sshsig
from evidence.approval import Pending
from keyturn import system
from keyturn.cli import main
from keyturn.errors import Exit, Stopped
from keyturn.gates import Answer, Choice
from keyturn.run import request as requests
from tests.keyturn.approval_desk import MIRA, OPERATOR, Desk, Waits
from tests.terminal import ROOT, Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(requests, "_LOOK_AGAIN", 0.0)
    return Desk(tmp_path / "approvals", tmp_path / "data")


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
