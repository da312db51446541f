"""Full disks: what was announced is stored all the same, and nothing is announced that could not be."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from secrets_store import NotStored, Secret, Store, disk, lock
from secrets_store.reading import unseal
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata, sealed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from secrets_store.age import X25519Identity


class FullDisk:
    """Refuses to give any file more blocks than it has."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.full = False
        write = os.write

        def refusing(descriptor: int, data: Any) -> int:
            end = os.lseek(descriptor, 0, os.SEEK_CUR) + len(data)
            if self.full and end > -(-os.fstat(descriptor).st_size // 4096) * 4096:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(descriptor, data)

        patch.setattr(os, "write", refusing)


def test_what_was_announced_before_the_disk_filled_up_is_stored(
    store: Store, signing_key: Ed25519PrivateKey, operator: X25519Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = FullDisk(monkeypatch)
    intents = [store.intend(metadata()) for _ in range(5)]
    full.full = True
    for intent in intents:
        entry = store.seal(intent, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES)
        store.note(entry.id, "delivered")
    again = Store.open(store.folder, signing_key=signing_key)
    assert [unseal(again, entry, [operator])[1].reveal() for entry in again.entries()] == [VALUE] * 5


def test_on_a_full_disk_nothing_is_announced_and_nothing_is_left_behind(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed(store)
    before = {path.name: path.stat().st_size for path in store.folder.rglob("*") if path.is_file()}
    FullDisk(monkeypatch).full = True
    with pytest.raises(NotStored, match="no space left") as caught:
        store.intend(metadata())
    assert caught.value.exit_code == 19
    assert {path.name: path.stat().st_size for path in store.folder.rglob("*") if path.is_file()} == before
    assert store.open_intents() == []


def test_who_holds_the_lock_is_advice_that_a_full_disk_may_refuse(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_holder: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(lock, "_tell", refuse)
    assert sealed(store).read_back


ON_A_FULL_DISK = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from secrets_store import NotStored, Secret, Store
from secrets_store.age import X25519Identity
from secrets_store.reading import unseal
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata

root, key = Path(sys.argv[1]), Ed25519PrivateKey.generate()
store, text = Store.throw_away(root / "store", key)
intents = [store.intend(metadata()) for _ in range(5)]
try:
    with (root / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(512))
except OSError as error:
    print(error.strerror)
for intent in intents:
    store.note(store.seal(intent, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES).id, "delivered")
before = sorted(path.name for path in store.folder.rglob("*"))
for _ in range(20):
    try:
        store.intend(metadata())
    except NotStored as error:
        print(error.message)
        break
opened = [unseal(store, one, [X25519Identity.from_text(text)])[1].reveal() == VALUE for one in store.entries()]
slots = {store.slot(one.id).name for one in store.open_intents()}
left = sorted(path.name for path in store.folder.rglob("*") if path.name not in slots)
print(opened == [True] * 5, left == before, store.verify())
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="it makes a small disk of its own")
def test_on_a_real_disk_that_is_full_the_same(tmp_path: Path) -> None:
    mount = f'mount -t tmpfs -o size=400k,mode=700 tmpfs "{tmp_path}" && exec "$@"'
    small = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    if subprocess.run([*small, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a user may not mount here")
    script = [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path)]
    root = Path(__file__).parents[2]
    told = subprocess.run([*small, *script], stdout=subprocess.PIPE, text=True, check=True, cwd=root)
    full, refused, rest = told.stdout.splitlines()
    assert full == "No space left on device"
    assert refused == "no space could be reserved, so no secret may be made: no space left on device"
    assert rest == "True True []"


def test_when_the_journal_cannot_grow_the_slot_is_given_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, _offset: int, data: bytes) -> None:
        path.write_bytes(path.read_bytes() + data[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    size = (store.folder / "journal.jsonl").stat().st_size
    monkeypatch.setattr(disk, "write_at", refuse)
    with pytest.raises(NotStored):
        store.intend(metadata())
    monkeypatch.undo()
    assert (store.folder / "journal.jsonl").stat().st_size == size
    assert list((store.folder / "v").iterdir()) == []
    sealed(store)
    assert store.verify() == []
