"""Tampering with the files, without any key: each attack is named by `verify`, and the store is not written to."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secrets_store import NotThere, NotVerified, Secret, Store, disk, journal, verification, verify
from secrets_store.age import X25519Identity, seal
from secrets_store.entry import to_sealed_text
from secrets_store.reading import unseal
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata, sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from secrets_store import Entry, Fault
    from secrets_store.ledger import Ledger


def lines_of(store: Store) -> list[bytes]:
    return journal.split((store.folder / "journal.jsonl").read_bytes())[0]


def put_lines(store: Store, lines: list[bytes]) -> None:
    (store.folder / "journal.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))


def edit_expiry(store: Store, entries: list[Entry]) -> str:
    lines = lines_of(store)
    lines[2] = lines[2].replace(b"2028-11-23", b"2038-11-23")
    put_lines(store, lines)
    return f"journal line 3 (sealed {entries[0].id})"


def delete_middle(store: Store, _entries: list[Entry]) -> str:
    lines = lines_of(store)
    del lines[4]
    put_lines(store, lines)
    intent = journal.load(lines[4], 4)["id"]
    return f"journal line 5 (intent {intent})"


def drop_last_lines(store: Store, entries: list[Entry]) -> str:
    put_lines(store, lines_of(store)[:-1])
    (store.folder / "v" / f"{entries[-1].id}.age").rename(store.folder / "v" / "20200101T000000Z-0000000000000000.age")
    return "v/20200101T000000Z-0000000000000000.age"


def swap(store: Store, entries: list[Entry]) -> str:
    one, two = (store.folder / entry.file for entry in entries[:2])
    kept = one.read_bytes()
    one.chmod(0o600)
    one.write_bytes(two.read_bytes())
    two.chmod(0o600)
    two.write_bytes(kept)
    return entries[1].file


def plant(store: Store, entries: list[Entry]) -> str:
    text = to_sealed_text(entries[0].id, entries[0].metadata, Secret("planted", "p"))
    path = store.folder / entries[0].file
    path.chmod(0o600)
    path.write_bytes(seal(text, [one.key for one in store.recipients()]))
    return entries[0].file


def plant_new(store: Store, entries: list[Entry]) -> str:
    shutil.copy(store.folder / entries[0].file, store.folder / "v" / "extra.age")
    return "v/extra.age"


def lengthen(store: Store, entries: list[Entry]) -> str:
    path = store.folder / entries[1].file
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"x")
    return entries[1].file


def remove_file(store: Store, entries: list[Entry]) -> str:
    (store.folder / entries[1].file).unlink()
    return entries[1].file


def open_file_to_others(store: Store, entries: list[Entry]) -> str:
    (store.folder / entries[1].file).chmod(0o644)
    return entries[1].file


def own_line(store: Store, _entries: list[Entry]) -> str:
    lines = lines_of(store)
    fields = {
        "v": 1,
        "seq": len(lines),
        "prev": journal.digest(lines[-1]),
        "at": "2026-11-24T00:00:00Z",
        "op": "drilled",
    }
    put_lines(store, [*lines, journal.signed({**fields, "recipient": "x"}, Ed25519PrivateKey.generate())])
    return f"journal line {len(lines) + 1} (drilled)"


def not_json(store: Store, _entries: list[Entry]) -> str:
    put_lines(store, [*lines_of(store)[:3], b"[1]", b"hello"])
    return "journal line 5"


def without_number(store: Store, _entries: list[Entry]) -> str:
    put_lines(store, [*lines_of(store), b'{"op":"sealed","id":"x","seq":"y"}'])
    return "journal line 8 (sealed x)"


def empty(store: Store, _entries: list[Entry]) -> str:
    put_lines(store, [])
    return "journal.jsonl"


def without_key(store: Store, _entries: list[Entry]) -> str:
    put_lines(store, [line.replace(b'"key":"', b'"yek":"') for line in lines_of(store)])
    return "journal line 1 (created)"


def cut_in_a_line(store: Store, _entries: list[Entry]) -> str:
    path = store.folder / "journal.jsonl"
    path.write_bytes(path.read_bytes().rstrip(b" ")[:-20])
    return "journal.jsonl"


def remove_all_files(store: Store, entries: list[Entry]) -> str:
    shutil.rmtree(store.folder / "v")
    return entries[0].file


def link_journal(store: Store, _entries: list[Entry]) -> str:
    path = store.folder / "journal.jsonl"
    path.rename(store.folder.parent / "elsewhere")
    path.symlink_to(store.folder.parent / "elsewhere")
    return "journal.jsonl"


def exchange_identity(store: Store, _entries: list[Entry]) -> str:
    (store.folder / "identity.age").write_bytes(seal(b"x", [X25519Identity.generate().recipient]))
    return "identity.age"


def remove_identity(store: Store, _entries: list[Entry]) -> str:
    (store.folder / "identity.age").unlink()
    return "identity.age"


def remove_recipients(store: Store, _entries: list[Entry]) -> str:
    (store.folder / "recipients.txt").unlink()
    return "recipients.txt"


def nest_deeply(store: Store, _entries: list[Entry]) -> str:
    put_lines(store, [*lines_of(store)[:2], b"[" * 100_000])
    return "journal line 3"


def nest_the_first_line_deeply(store: Store, _entries: list[Entry]) -> str:
    put_lines(store, [b"[" * 100_000, *lines_of(store)[1:]])
    return "journal line 1"


def folder_for_journal(store: Store, _entries: list[Entry]) -> str:
    (store.folder / "journal.jsonl").unlink()
    (store.folder / "journal.jsonl").mkdir(mode=0o700)
    return "journal.jsonl"


def remove_journal(store: Store, _entries: list[Entry]) -> str:
    (store.folder / "journal.jsonl").unlink()
    return "journal.jsonl"


def pipe_for(name: str) -> Callable[[Store, list[Entry]], str]:
    """Return what puts a pipe in the place of a file; without a `name`, of a sealed one."""

    def attack(store: Store, entries: list[Entry]) -> str:
        place = name or entries[1].file
        (store.folder / place).unlink()
        os.mkfifo(store.folder / place, 0o600 if name else 0o400)
        return place

    attack.__name__ = f"a pipe for {name or 'a sealed file'}"
    return attack


PIPED = ("journal.jsonl", "", "identity.age", "recipients.txt")
PIPES = [pipe_for(name) for name in PIPED] if hasattr(os, "mkfifo") else []
ATTACKS = [
    edit_expiry, delete_middle, drop_last_lines, swap, plant, plant_new, lengthen, remove_file, open_file_to_others, own_line,
    not_json, without_number, empty, without_key, cut_in_a_line, remove_recipients, remove_all_files, link_journal,
    exchange_identity, remove_identity, nest_deeply, nest_the_first_line_deeply, folder_for_journal, remove_journal,
    *PIPES,
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_change_is_named_without_a_key(guarded: Store, attack: Callable[[Store, list[Entry]], str]) -> None:
    entries = [sealed(guarded, f"{VALUE}{number}") for number in range(3)]
    assert verify(guarded.folder) == []
    where = attack(guarded, entries)
    assert where in {fault.where for fault in verify(guarded.folder)}


def test_a_sealed_private_key_that_no_line_names_was_planted(store: Store) -> None:
    disk.create(store.folder / "identity.age", b"x")
    assert [fault.where for fault in verify(store.folder)] == ["identity.age"]


@pytest.mark.parametrize(
    "attack",
    [
        edit_expiry,
        delete_middle,
        own_line,
        not_json,
        empty,
        without_key,
        nest_deeply,
        nest_the_first_line_deeply,
    ],
)
def test_a_journal_that_does_not_verify_is_not_written_to(
    store: Store, signing_key: Ed25519PrivateKey, attack: Callable[[Store, list[Entry]], str]
) -> None:
    attack(store, [sealed(store) for _ in range(3)])
    before = (store.folder / "journal.jsonl").read_bytes()
    for key in (signing_key, None):
        with pytest.raises(NotVerified) as caught:
            Store.open(store.folder, signing_key=key)
        assert caught.value.exit_code == 16
    assert (store.folder / "journal.jsonl").read_bytes() == before


@pytest.mark.parametrize("attack", [folder_for_journal, remove_journal, *PIPES[:1]])
def test_a_store_without_a_journal_that_can_be_read_is_told_as_damaged(
    store: Store, signing_key: Ed25519PrivateKey, attack: Callable[[Store, list[Entry]], str]
) -> None:
    attack(store, [])
    with pytest.raises(NotVerified, match=r"journal.* (cannot be read|is missing)"):
        Store.open(store.folder, signing_key=signing_key)


@pytest.mark.parametrize("attack", [swap, plant, lengthen, remove_file, *PIPES[1:2]])
def test_an_exchanged_file_is_not_opened(
    store: Store, operator: X25519Identity, attack: Callable[[Store, list[Entry]], str]
) -> None:
    entries = [sealed(store, f"{VALUE}{number}") for number in range(3)]
    broken = attack(store, entries)
    entry = next(entry for entry in entries if entry.file == broken)
    with pytest.raises(NotVerified):
        unseal(store, entry, [operator])


def test_a_rolled_back_folder_shows_against_a_noted_head(
    store: Store, tmp_path: Path, signing_key: Ed25519PrivateKey
) -> None:
    sealed(store)
    old = tmp_path / "old"
    shutil.copytree(store.folder, old)
    sealed(store)
    head = store.head()
    assert verify(old) == []
    assert "rolled back" in verify(old, head=head)[0].says
    with pytest.raises(NotVerified, match="noted head"):
        Store.open(old, signing_key=signing_key, noted_head=head)
    sealed(store)
    assert verify(store.folder, head=head) == []
    assert Store.open(store.folder, signing_key=signing_key, noted_head=head).head() == store.head()


def test_a_store_replaced_as_a_whole_shows_against_the_operators_key(
    tmp_path: Path, signing_key: Ed25519PrivateKey
) -> None:
    other, _ = Store.throw_away(tmp_path / "other", Ed25519PrivateKey.generate())
    assert verify(other.folder) == []
    faults = verify(other.folder, key=signing_key.public_key().public_bytes_raw())
    assert [(fault.where, fault.says) for fault in faults] == [
        ("journal line 1", "the store was made with another signing key")
    ]


@pytest.mark.parametrize(("writes", "looks", "faults"), [(2, 3, 0), (99, 5, 1)])
def test_what_is_written_while_it_looks_is_no_fault_but_it_does_not_look_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch, writes: int, looks: int, faults: int
) -> None:
    looked: list[int] = []
    check_files = verification._check_files

    def slowly(folder: Path, ledger: Ledger) -> list[Fault]:
        if len(looked) < writes:
            sealed(store)  # after the journal was read
        looked.append(len(check_files(folder, ledger)))
        return check_files(folder, ledger)

    monkeypatch.setattr(verification, "_check_files", slowly)
    assert len(verify(store.folder)) == faults
    assert len(looked) == looks


def test_no_store_is_no_fault_but_an_answer(tmp_path: Path) -> None:
    with pytest.raises(NotThere):
        verify(tmp_path)


def test_a_file_sealed_just_before_a_crash_is_adopted_and_proven_by_the_first_key(
    store: Store, signing_key: Ed25519PrivateKey, operator: X25519Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    from secrets_store.reading import take  # noqa: PLC0415  # only here

    intent = store.intend(metadata())
    monkeypatch.delattr(store.journal.__class__, "append")
    with pytest.raises(AttributeError):
        store.seal(intent, Secret(VALUE, "v"), secret_id="id-1", expires_on=EXPIRES)
    monkeypatch.undo()
    again = Store.open(store.folder, signing_key=signing_key)
    entry = again.entry(intent.id)
    assert (entry.status, entry.metadata.secret_id, again.open_intents()) == ("adopted", None, [])
    assert take(again, entry, [operator], "copied").reveal() == VALUE
    known = again.entry(intent.id)
    assert (known.status, known.metadata.secret_id, known.metadata.expires_on) == ("sealed", "id-1", EXPIRES)
    assert Store.open(store.folder, signing_key=signing_key).entries() == again.entries()
    assert again.verify() == []
