from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keyturn import signing, store_head
from keyturn.errors import CannotStart
from secrets_store import disk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "signing_key"


def test_the_key_is_made_once_and_is_the_users_alone(file: Path) -> None:
    before = os.umask(0)
    try:
        made = signing.load_or_make(file)
    finally:
        os.umask(before)
    assert signing.load_or_make(file).private_bytes_raw() == made.private_bytes_raw()
    assert {path.name for path in file.parent.iterdir()} == {"signing_key", "signing_key.lock", "allowed_signers"}
    assert [path for path in [file.parent, *file.parent.iterdir()] if path.stat().st_mode & 0o077] == []


def test_all_who_come_at_once_get_the_same_key(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _number: signing.load_or_make(file).private_bytes_raw(), range(8)))
    assert len(set(keys)) == 1


@pytest.mark.parametrize("after", range(4))
def test_a_crash_in_the_middle_leaves_no_half_of_a_key(file: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    left = iter(range(after))

    def crash(_descriptor: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(disk, "flush", crash)
        with pytest.raises(KeyboardInterrupt):
            signing.load_or_make(file)
    signing.load_or_make(file)


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is the outside judge")
def test_ssh_keygen_verifies_what_it_signed(file: Path, tmp_path: Path) -> None:
    signing.load_or_make(file)
    (tmp_path / "text").write_bytes(b"text")
    sign = ["ssh-keygen", "-Y", "sign", "-f", str(file), "-n", "keyturn-test", str(tmp_path / "text")]
    subprocess.run(sign, check=True, capture_output=True)
    whose = ["-f", str(file.with_name("allowed_signers")), "-I", signing.identity(), "-n", "keyturn-test"]
    verify = ["ssh-keygen", "-Y", "verify", *whose, "-s", str(tmp_path / "text.sig")]
    subprocess.run(verify, input=b"text", check=True, capture_output=True)


def test_a_key_that_others_can_read_or_that_is_none_is_refused(file: Path) -> None:
    signing.load_or_make(file)
    file.chmod(0o640)
    with pytest.raises(CannotStart, match="read by others"):
        signing.load_or_make(file)
    file.chmod(0o600)
    for wrong in (b"hello", b""):
        file.write_bytes(wrong)
        with pytest.raises(CannotStart, match="not an Ed25519 key"):
            signing.load_or_make(file)


def test_a_new_key_is_another(file: Path, tmp_path: Path) -> None:
    one, other = signing.load_or_make(file), signing.load_or_make(tmp_path / "other" / "signing_key")
    assert isinstance(one, Ed25519PrivateKey)
    assert one.private_bytes_raw() != other.private_bytes_raw()


def _head(folder: Path) -> str:
    return folder.name.zfill(64)


def test_heads_of_many_stores_are_remembered_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_head, "_file", lambda: tmp_path / "state" / "heads.json")
    folders = [tmp_path / str(number) for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda folder: store_head.remember(folder, _head(folder)), folders))
    assert [store_head.remembered(folder) for folder in folders] == [_head(folder) for folder in folders]
