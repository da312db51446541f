"""A checkpoint saves time and changes nothing: whatever is wrong with it, the store says the same."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secrets_store import NotVerified, Store, checkpoint, disk, journal, ledger, verify
from tests.secrets_store.conftest import metadata, sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def kept(store: Store, signing_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with a checkpoint over entries and intents of every kind, and some lines after it."""
    monkeypatch.setattr(checkpoint, "EVERY", 5)
    entries = [sealed(store, name=f"secret-{number}") for number in range(3)]
    store.note(entries[0].id, "delivered")
    store.note(entries[0].id, "tested")
    store.lost(store.intend(metadata("gone")), "the page was closed")
    store.intend(metadata("open"))
    Store.open(store.folder, signing_key=signing_key)
    sealed(store, name="after")
    return store


def path_of(store: Store) -> Path:
    return store.folder / checkpoint.NAME


def test_the_state_is_the_same_by_the_shortcut(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0
    real = ledger.Ledger.add

    def counted(self: ledger.Ledger, line: ledger.Line) -> None:
        nonlocal count
        count += 1
        real(self, line)

    monkeypatch.setattr(ledger.Ledger, "add", counted)
    short = Store.open(kept.folder, signing_key=None)
    assert count == 2
    path_of(kept).unlink()
    whole = Store.open(kept.folder, signing_key=None)
    assert count == 2 + whole.journal.count
    assert short.entries() == whole.entries() == kept.entries()
    assert short.open_intents() == whole.open_intents()
    assert checkpoint.to_state(short.ledger) == checkpoint.to_state(whole.ledger)
    assert (short.head(), short.journal) == (whole.head(), whole.journal)


def test_writing_goes_on_after_the_shortcut(kept: Store, signing_key: Ed25519PrivateKey) -> None:
    again = Store.open(kept.folder, signing_key=signing_key)
    entry = sealed(again, name="more")
    again.note(again.entries()[1].id, "superseded")
    assert Store.open(kept.folder, signing_key=None).entry(entry.id) == entry
    assert again.verify() == []


def test_a_store_of_ordinary_size_has_none(store: Store, signing_key: Ed25519PrivateKey) -> None:
    sealed(store)
    Store.open(store.folder, signing_key=signing_key)
    assert not path_of(store).exists()


def test_it_is_written_again_only_when_it_is_old(kept: Store, signing_key: Ed25519PrivateKey) -> None:
    before = path_of(kept).read_bytes()
    Store.open(kept.folder, signing_key=signing_key)
    assert path_of(kept).read_bytes() == before
    for _ in range(2):
        sealed(kept)
    Store.open(kept.folder, signing_key=signing_key)
    assert path_of(kept).read_bytes() != before
    assert verify(kept.folder) == []
    assert path_of(kept).stat().st_mode & 0o777 == 0o600


def state_changed(_store: Store, text: bytes) -> bytes:
    return text.replace(b"2028-11-23", b"2038-11-23")


def line_changed(_store: Store, text: bytes) -> bytes:
    return text.replace(b'"count":', b'"count":1', 1)


def signed_by_another(store: Store, text: bytes) -> bytes:
    """A lie that is consistent in itself: only the signature tells."""
    state = text.partition(b"\n")[2].replace(b"2028-11-23", b"2038-11-23")
    made = checkpoint.read(store.folder, store.journal.key)
    assert made
    fields = {"v": 1, "count": made.count, "head": made.head, "end": made.end, "sha256": made.sha256}
    key = Ed25519PrivateKey.generate()
    return journal.signed({**fields, "state": journal.digest(state)}, key, checkpoint._PREFIX) + b"\n" + state


def a_journal_line(store: Store, _text: bytes) -> bytes:
    return (store.folder / "journal.jsonl").read_bytes()


def cut(_store: Store, text: bytes) -> bytes:
    return text[:-100]


def empty(_store: Store, _text: bytes) -> bytes:
    return b""


LIES = [state_changed, line_changed, signed_by_another, a_journal_line, cut, empty]


@pytest.mark.parametrize("lie", LIES)
def test_a_changed_checkpoint_does_not_lie(kept: Store, lie: Callable[[Store, bytes], bytes]) -> None:
    before = path_of(kept).read_bytes()
    changed = lie(kept, before)
    assert changed != before
    path_of(kept).write_bytes(changed)
    assert Store.open(kept.folder, signing_key=None).entries() == kept.entries()
    assert [fault.where for fault in verify(kept.folder)] == [checkpoint.NAME]


def test_what_the_stores_own_key_signed_is_checked_against_the_lines(
    kept: Store, signing_key: Ed25519PrivateKey
) -> None:
    """Even a checkpoint that a defect of ours made is found by `verify`, which believes none."""
    made = checkpoint.read(kept.folder, kept.journal.key)
    assert made
    state = made.state.replace(b"2028-11-23", b"2038-11-23")
    fields = {"v": 1, "count": made.count, "head": made.head, "end": made.end, "sha256": made.sha256}
    line = journal.signed({**fields, "state": journal.digest(state)}, signing_key, checkpoint._PREFIX)
    path_of(kept).write_bytes(line + b"\n" + state)
    assert [fault.where for fault in verify(kept.folder)] == [checkpoint.NAME]


def test_a_checkpoint_of_a_later_version_is_not_read(kept: Store, signing_key: Ed25519PrivateKey) -> None:
    line, _, state = path_of(kept).read_bytes().partition(b"\n")
    fields = {name: value for name, value in json.loads(line).items() if name != "sig"}
    line = journal.signed({**fields, "v": 2}, signing_key, checkpoint._PREFIX)
    path_of(kept).write_bytes(line + b"\n" + state)
    assert checkpoint.read(kept.folder, kept.journal.key) is None


@pytest.mark.parametrize("line", [0, 2, 4])
def test_a_line_changed_below_the_checkpoint_is_refused_all_the_same(
    kept: Store, signing_key: Ed25519PrivateKey, line: int
) -> None:
    path = kept.folder / "journal.jsonl"
    lines = path.read_bytes().split(b"\n")
    lines[line] = lines[line].replace(b"2026-", b"2025-").replace(b'"at":"2', b'"at":"1')
    path.write_bytes(b"\n".join(lines))
    for key in (signing_key, None):
        with pytest.raises(NotVerified):
            Store.open(kept.folder, signing_key=key)
    assert f"journal line {line + 1}" in " ".join(fault.where for fault in verify(kept.folder))


def test_a_journal_cut_below_its_checkpoint_shows(kept: Store) -> None:
    path = kept.folder / "journal.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    assert checkpoint.NAME in {fault.where for fault in verify(kept.folder)}
    assert len(Store.open(kept.folder, signing_key=None).entries()) == 1


def test_a_journal_that_cannot_be_read_has_no_right_checkpoint(kept: Store) -> None:
    (kept.folder / "journal.jsonl").write_bytes(b"")
    assert checkpoint.NAME in {fault.where for fault in verify(kept.folder)}


def test_noted_heads_are_found_before_in_and_after_the_checkpoint(kept: Store, tmp_path: Path) -> None:
    raws, _ = journal.split((kept.folder / "journal.jsonl").read_bytes())
    for raw in raws:
        opened = Store.open(kept.folder, signing_key=None, noted_head=journal.digest(raw))
        assert opened.entries() == kept.entries()
    old = tmp_path / "old"
    shutil.copytree(kept.folder, old)
    sealed(kept)
    with pytest.raises(NotVerified, match="noted head"):
        Store.open(old, signing_key=None, noted_head=kept.head())


def test_a_disk_that_refuses_it_stops_nothing(
    store: Store, signing_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 1)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    sealed(store)
    monkeypatch.setattr(disk, "create", full)
    assert len(Store.open(store.folder, signing_key=signing_key).entries()) == 1
    assert not path_of(store).exists()
