from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from evidence import sshsig
from evidence.error import EvidenceError
from tests.evidence.conftest import passes

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

WHO = "ann@example.test"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def allowed(key: Ed25519PrivateKey, tmp_path: Path) -> Path:
    path = tmp_path / "allowed_signers"
    path.write_text(sshsig.allowed_line(WHO, sshsig.raw_public(key), "purpose"))
    return path


def test_ssh_keygen_accepts_what_is_signed_here(key: Ed25519PrivateKey, allowed: Path, tmp_path: Path) -> None:
    (tmp_path / "text.sshsig").write_text(sshsig.sign(key, b"text", "purpose"))
    command = ("ssh-keygen", "-Y", "verify", "-f", str(allowed), "-I", WHO, "-n", "purpose", "-s", "text.sshsig")
    assert passes(*command, folder=tmp_path, stdin=b"text")
    assert not passes(*command, folder=tmp_path, stdin=b"Text")


def test_what_ssh_keygen_signs_is_accepted_here_and_is_the_same(key: Ed25519PrivateKey, tmp_path: Path) -> None:
    private = tmp_path / "key"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    private.chmod(0o600)
    (tmp_path / "text").write_bytes(b"text")
    assert passes("ssh-keygen", "-Y", "sign", "-f", str(private), "-n", "purpose", "text", folder=tmp_path)
    armoured = (tmp_path / "text.sig").read_text()
    assert sshsig.verify(armoured, b"text", "purpose") == sshsig.raw_public(key)
    assert armoured == sshsig.sign(key, b"text", "purpose")


def test_a_key_is_named_as_ssh_keygen_names_it(key: Ed25519PrivateKey, tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_bytes(key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH))
    said = subprocess.run(["ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")], capture_output=True, check=True)
    assert said.stdout.decode().split()[1] == sshsig.fingerprint(sshsig.raw_public(key))


def test_another_text_or_purpose_is_refused(key: Ed25519PrivateKey) -> None:
    armoured = sshsig.sign(key, b"text", "purpose")
    with pytest.raises(sshsig.BadSignature, match="does not fit the text"):
        sshsig.verify(armoured, b"Text", "purpose")
    with pytest.raises(sshsig.BadSignature, match="another purpose"):
        sshsig.verify(armoured, b"text", "other")


def test_no_flipped_bit_of_the_armour_is_accepted(key: Ed25519PrivateKey) -> None:
    armoured = sshsig.sign(key, b"text", "purpose").rstrip("\n").encode()
    for at in range(len(armoured)):
        if armoured[at] == ord("\n"):
            continue  # Another line break is the same armour.
        harmed = bytearray(armoured)
        harmed[at] ^= 1
        with pytest.raises(sshsig.BadSignature):
            sshsig.verify(harmed.decode("latin-1"), b"text", "purpose")


def test_a_signature_cut_short_is_refused(key: Ed25519PrivateKey) -> None:
    first, *body, last = sshsig.sign(key, b"text", "purpose").splitlines()
    with pytest.raises(sshsig.BadSignature):
        sshsig.verify("\n".join([first, *body[:-1], last]), b"text", "purpose")
    with pytest.raises(sshsig.BadSignature, match="SSHSIG form"):
        sshsig.verify("nothing", b"text", "purpose")


@pytest.mark.parametrize(
    ("line", "may"),
    [
        ("ann@example.test {key}", True),
        ("bob@example.test,*@example.test {key}", True),
        ("*@example.test,!ann@example.test {key}", False),
        ('ann@example.test namespaces="other,pur*" {key}', True),
        ('ann@example.test namespaces="other" {key}', False),
        ('ann@example.test valid-before="20261123Z" {key}', False),
        ('ann@example.test valid-after="20261123",valid-before="202611251200Z" {key}', True),
        ('ann@example.test valid-after="20261125000000Z" {key}', False),
        ("bob@example.test {key}", False),
    ],
)
def test_allowed_signers_mean_what_they_mean_to_ssh_keygen(
    key: Ed25519PrivateKey, tmp_path: Path, line: str, *, may: bool
) -> None:
    public = sshsig.allowed_line(WHO, sshsig.raw_public(key), "x").split(" ", 2)[2].strip()
    text = f"# a comment\n\n{line.format(key=public)} and a comment\n"
    (signer,) = sshsig.read_allowed(text)
    assert signer.may(WHO, "purpose", NOW) is may
    (tmp_path / "allowed").write_text(text)
    (tmp_path / "sig").write_text(sshsig.sign(key, b"text", "purpose"))
    command = ("ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", WHO, "-n", "purpose", "-s", "sig")
    assert passes(*command, "-O", "verify-time=20261124000000Z", folder=tmp_path, stdin=b"text") is may


@pytest.mark.parametrize(
    "line",
    ["ann", "ann ssh-rsa AAAA", "ann ssh-ed25519 AAAA", "ann cert-authority ssh-ed25519 A", "ann ssh-ed25519 %%"],
)
def test_a_line_that_is_not_known_is_refused(line: str) -> None:
    with pytest.raises(EvidenceError, match="allowed_signers line 1"):
        sshsig.read_allowed(line)


@pytest.mark.parametrize("option", ["valid-before", "valid-after"])
@pytest.mark.parametrize("date", ["tomorrow", "soon", "20261301", "00010101", "Z"])
def test_a_validity_that_is_no_date_is_refused(key: Ed25519PrivateKey, option: str, date: str) -> None:
    line = sshsig.allowed_line(WHO, sshsig.raw_public(key), "purpose").replace(" name", f' {option}="{date}",name')
    with pytest.raises(EvidenceError, match="allowed_signers line 1: a validity date is malformed"):
        sshsig.read_allowed(line)


def test_an_identity_cannot_smuggle_in_options(key: Ed25519PrivateKey) -> None:
    for identity in ("", "ann bob", 'ann",x="', "a,b"):
        with pytest.raises(EvidenceError, match="one word"):
            sshsig.allowed_line(identity, sshsig.raw_public(key), "purpose")
