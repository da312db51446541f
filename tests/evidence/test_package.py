from __future__ import annotations

import hashlib
import stat
from typing import TYPE_CHECKING

import bagit
import pytest

from evidence import package, sealing
from evidence.error import EvidenceError, NotARecording
from tests.evidence.conftest import IDENTITY, passes, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def test_bagit_accepts_the_package(sealed: Path) -> None:
    bag = bagit.Bag(str(sealed))
    bag.validate()
    assert bag.info["Signer"] == IDENTITY


@pytest.mark.parametrize("tool", [("sha256sum", "--strict", "--quiet", "-c"), ("shasum", "-a", "256", "-c")])
@pytest.mark.parametrize("manifest", [package.MANIFEST, package.TAG_MANIFEST])
def test_stock_tools_accept_the_manifests(sealed: Path, tool: tuple[str, ...], manifest: str) -> None:
    assert passes(*tool, manifest, folder=sealed)


def test_ssh_keygen_accepts_the_signature(sealed: Path, signers: Path) -> None:
    command = ("ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", IDENTITY, "-n", package.NAMESPACE)
    tags = (sealed / package.TAG_MANIFEST).read_bytes()
    assert passes(*command, "-s", package.SIGNATURE, folder=sealed, stdin=tags)


def test_names_with_spaces_and_letters_of_any_language_are_accepted(
    recording: Path, seal: Callable[[Path], Path]
) -> None:
    for name in ("zwei Wörter.txt", "  leading.txt", "鍵.txt"):
        (recording / "data" / name).write_text(name)
    folder = seal(recording)
    bagit.Bag(str(folder)).validate()
    assert passes("sha256sum", "--strict", "--quiet", "-c", package.MANIFEST, folder=folder)


@pytest.mark.parametrize("name", ["100%.txt", "new\nline.txt", "back\\slash.txt"])
def test_names_that_tools_read_differently_are_refused(
    recording: Path, seal: Callable[[Path], Path], name: str
) -> None:
    (recording / "data" / name).write_text("x")
    with pytest.raises(EvidenceError, match="cannot hold a file named"):
        seal(recording)
    assert not (recording / package.TAG_MANIFEST).exists()


def test_the_digest_is_that_of_the_tag_manifest(sealed: Path) -> None:
    assert package.digest(sealed) == hashlib.sha256((sealed / package.TAG_MANIFEST).read_bytes()).hexdigest()


def test_each_recording_names_the_one_before(tmp_path: Path, seal: Callable[..., Path]) -> None:
    assert package.latest(tmp_path) is None
    first = seal(record(tmp_path / "20261124T010000Z-a"))
    assert package.latest(tmp_path) == package.digest(first)
    second = seal(record(tmp_path / "20261124T020000Z-b"), package.latest(tmp_path))
    assert package.read_info(second)[package.PREVIOUS] == f"sha256:{package.digest(first)}"
    assert package.latest(tmp_path) == package.digest(second)


def test_a_sealed_recording_is_not_sealed_again(sealed: Path, seal: Callable[[Path], Path]) -> None:
    with pytest.raises(NotARecording, match="sealed already"):
        seal(sealed)


def test_nothing_recorded_cannot_be_sealed(tmp_path: Path, seal: Callable[[Path], Path]) -> None:
    with pytest.raises(NotARecording, match="nothing recorded"):
        seal(tmp_path)
    with pytest.raises(NotARecording, match="not sealed"):
        package.digest(tmp_path)


def test_a_link_is_not_packaged(recording: Path, seal: Callable[[Path], Path]) -> None:
    (recording / "data" / "link").symlink_to("/etc/hostname")
    with pytest.raises(EvidenceError, match="link: it is not a regular file"):
        seal(recording)
    assert not (recording / package.TAG_MANIFEST).exists()


@pytest.mark.parametrize("info", [{"Run": "a\nSigner: eve"}, {"no label": "x"}])
def test_bag_info_cannot_be_smuggled_into(recording: Path, key: Ed25519PrivateKey, info: dict[str, str]) -> None:
    with pytest.raises(EvidenceError, match=r"bag-info.txt cannot hold"):
        sealing.seal(recording, signing_key=key, identity=IDENTITY, info=info, previous=None)


def test_a_sealed_recording_is_read_only(sealed: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in package.files(sealed)}
    assert modes == {0o400}


def test_quarantine_moves_the_whole_folder_out_of_the_list(recording: Path) -> None:
    home = recording.parent
    place = package.quarantine(recording)
    assert place == home / "quarantine" / recording.name
    assert (place / "data" / "journal.jsonl").is_file()
    assert package.recordings(home) == []
