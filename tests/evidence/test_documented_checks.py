"""The commands of docs/evidence.md, run as they stand there, accept a good recording and refuse a changed one."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence import package, report_parts, sealing, sshsig, story_reading
from tests.evidence.authority import served
from tests.evidence.conftest import IDENTITY, record
from tests.evidence.test_verify import (
    add_a_file_beside_the_payload,
    add_a_file_to_the_signatures,
    add_a_link,
    delete_a_picture,
    drop_a_step_rechain_and_remanifest,
    edit_and_remanifest,
    flip_a_bit_of_a_picture,
    flip_a_bit_of_bag_info,
    remove_the_signature,
    sign_again_with_another_key,
    swap_journal_lines_and_remanifest,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TEXT = (Path(__file__).parents[2] / "docs" / "evidence.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("## Checking a recording with stock tools")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"```\n(.*?)```", SECTION, re.DOTALL)
MANIFESTS, LISTED, CHAIN, EARLIER = range(4)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, key: Ed25519PrivateKey) -> Path:
    """A recording of a run that went on, sealed and stamped, with the auditor's files beside it."""
    home = tmp_path_factory.mktemp("home")
    folder = record(home / "20261124T020710Z-update-entra-client-secret")
    facts = {"signing_key": key, "identity": IDENTITY, "previous": None}
    sealing.seal(folder, info={"Status": "stopped"}, **facts)  # type: ignore[arg-type]  # each is what it should be
    sealing.reopen(folder)
    tsa = tmp_path_factory.mktemp("tsa")
    with served(tsa) as authority:
        sealing.seal(folder, info={"Status": "done"}, tsa=authority.url, **facts)  # type: ignore[arg-type]  # the same
    shutil.copyfile(tsa / "root.pem", home / "tsa-root.pem")
    line = sshsig.allowed_line(IDENTITY, sshsig.raw_public(key), package.NAMESPACE)
    (home / "allowed_signers").write_text(line)
    return folder


def run(block: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a block of the document in a shell that stops at the first command that fails."""
    script = re.sub(r"^cd \S+\n", "", BLOCKS[block]).replace("SIGNER", IDENTITY)
    return subprocess.run(["bash", "-e", "-c", script], cwd=folder, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("block", range(len(BLOCKS)))
def test_every_command_accepts_a_good_recording(good: Path, block: int) -> None:
    before = sorted(good.rglob("*"))
    done = run(block, good)
    assert done.returncode == 0, done.stderr
    assert block in {MANIFESTS, EARLIER} or done.stdout == ""
    assert sorted(good.rglob("*")) == before  # Checking leaves nothing behind.


def test_the_blocks_are_those_that_are_meant_here() -> None:
    words = ("sha256sum", "find", "prev", "earlier")
    assert [word in block for word, block in zip(words, BLOCKS, strict=True)] == [True] * 4
    assert "openssl ts -verify" in BLOCKS[MANIFESTS]
    assert "ssh-keygen -Y verify" in BLOCKS[MANIFESTS]


@pytest.mark.parametrize(
    ("harm", "block"),
    [
        (flip_a_bit_of_a_picture, MANIFESTS),
        (flip_a_bit_of_bag_info, MANIFESTS),
        (delete_a_picture, MANIFESTS),
        (edit_and_remanifest, MANIFESTS),
        (drop_a_step_rechain_and_remanifest, MANIFESTS),
        (remove_the_signature, MANIFESTS),
        (sign_again_with_another_key, MANIFESTS),
        (add_a_file_beside_the_payload, LISTED),
        (add_a_link, LISTED),
        (swap_journal_lines_and_remanifest, CHAIN),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_a_command_refuses_a_changed_recording(
    good: Path, tmp_path: Path, harm: Callable[[Path], None], block: int
) -> None:
    for name in ("allowed_signers", "tsa-root.pem"):
        shutil.copyfile(good.parent / name, tmp_path / name)
    folder = shutil.copytree(good, tmp_path / "recording")
    harm(folder)
    assert run(block, folder).returncode != 0


def test_a_file_beside_the_signatures_is_told(good: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(good, tmp_path / "recording")
    add_a_file_to_the_signatures(folder)
    assert "signatures/extra.sshsig" in run(LISTED, folder).stdout


def test_an_earlier_signature_that_was_changed_is_refused(good: Path, tmp_path: Path) -> None:
    shutil.copyfile(good.parent / "allowed_signers", tmp_path / "allowed_signers")
    folder = shutil.copytree(good, tmp_path / "recording")
    path = folder / "data" / "earlier" / "1" / package.BAG_INFO
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"X: y\n")
    assert run(EARLIER, folder).returncode != 0


def test_what_the_report_says_of_checking_does_not_take_the_recordings_own_word_for_who_may_sign(
    good: Path, tmp_path: Path
) -> None:
    told = report_parts.checks(story_reading.read(good / "data"))
    script = html.unescape(told.partition("<pre class=mono>")[2].partition("</pre>")[0]).replace("SIGNER", IDENTITY)
    shutil.copyfile(good.parent / "allowed_signers", tmp_path / "allowed_signers")
    folder = shutil.copytree(good, tmp_path / "recording")
    assert subprocess.run(["bash", "-e", "-c", script], cwd=folder, check=False, capture_output=True).returncode == 0
    sign_again_with_another_key(folder)
    assert subprocess.run(["bash", "-e", "-c", script], cwd=folder, check=False, capture_output=True).returncode != 0
