"""Every manipulation of a sealed recording is named; the numbers are those of the 21 that were measured."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import listing, package, sshsig, verify
from evidence.chain import GENESIS, canonical, digest
from evidence.error import WrongFile
from tests.evidence.conftest import IDENTITY, passes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

JOURNAL = "data/journal.jsonl"
PICTURE = "data/pictures/02-add-secret-after.png"


def test_a_good_recording_verifies(sealed: Path, signers: Path) -> None:
    verdict = verify.verify(sealed, allowed_signers=signers)
    assert (verdict.faults, verdict.proof, verdict.signer) == ([], "signed", IDENTITY)
    assert verdict.digest == package.digest(sealed)
    assert any("audit log" in text for text in verdict.does_not_prove)


def test_without_the_signers_own_key_it_says_what_that_leaves_open(sealed: Path) -> None:
    assert any(text.startswith("who signed") for text in verify.verify(sealed).does_not_prove)


def _write(path: Path, data: bytes) -> None:
    if path.exists():
        path.chmod(0o600)
    path.write_bytes(data)


def _flip(path: Path, at: int = 40) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    _write(path, bytes(data))


def _lines(folder: Path) -> list[bytes]:
    return (folder / JOURNAL).read_bytes().splitlines()


def _put_lines(folder: Path, lines: list[bytes]) -> None:
    _write(folder / JOURNAL, b"".join(line + b"\n" for line in lines))


def _rechained(lines: list[bytes]) -> list[bytes]:
    head, chained = GENESIS, []
    for number, line in enumerate(lines, start=1):
        chained.append(canonical({**json.loads(line), "seq": number, "prev": head}))
        head = digest(chained[-1])
    return chained


def _remanifest(folder: Path) -> None:
    for name, pattern in ((package.MANIFEST, "data/**/*"), (package.TAG_MANIFEST, "")):
        paths = sorted(path for path in folder.glob(pattern) if path.is_file()) if pattern else []
        paths = paths or [folder / tag for tag in sorted((*_TAGS,))]
        text = "".join(f"{package.file_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths)
        _write(folder / name, text.encode())


_TAGS = (package.ALLOWED_SIGNERS, package.BAG_INFO, "bagit.txt", package.MANIFEST)


def flip_a_bit_of_a_picture(folder: Path) -> None:
    _flip(folder / PICTURE)


def flip_a_bit_of_the_journal(folder: Path) -> None:
    _flip(folder / JOURNAL)


def flip_a_bit_of_bag_info(folder: Path) -> None:
    _flip(folder / package.BAG_INFO)


def delete_a_picture(folder: Path) -> None:
    (folder / PICTURE).unlink()


def swap_two_files(folder: Path) -> None:
    first, second = folder / "data/run.json", folder / "data/recorded.json"
    one, two = first.read_bytes(), second.read_bytes()
    _write(first, two)
    _write(second, one)


def truncate_the_journal(folder: Path) -> None:
    _put_lines(folder, _lines(folder)[:-1])


def swap_journal_lines_and_remanifest(folder: Path) -> None:
    lines = _lines(folder)
    lines[2], lines[3] = lines[3], lines[2]
    _put_lines(folder, lines)
    _remanifest(folder)


def drop_a_step_and_rechain(folder: Path) -> None:
    lines = _lines(folder)
    _put_lines(folder, _rechained([*lines[:3], *lines[4:]]))


def drop_a_step_rechain_and_remanifest(folder: Path) -> None:
    drop_a_step_and_rechain(folder)
    _remanifest(folder)


def edit_and_remanifest(folder: Path) -> None:
    _write(folder / "data/run.json", b"{}\n")
    _remanifest(folder)


def give_the_manifest_dos_line_ends(folder: Path) -> None:
    path = folder / package.MANIFEST
    _write(path, path.read_bytes().replace(b"\n", b"\r\n"))


def add_a_payload_file(folder: Path) -> None:
    (folder / "data/extra.txt").write_text("extra")


def add_a_file_beside_the_payload(folder: Path) -> None:
    (folder / "extra.txt").write_text("extra")


def add_a_file_to_the_signatures(folder: Path) -> None:
    (folder / "signatures/extra.sshsig").write_text("extra")


def add_a_link(folder: Path) -> None:
    (folder / "data/link").symlink_to(folder / "data/run.json")


def replace_a_file_by_a_link_to_the_same_bytes(folder: Path) -> None:
    path = folder / "data/run.json"
    path.rename(folder.parent / "elsewhere")
    path.symlink_to(folder.parent / "elsewhere")


def remove_the_signature(folder: Path) -> None:
    (folder / package.SIGNATURE).unlink()


def remove_both_manifests(folder: Path) -> None:
    (folder / package.MANIFEST).unlink()
    (folder / package.TAG_MANIFEST).unlink()


def sign_again_with_another_key(folder: Path) -> None:
    other = Ed25519PrivateKey.generate()
    _write(folder / "data/run.json", b"{}\n")
    line = sshsig.allowed_line(IDENTITY, sshsig.raw_public(other), package.NAMESPACE)
    _write(folder / package.ALLOWED_SIGNERS, line.encode())
    _remanifest(folder)
    signature = sshsig.sign(other, (folder / package.TAG_MANIFEST).read_bytes(), package.NAMESPACE)
    _write(folder / package.SIGNATURE, signature.encode())


def list_a_file_twice(folder: Path) -> None:
    path = folder / package.MANIFEST
    _write(path, path.read_bytes() + path.read_bytes().splitlines(keepends=True)[0])


def list_a_file_outside(folder: Path) -> None:
    path = folder / package.MANIFEST
    _write(path, path.read_bytes() + f"{'0' * 64}  data/../../outside\n".encode())


HARM: list[tuple[Callable[[Path], None], str]] = [
    (flip_a_bit_of_a_picture, f"{PICTURE}: it was changed"),
    (flip_a_bit_of_the_journal, f"{JOURNAL}: it was changed"),
    (flip_a_bit_of_bag_info, f"{package.BAG_INFO}: it was changed"),
    (delete_a_picture, f"{PICTURE}: it is missing"),
    (swap_two_files, "data/recorded.json: it was changed"),
    (truncate_the_journal, f"{JOURNAL}: it was changed"),
    (swap_journal_lines_and_remanifest, f"{JOURNAL} line 3: is numbered 4"),
    (drop_a_step_and_rechain, f"{JOURNAL}: it was changed"),
    (drop_a_step_rechain_and_remanifest, f"{package.SIGNATURE}: the signature does not fit the text"),
    (edit_and_remanifest, f"{package.SIGNATURE}: the signature does not fit the text"),
    (give_the_manifest_dos_line_ends, f"{package.MANIFEST} line 1: it is malformed"),
    (add_a_payload_file, "data/extra.txt: it is in no manifest"),
    (add_a_file_beside_the_payload, "extra.txt: it is in no manifest"),
    (add_a_file_to_the_signatures, "signatures/extra.sshsig: it is in no manifest"),
    (add_a_link, "data/link: it is not a regular file"),
    (replace_a_file_by_a_link_to_the_same_bytes, "data/run.json: it is not a regular file"),
    (remove_the_signature, f"{package.SIGNATURE}: it is missing or not readable"),
    (remove_both_manifests, f"{package.TAG_MANIFEST}: it is missing"),
    (sign_again_with_another_key, f"{package.SIGNATURE}: it was not made by a key that {IDENTITY} may sign with"),
    (list_a_file_twice, f"{package.MANIFEST} line 6: {JOURNAL} is listed twice"),
    (list_a_file_outside, f"{package.MANIFEST} line 6: data/../../outside does not belong there"),
]


@pytest.mark.parametrize(("harm", "fault"), HARM, ids=lambda part: getattr(part, "__name__", ""))
def test_a_manipulation_is_named(sealed: Path, signers: Path, harm: Callable[[Path], None], fault: str) -> None:
    harm(sealed)
    verdict = verify.verify(sealed, allowed_signers=signers)
    assert fault in verdict.faults
    assert verdict.proof == "none"


def test_what_is_wrong_in_two_ways_is_named_once(sealed: Path) -> None:
    (sealed / package.JOURNAL).unlink()
    faults = verify.verify(sealed).faults
    assert faults.count(f"{package.JOURNAL}: it is missing") == 1


@pytest.mark.parametrize("harm", [sign_again_with_another_key])
def test_a_whole_new_package_passes_only_where_nobody_brings_the_signers_key(
    sealed: Path, signers: Path, harm: Callable[[Path], None]
) -> None:
    harm(sealed)
    assert passes("sha256sum", "--strict", "-c", package.TAG_MANIFEST, folder=sealed)
    alone = verify.verify(sealed)
    assert any("key was taken from the recording itself" in text for text in alone.does_not_prove)
    assert not verify.verify(sealed, allowed_signers=signers).holds


def test_a_signature_for_another_purpose_is_not_proof(sealed: Path, signers: Path, key: Ed25519PrivateKey) -> None:
    other = sshsig.sign(key, (sealed / package.TAG_MANIFEST).read_bytes(), "keyturn-store")
    _write(sealed / package.SIGNATURE, other.encode())
    verdict = verify.verify(sealed, allowed_signers=signers)
    assert verdict.faults == [f"{package.SIGNATURE}: the signature was made for another purpose"]
    assert verdict.proof == "none"


def test_every_flipped_bit_of_the_tag_manifest_is_noticed(sealed: Path, signers: Path) -> None:
    path = sealed / package.TAG_MANIFEST
    good = path.read_bytes()
    for at in range(0, len(good), 7):
        _write(path, good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert not verify.verify(sealed, allowed_signers=signers).holds
    _write(path, good)
    assert verify.verify(sealed, allowed_signers=signers).holds


@pytest.mark.parametrize(
    ("harm", "fault"),
    [
        (lambda journal: journal.write_bytes(journal.read_bytes()[:-9]), "data/journal.jsonl line 13: it is torn"),
        (lambda journal: journal.write_bytes(b""), "data/journal.jsonl: it is empty"),
        (lambda journal: journal.unlink(), "data/journal.jsonl: it is missing"),
    ],
)
def test_a_journal_that_was_not_ended_is_told_even_when_sealed(
    recording: Path, seal: Callable[[Path], Path], harm: Callable[[Path], object], fault: str
) -> None:
    harm(recording / "data" / "journal.jsonl")
    assert verify.verify(seal(recording)).faults == [fault]


def test_something_of_a_secrets_shape_is_told_to_anybody(
    recording: Path, seal: Callable[[Path], Path], value: str
) -> None:
    (recording / "data" / "note.txt").write_text(f"the value is {value}")
    verdict = verify.verify(seal(recording))
    assert verdict.leaks == ["data/note.txt: something of a client secret's shape can be read"]
    assert not verdict.holds


def test_a_listed_file_outside_is_never_read_as_part_be_read_from_outside(sealed: Path, signers: Path) -> None:
    outside = sealed.parent / "outside"
    outside.write_bytes(b"x")
    path = sealed / package.MANIFEST
    _write(path, path.read_bytes() + f"{hashlib.sha256(b'x').hexdigest()}  data/../../outside\n".encode())
    assert not verify.verify(sealed, allowed_signers=signers).holds


def test_a_folder_that_is_no_recording_does_not_verify(tmp_path: Path) -> None:
    verdict = verify.verify(tmp_path)
    assert not verdict.holds
    assert verdict.proof == "none"


@pytest.mark.parametrize("what", ["allowed_signers", "tsa_root"])
@pytest.mark.parametrize(
    "data", [None, b"\xff\xfe", b"somebody ssh-rsa AAAA\n"], ids=["gone", "no text", "of another kind"]
)
def test_a_wrong_file_of_the_auditors_own_is_an_error_whatever_the_recording_holds(
    recording: Path, seal: Callable[[Path], Path], tmp_path: Path, what: str, data: bytes | None
) -> None:
    own = tmp_path / "own"
    if data:
        own.write_bytes(data)
    for harm in (seal, remove_the_signature):
        harm(recording)
        with pytest.raises(WrongFile, match=f"^{re.escape(str(own))}: "):
            verify.verify(recording, **{what: own})
    with pytest.raises(WrongFile):
        listing.entries(tmp_path / "no recordings", **{what: own})


@pytest.mark.parametrize(
    ("good", "bad"), [("ssh-ed25519", "ssh-rsa"), (" namespaces=", ' valid-before="soon",namespaces=')]
)
def test_a_list_of_signers_in_the_recording_that_cannot_be_read_is_a_verdict(sealed: Path, good: str, bad: str) -> None:
    _write(sealed / package.ALLOWED_SIGNERS, (sealed / package.ALLOWED_SIGNERS).read_text().replace(good, bad).encode())
    verdict = verify.verify(sealed)
    assert any(fault.startswith("allowed_signers line 1: ") for fault in verdict.faults)
    assert verdict.signer == ""


def test_a_copied_recording_verifies_anywhere(sealed: Path, signers: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sealed, tmp_path / "elsewhere")
    assert verify.verify(copy, allowed_signers=signers).holds
