from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from secrets_store import (
    REFUSALS,
    ElevatedSession,
    Locked,
    ModesTooOpen,
    NotStored,
    NotThere,
    NotVerified,
    Secret,
    SharedFolder,
    Store,
    SymbolicLink,
    WrongOwner,
    lock,
    place,
)
from tests.secrets_store.conftest import EXPIRES, metadata, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def test_each_refusal_has_a_code_of_its_own() -> None:
    assert sorted(kind.exit_code for kind in REFUSALS) == list(range(10, 20))


def test_nothing_is_readable_by_others_whatever_the_umask(tmp_path: Path, signing_key: Ed25519PrivateKey) -> None:
    before = os.umask(0)
    try:
        store, _ = Store.throw_away(tmp_path / "store", signing_key)
        sealed(store)
        store.intend(metadata())
    finally:
        os.umask(before)
    found = [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077]
    assert found == []


@pytest.mark.parametrize("name", ["", "v", "journal.jsonl", "recipients.txt", "lock"])
def test_modes_that_let_others_in_are_refused(store: Store, name: str) -> None:
    path = store.folder / name
    path.chmod(path.stat().st_mode | 0o004)
    with pytest.raises(ModesTooOpen) as caught:
        Store.open(store.folder, signing_key=None)
    assert caught.value.exit_code == 11
    assert str(path) in caught.value.hint
    assert str(path) in {fault.says.split(" is ")[0] for fault in store.verify()}


def test_somebody_elses_store_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: store.folder.stat().st_uid + 1)
    with pytest.raises(WrongOwner):
        Store.open(store.folder, signing_key=None)


def test_symbolic_links_are_refused_wherever_they_stand(
    store: Store, tmp_path: Path, signing_key: Ed25519PrivateKey
) -> None:
    link = tmp_path / "link"
    link.symlink_to(store.folder)
    with pytest.raises(SymbolicLink):
        Store.open(link, signing_key=None)
    real = store.folder / "recipients.txt"
    real.rename(tmp_path / "elsewhere")
    real.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SymbolicLink):
        Store.open(store.folder, signing_key=signing_key)


@pytest.mark.parametrize("kind", ["folder", "file", "link", "nothing"])
def test_what_holds_no_store_is_told_as_that_whatever_its_modes(tmp_path: Path, kind: str) -> None:
    other = tmp_path / "other"
    if kind == "folder":
        other.mkdir()
        other.chmod(0o777)
    elif kind == "file":
        other.touch(mode=0o644)
    elif kind == "link":
        other.symlink_to(tmp_path)
    with pytest.raises(NotThere, match="there is no store in") as caught:
        place.check(other)
    assert "chmod" not in caught.value.hint


def test_a_store_that_may_not_be_looked_into_is_told_by_what_keeps_us_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders, owner = type(store.folder), store.folder.stat().st_uid
    looked = folders.stat

    def shut(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if self.parent == store.folder:
            raise PermissionError
        return looked(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(folders, "stat", shut)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(WrongOwner):
        place.check(store.folder)


def test_a_file_that_goes_while_it_is_looked_at_is_no_fault(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    passing = store.folder / ".next-recipients.txt"
    folders = type(store.folder)
    listed = folders.iterdir
    monkeypatch.setattr(folders, "iterdir", lambda self: [*listed(self), passing])
    place.check(store.folder)


def test_a_link_planted_where_a_file_is_written_is_not_followed(store: Store, tmp_path: Path) -> None:
    intent = store.intend(metadata())
    store.slot(intent.id).unlink()
    store.slot(intent.id).symlink_to(tmp_path / "target")
    with pytest.raises(NotStored):
        store.seal(intent, Secret("x", "x"), secret_id="id", expires_on=EXPIRES)
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize(
    "name",
    ["OneDrive", "OneDrive - Company", "Dropbox (Work)", "Google Drive", "GoogleDrive-me@example.org", "Nextcloud"],
)
def test_synchronised_folders_are_refused_unless_allowed(
    tmp_path: Path, signing_key: Ed25519PrivateKey, name: str, store: Store
) -> None:
    folder = tmp_path / name / "store"
    recipients = store.recipients()
    with pytest.raises(SharedFolder, match=re.escape(name)):
        Store.create(folder, recipients=recipients, signing_key=signing_key)
    made = Store.create(folder, recipients=recipients, signing_key=signing_key, allow_synced=True)
    with pytest.raises(SharedFolder) as caught:
        Store.open(folder, signing_key=None)
    assert caught.value.exit_code == 14
    assert Store.open(folder, signing_key=None, allow_synced=True).head() == made.head()


def test_a_marker_of_a_synchroniser_is_seen_above_too(store: Store) -> None:
    (store.folder.parent / ".stfolder").mkdir()
    with pytest.raises(SharedFolder):
        Store.open(store.folder, signing_key=None)


def test_names_that_only_resemble_one_are_fine(tmp_path: Path) -> None:
    for name in ("dropbox-clone", "onedriver", "megaproject"):
        folder = tmp_path / name
        folder.mkdir()
        place.check_local(folder)


@pytest.mark.parametrize(
    ("kind", "refused"), [("nfs4", True), ("fuse.sshfs", True), ("ext4", False), ("fuse.lxcfs", False)]
)
def test_network_file_systems_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, refused: bool
) -> None:
    mounts = tmp_path / "mounts"
    point = str(tmp_path / "with blank").replace(" ", "\\040")
    mounts.write_text(f"1 0 8:1 / / rw - ext4 /dev/x rw\n2 1 0:9 / {point} rw shared:1 - {kind} server rw\n")
    monkeypatch.setattr(place, "_MOUNTS", mounts)
    (tmp_path / "with blank").mkdir()
    if refused:
        with pytest.raises(SharedFolder, match=kind):
            place.check_local(tmp_path / "with blank")
    else:
        place.check_local(tmp_path / "with blank")


def test_where_mounts_cannot_be_asked_names_still_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_MOUNTS", tmp_path / "none")
    assert place.mount_type(tmp_path) == ""


@pytest.mark.parametrize("elevated", [1, 0])
def test_elevated_windows_sessions_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch, elevated: int) -> None:
    shell = SimpleNamespace(shell32=SimpleNamespace(IsUserAnAdmin=lambda: elevated))
    monkeypatch.setattr(ctypes, "windll", shell, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    if elevated:
        with pytest.raises(ElevatedSession) as caught:
            place.check(store.folder)
        assert caught.value.exit_code == 15
    else:
        store.folder.chmod(0o777)  # modes mean nothing there
        place.check(store.folder)


HOLD = """
import sys, time, pathlib
from secrets_store import lock
with lock.held(pathlib.Path(sys.argv[1]), wait=1):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of Unix")
def test_a_pipe_in_the_holders_place_is_not_waited_for(store: Store) -> None:
    (store.folder / "holder").unlink()
    os.mkfifo(store.folder / "holder", 0o600)
    store.intend(metadata())


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_what_is_no_lock_is_told_as_that(store: Store, kind: str) -> None:
    (store.folder / "lock").unlink()
    if kind == "folder":
        (store.folder / "lock").mkdir(mode=0o700)
    else:
        (store.folder / "lock").symlink_to("elsewhere")
    with pytest.raises(NotVerified, match="lock is not a file") as caught:
        store.intend(metadata())
    assert "see to the disk" not in caught.value.hint


def test_a_held_store_is_refused_with_the_holder_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = store.intend(metadata())
    monkeypatch.setattr(lock, "WAIT", 0.1)
    monkeypatch.setattr(lock, "WAIT_WITH_VALUE", 0.2)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, store.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Locked, match=rf"process {holder.pid} since 20") as caught:
            store.intend(metadata())
        for told in (json.dumps({"pid": "?"}), "[" * 100_000):
            (store.folder / "holder").write_text(told)
            with pytest.raises(Locked, match="another process"):
                store.intend(metadata())
        with pytest.raises(Locked) as sealing:
            store.seal(waiting, Secret("x", "x"), secret_id="id", expires_on=EXPIRES)
        holder.kill()
    assert caught.value.exit_code == 18
    assert "page with the value open" in sealing.value.hint
    store.intend(metadata())  # a dead holder holds nothing
