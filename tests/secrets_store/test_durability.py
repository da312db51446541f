"""Power cuts, kills and full disks: what was acknowledged is readable, and nothing needs repair by hand."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from secrets_store import Intent, NotStored, NotVerified, Recipient, Secret, Store, checkpoint, disk, lock, reseal
from secrets_store.age import X25519Identity
from secrets_store.reading import unseal
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata, sealed
from tests.secrets_store.crash import ended, started
from tests.secrets_store.power import Disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class PowerCuts:
    """Cuts the power at calls of a rotation, and counts the cuts after which an acknowledged value was gone."""

    def __init__(self, store: Store, power: Disk, key: Ed25519PrivateKey, identity: X25519Identity) -> None:
        self.store, self.power, self.key, self.identity = store, power, key, identity
        self.acknowledged: dict[str, str] = {}
        self.draw = random.Random(4)  # noqa: S311  # the same cuts each time
        self.cuts = self.losses = 0
        self.go_on()

    def pause(self) -> None:
        self.power.after = lambda _call: None

    def go_on(self) -> None:
        self.power.after = self.cut

    def cut(self, _call: str) -> None:
        self.pause()  # opening the image makes calls of its own
        for draw in (None, self.draw, self.draw, self.draw):
            image = self.store.folder.with_name(f"cut-{self.cuts}")
            self.power.image(image, draw)
            self.cuts += 1
            self.losses += not self.all_readable(image)
        self.go_on()

    def all_readable(self, image: Path) -> bool:
        try:
            store = Store.open(image, signing_key=self.key)
            found = {one.id: unseal(store, one, [self.identity])[1].reveal() for one in store.entries()}
        except (NotVerified, OSError):
            return False
        whole = store.verify() == []
        return whole and all(found.get(name) == value for name, value in self.acknowledged.items())

    def rotate(self, times: int) -> None:
        for number in range(times):
            value = f"{VALUE}{number}"
            entry = sealed(self.store, value)
            self.acknowledged[entry.id] = value
            self.store.note(entry.id, "delivered")


@pytest.fixture
def cuts(
    store: Store, signing_key: Ed25519PrivateKey, operator: X25519Identity, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PowerCuts]:
    power = Disk(store.folder, monkeypatch)
    made = PowerCuts(store, power, signing_key, operator)
    yield made
    made.pause()
    power.close()


TIMES = pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.soak)])


@TIMES
def test_no_power_cut_loses_what_was_acknowledged(cuts: PowerCuts, times: int, figure: Callable[[str], None]) -> None:
    cuts.rotate(times)
    figure(f"{cuts.cuts} cuts, {cuts.losses} with a loss")
    assert cuts.cuts > times * 25
    assert cuts.losses == 0


@TIMES
@pytest.mark.parametrize("flush", ["flush", "flush_folder"])
def test_without_a_flush_power_cuts_do_lose_it_so_the_test_above_can_see(
    cuts: PowerCuts, monkeypatch: pytest.MonkeyPatch, flush: str, times: int, figure: Callable[[str], None]
) -> None:
    monkeypatch.setattr(disk, flush, lambda _target: None)
    cuts.rotate(times)
    figure(f"{cuts.cuts} cuts, {cuts.losses} with a loss")
    assert cuts.losses > cuts.cuts // 4


@TIMES
def test_no_power_cut_loses_anything_while_recipients_are_changed(
    cuts: PowerCuts, monkeypatch: pytest.MonkeyPatch, times: int, figure: Callable[[str], None]
) -> None:
    monkeypatch.setattr(reseal, "_BATCH", 1)
    cuts.pause()
    cuts.rotate(times)
    cuts.go_on()
    names = [Recipient("operator", cuts.identity.recipient), Recipient("other", X25519Identity.generate().recipient)]
    reseal.change_recipients(cuts.store, names, [cuts.identity])
    figure(f"{cuts.cuts} cuts, {cuts.losses} with a loss")
    assert cuts.cuts > 50
    assert cuts.losses == 0


def test_the_order_is_file_name_folder_and_then_the_journal(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    intent, order = store.intend(metadata()), []

    def watch(name: str) -> None:
        real = getattr(os, name)

        def watched(*args: Any) -> Any:
            where = Path(f"/proc/self/fd/{args[0]}").resolve() if name == "fsync" else Path(args[0])
            order.append((name, where.name))
            return real(*args)

        monkeypatch.setattr(os, name, watched)

    watch("fsync")
    watch("rename")
    store.seal(intent, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES)
    slot = f".slot-{intent.id}"
    assert order == [("fsync", slot), ("rename", slot), ("fsync", "v"), ("fsync", "journal.jsonl")]


def write_one(folder: Path, key: Ed25519PrivateKey, acks: int) -> None:
    """Open, intend, seal, and tell on the descriptor `acks` which entry is acknowledged."""
    os.write(acks, sealed(Store.open(folder, signing_key=key)).id.encode())


def test_killed_at_every_call_of_a_write_the_store_opens_and_keeps_its_word(
    store: Store,
    signing_key: Ed25519PrivateKey,
    operator: X25519Identity,
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 1)  # so that it is written each time too
    points, finished = 0, False
    while not finished:
        points += 1
        reader, writer = os.pipe()
        child = started(partial(write_one, store.folder, signing_key, writer), die=points)
        os.close(writer)
        finished = ended(child) == 0
        acknowledged = os.read(reader, 100).decode()
        os.close(reader)
        again = Store.open(store.folder, signing_key=signing_key)
        entries = {entry.id: entry for entry in again.entries()}
        assert not acknowledged or acknowledged in entries
        assert all(unseal(again, entry, [operator])[1].reveal() == VALUE for entry in entries.values())
        assert again.verify() == []
        for intent in again.open_intents():
            again.lost(intent, "killed")
        assert list((store.folder / "v").glob(".slot-*")) == []
    figure(f"{points - 1} kills, {len(again.entries())} stored, 0 lost")
    assert points > 40


@pytest.mark.soak
def test_killed_at_five_hundred_random_moments_nothing_acknowledged_is_lost(
    store: Store, signing_key: Ed25519PrivateKey, operator: X25519Identity, figure: Callable[[str], None]
) -> None:
    draw = random.Random(5)  # noqa: S311  # moments, not keys
    acknowledged = set[str]()

    def write_until_killed(acks: int) -> None:
        writing = Store.open(store.folder, signing_key=signing_key)
        while True:
            os.write(acks, sealed(writing).id.encode() + b"\n")

    for _ in range(500):
        reader, writer = os.pipe()
        child = started(partial(write_until_killed, writer))
        os.close(writer)
        time.sleep(draw.uniform(0.005, 0.06))
        os.kill(child, signal.SIGKILL)
        ended(child)
        with os.fdopen(reader, "rb") as file:
            acknowledged |= {line.decode() for line in file.read().split()}
        again = Store.open(store.folder, signing_key=signing_key)
        assert acknowledged <= {entry.id for entry in again.entries()}
        for intent in again.open_intents():
            again.lost(intent, "killed")
    assert again.verify() == []
    assert all(unseal(again, entry, [operator])[1].reveal() == VALUE for entry in again.entries())
    assert acknowledged
    figure(f"500 kills, {len(acknowledged)} acknowledged, {len(again.entries())} stored, 0 lost")


def write_at_once(store: Store, key: Ed25519PrivateKey, times: int) -> list[int]:
    """Let eight processes store `times` values each at once; return how each ended."""
    gate, opener = os.pipe()

    def write() -> None:
        os.close(opener)
        os.read(gate, 1)  # until all are there
        writing = Store.open(store.folder, signing_key=key)
        for _ in range(times):
            sealed(writing)

    children = [started(write) for _ in range(8)]
    os.close(opener)
    os.close(gate)
    return [ended(child) for child in children]


@pytest.mark.parametrize("times", [5, pytest.param(100, marks=pytest.mark.soak)])
def test_eight_processes_write_at_once_and_none_loses(
    store: Store,
    signing_key: Ed25519PrivateKey,
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    figure: Callable[[str], None],
) -> None:
    monkeypatch.setattr(lock, "WAIT", 300)  # on a machine that is busy with other things too
    assert write_at_once(store, signing_key, times) == [0] * 8
    store.refresh()
    figure(f"{len(store.entries())} of {8 * times} stored")
    assert len(store.entries()) == 8 * times
    assert store.verify() == []


def test_without_the_lock_they_do_lose_so_the_test_above_can_see(
    store: Store, signing_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "held", lambda *_, **__: nullcontext())
    ends = write_at_once(store, signing_key, 20)
    assert ends != [0] * 8 or store.verify() != []


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


def test_a_value_that_reads_back_wrong_is_not_acknowledged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    intent, read = store.intend(metadata()), disk.read
    monkeypatch.setattr(disk, "read", lambda path: read(path)[:-1] + b"x" if path.suffix == ".age" else read(path))
    with pytest.raises(NotStored, match="read back"):
        store.seal(intent, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES)
    assert store.entries() == []


@pytest.fixture
def unacknowledged(store: Store, monkeypatch: pytest.MonkeyPatch) -> Intent:
    """An intent whose value is sealed in its file, and whose journal line the disk refused."""
    intent = store.intend(metadata())

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "write_at", refuse)
        with pytest.raises(NotStored, match="input/output"):
            store.seal(intent, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES)
    assert (store.folder / "v" / f"{intent.id}.age").exists()
    return intent


def test_a_failed_seal_goes_on_where_it_stopped(store: Store, unacknowledged: Intent) -> None:
    assert store.entries() == []
    assert store.seal(unacknowledged, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES).read_back
    assert store.verify() == []


def test_a_failed_seal_goes_on_after_another_process_has_adopted_its_file(
    store: Store, unacknowledged: Intent, signing_key: Ed25519PrivateKey
) -> None:
    assert Store.open(store.folder, signing_key=signing_key).entry(unacknowledged.id).status == "adopted"
    entry = store.seal(unacknowledged, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES)
    assert (entry.status, entry.metadata.secret_id) == ("sealed", "id")
    assert store.seal(unacknowledged, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES) == entry
    assert store.verify() == []


def test_another_value_is_never_taken_for_the_one_that_was_sealed(store: Store, unacknowledged: Intent) -> None:
    with pytest.raises(NotStored, match="read back"):
        store.seal(unacknowledged, Secret("another", "v"), secret_id="id", expires_on=EXPIRES)


def test_a_missing_slot_is_made_again(store: Store) -> None:
    intent = store.intend(metadata())
    store.slot(intent.id).unlink()
    assert store.seal(intent, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES).read_back


def test_a_sealed_file_is_never_replaced(tmp_path: Path) -> None:
    for name in ("slot", "target"):
        disk.create(tmp_path / name, name.encode())
    with pytest.raises(FileExistsError):
        disk.fill_slot(tmp_path / "slot", b"new", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"target"


@pytest.mark.parametrize("torn", [b'{"at":"2026', b"\0\0\0", b'  half of it"}\n', b"\0" * 600 + b'tail"}\n'])
def test_an_unfinished_line_is_cut_and_writing_goes_on(
    store: Store, signing_key: Ed25519PrivateKey, torn: bytes
) -> None:
    sealed(store)
    path = store.folder / "journal.jsonl"
    path.write_bytes(path.read_bytes().rstrip(b" ") + torn)
    if torn.strip(b"\0"):
        assert [fault.where for fault in store.verify()] == ["journal.jsonl"]
    again = Store.open(store.folder, signing_key=signing_key)
    assert again.verify() == []
    sealed(again)
    assert Store.open(store.folder, signing_key=None).verify() == []


def test_macos_flushes_all_the_way_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl  # noqa: PLC0415  # not on Windows

    asked = []
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", lambda _descriptor, what: asked.append(what))
    disk.create(tmp_path / "file", b"x")
    assert asked == [51, 51]


def test_windows_needs_no_flush_of_folders_and_can_remove_sealed_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.create(tmp_path / "file", b"x", mode=disk.SEALED_MODE)
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(os, "O_DIRECTORY", None)
    disk.remove(tmp_path / "file", tmp_path / "other")
    assert not (tmp_path / "file").exists()
