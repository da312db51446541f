"""Power cuts and kills: what was acknowledged is readable, and nothing needs repair by hand."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from secrets_store import NotVerified, Recipient, Secret, Store, checkpoint, disk, lock, reseal
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
