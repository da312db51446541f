"""What the report says of the package: what the verifier found, and what nobody can know from the recording alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import junit, oscal, package, report, sshsig, verify
from tests.evidence.conftest import IDENTITY, text_of

if TYPE_CHECKING:
    from pathlib import Path


def test_of_a_sealed_recording_it_tells_the_package_too(sealed: Path, tmp_path: Path) -> None:
    path = report.write(sealed, tmp_path / "r.html")
    text = text_of(path.read_text())
    assert f"Digest sha256:{package.digest(sealed)} Proof signed" in text
    assert "Timestamp none" in text
    assert "It does not verify" not in text
    (sealed / "extra").touch()
    assert "It does not verify extra: it is in no manifest" in text_of(report.write(sealed, path).read_text())


def test_who_signed_is_the_recordings_own_word_until_the_auditor_brings_their_list(
    sealed: Path, signers: Path, tmp_path: Path
) -> None:
    key = verify.verify(sealed).key
    text = text_of(report.write(sealed, tmp_path / "r.html").read_text())
    assert f"Signed by {IDENTITY}, key {key}, by the recording’s own word" in text
    assert "who signed: the key was taken from the recording itself" in text
    text = text_of(report.write(sealed, tmp_path / "r.html", allowed_signers=signers).read_text())
    assert f"Signed by {IDENTITY}, key {key}" in text
    assert "own word" not in text
    assert "the key was taken from the recording itself" not in text


def test_it_says_what_it_does_not_prove(sealed: Path, tmp_path: Path) -> None:
    text = text_of(report.write(sealed, tmp_path / "r.html").read_text())
    proven = text.partition("This does not prove:")[2]
    for unproven in verify.verify(sealed).does_not_prove:
        assert unproven in proven.replace("&#x27;", "'")


@pytest.fixture
def others(tmp_path: Path) -> Path:
    """An auditor's list in which another key stands under the signer's name."""
    path = tmp_path / "others"
    key = sshsig.raw_public(Ed25519PrivateKey.generate())
    path.write_text(sshsig.allowed_line(IDENTITY, key, package.NAMESPACE))
    return path


def test_one_that_another_key_signed_verifies_in_no_form(sealed: Path, others: Path, tmp_path: Path) -> None:
    text = text_of(report.write(sealed, tmp_path / "r.html", allowed_signers=others).read_text())
    assert "It does not verify" in text
    assert "Signed no valid signature" in text
    assert "does not verify" in junit.write(sealed, tmp_path / "j.xml", allowed_signers=others).read_text()
    told = json.loads(oscal.write(sealed, tmp_path / "o.json", allowed_signers=others).read_text())
    assert "does not verify" in told["assessment-results"]["results"][0]["findings"][0]["description"]


def test_what_a_seal_that_was_cut_short_left_says_nothing_of_one_that_is_about_to_be_sealed(recording: Path) -> None:
    (recording / "bagit.txt").write_text(package.DECLARATION)
    assert "does not verify" not in report.write(recording).read_text()


def test_a_seal_that_was_taken_off_is_told(sealed: Path, tmp_path: Path) -> None:
    (sealed / package.TAG_MANIFEST).unlink()
    text = text_of(report.write(sealed, tmp_path / "r.html").read_text())
    assert f"It does not verify {package.TAG_MANIFEST}: it is missing" in text
