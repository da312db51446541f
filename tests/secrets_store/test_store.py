from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secrets_store import (
    BadInput,
    ModesTooOpen,
    NotThere,
    NotVerified,
    Recipient,
    RecipientsChanged,
    Secret,
    Store,
    disk,
    place,
    verify,
)
from secrets_store.age import X25519Identity, open_sealed
from secrets_store.journal import Journal
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata, sealed, with_age
from tests.secrets_store.crash import ended, started

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_sealed_opens_with_each_recipient_alone(
    store: Store, operator: X25519Identity, break_glass: X25519Identity
) -> None:
    entry = sealed(store)
    file = (store.folder / entry.file).read_bytes()
    for identity in (operator, break_glass):
        assert json.loads(open_sealed(file, [identity]))["value"] == VALUE


@with_age
def test_debians_age_opens_an_entry_without_us(folder: Path, signing_key: Ed25519PrivateKey) -> None:
    store, text = Store.throw_away(folder, signing_key)
    entry = sealed(store)
    for name in ("operator", "break-glass"):
        key = folder.with_name(f"store-{name}.key")
        opened = subprocess.run(["age", "-d", "-i", key, folder / entry.file], capture_output=True, check=True).stdout
        assert json.loads(opened)["value"] == VALUE
    assert folder.with_name("store-operator.key").read_text() == text + "\n"


@with_age
def test_plain_age_seals_to_the_recipients_file(store: Store, operator: X25519Identity) -> None:
    file = subprocess.run(
        ["age", "-R", store.folder / "recipients.txt"], input=b"x", capture_output=True, check=True
    ).stdout
    assert open_sealed(file, [operator]) == b"x"


def test_the_state_is_the_same_after_opening_again(store: Store, signing_key: Ed25519PrivateKey) -> None:
    entry = sealed(store)
    waiting = store.intend(metadata("other"))
    store.note(entry.id, "delivered")
    store.note(entry.id, "tested")
    again = Store.open(store.folder, signing_key=signing_key)
    assert again.entries() == store.entries()
    assert [one.status for one in again.entries()] == ["tested"]
    assert again.entries()[0].metadata.expires_on == EXPIRES
    assert again.open_intents() == [waiting]
    assert again.head() == store.head()
    assert again.verify(head=store.head()) == []


def test_a_run_that_goes_on_finds_what_it_left_and_only_that(store: Store, operator: X25519Identity) -> None:
    mine, other = replace(metadata(), run="mine"), replace(metadata(), run="other", application_id="another")
    waiting = {one.run: store.intend(one) for one in (mine, other)}
    entries = {
        one.run: store.seal(store.intend(one), Secret(VALUE + one.run, "v"), secret_id="id", expires_on=EXPIRES)
        for one in (mine, other)
    }
    assert store.open_intents() == list(waiting.values())
    assert store.entries() == list(entries.values())
    for wanted in (
        {"run": "mine"},
        {"application_id": mine.application_id},
        {"run": "mine", "application_id": mine.application_id},
    ):
        assert store.open_intents(**wanted) == [waiting["mine"]]
        assert store.entries(**wanted) == [entries["mine"]]
    assert store.entries(run="mine", application_id="another") == []
    assert store.open_intents(run="none") == []
    assert store.read(entries["mine"], [operator]).reveal() == VALUE + "mine"
    assert b'"op":"resumed"' in (store.folder / "journal.jsonl").read_bytes()


def test_the_journal_holds_neither_value_nor_its_length(store: Store) -> None:
    short, long = sealed(store, "x"), sealed(store, "y" * 300)
    assert short.size == long.size
    assert b"yyyy" not in (store.folder / "journal.jsonl").read_bytes()


def test_nothing_is_written_without_the_signing_key(store: Store) -> None:
    sealed(store)
    reader = Store.open(store.folder, signing_key=None)
    assert len(reader.entries()) == 1
    with pytest.raises(BadInput):
        reader.intend(metadata())
    with pytest.raises(BadInput):
        reader.append("intent", {})


def test_another_signing_key_is_refused(store: Store) -> None:
    with pytest.raises(NotVerified, match="another signing key"):
        Store.open(store.folder, signing_key=Ed25519PrivateKey.generate())


def test_closed_intents_give_their_space_back(store: Store) -> None:
    one, two = store.intend(metadata()), store.intend(metadata())
    assert len(list((store.folder / "v").glob(".slot-*"))) == 2
    store.abandon(one, "the operator stopped")
    store.lost(two, "the browser was closed", secret_id="id-2")
    assert list((store.folder / "v").iterdir()) == []
    assert store.open_intents() == []
    assert store.ledger.closed == {one.id: "abandoned", two.id: "lost"}
    with pytest.raises(NotThere):
        store.abandon(one, "again")
    with pytest.raises(NotThere):
        store.seal(one, Secret(VALUE, "v"), secret_id="id-1", expires_on=EXPIRES)


def test_sealing_twice_gives_the_same_entry(store: Store) -> None:
    intent = store.intend(metadata())
    secret = Secret(VALUE, "v")
    entry = store.seal(intent, secret, secret_id="id-1", expires_on=EXPIRES)
    head = store.head()
    assert store.seal(intent, secret, secret_id="id-1", expires_on=EXPIRES) == entry
    assert store.head() == head


def test_changed_recipients_stop_the_next_intent_but_lose_no_value_on_its_way(
    store: Store, signing_key: Ed25519PrivateKey, operator: X25519Identity
) -> None:
    intent = store.intend(metadata())
    path = store.folder / "recipients.txt"
    path.write_text(f"# thief\n{X25519Identity.generate().recipient}\n")
    entry = store.seal(intent, Secret(VALUE, "v"), secret_id="id-1", expires_on=EXPIRES)
    assert VALUE.encode() in open_sealed((store.folder / entry.file).read_bytes(), [operator])
    with pytest.raises(RecipientsChanged):
        store.intend(metadata())
    with pytest.raises(RecipientsChanged):
        Store.open(store.folder, signing_key=signing_key)
    assert [fault.where for fault in store.verify()] == ["recipients.txt"]


def test_one_recipient_needs_the_named_flag(
    folder: Path, signing_key: Ed25519PrivateKey, operator: X25519Identity
) -> None:
    one = Recipient("operator", operator.recipient)
    for recipients in ([one], [], [one, one]):
        with pytest.raises(BadInput):
            Store.create(folder, recipients=recipients, signing_key=signing_key)
    assert not folder.exists()
    Store.create(folder, recipients=[one], signing_key=signing_key, single_recipient_i_accept_loss=True)


def test_a_store_is_never_made_over_something(store: Store, signing_key: Ed25519PrivateKey) -> None:
    with pytest.raises(BadInput, match="already"):
        Store.create(store.folder, recipients=store.recipients(), signing_key=signing_key)


def test_killed_at_every_call_of_its_making_there_is_a_whole_store_or_none(
    folder: Path, signing_key: Ed25519PrivateKey, operator: X25519Identity, break_glass: X25519Identity
) -> None:
    recipients = [Recipient("operator", operator.recipient), Recipient("break-glass", break_glass.recipient)]
    deep, point, wholes = folder / "deep" / "store", 0, 0

    def create() -> None:
        Store.create(deep, recipients=recipients, signing_key=signing_key, identity_file=b"sealed")

    while ended(started(create, die=(point := point + 1))) != 0:
        if deep.exists():
            wholes += 1
            assert verify(deep) == []
            shutil.rmtree(deep)
        create()
        assert verify(deep) == []
        assert all(path.name.startswith((".new-store-", "store")) for path in deep.parent.iterdir())
        shutil.rmtree(folder)
    assert point > 20
    assert 0 < wholes < point


def test_a_disk_that_refuses_leaves_nothing_of_a_new_store(
    folder: Path, signing_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "start", refuse)
    with pytest.raises(BadInput, match="the store could not be made: no space left") as refused:
        Store.throw_away(folder, signing_key)
    assert "page" not in refused.value.hint, "there is no value yet"
    assert list(folder.parent.iterdir()) == []


def test_where_folders_cannot_be_private_nothing_is_made(
    folder: Path, signing_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_OTHERS", 0o700)  # as on a file system without modes, which shows all of them
    with pytest.raises(ModesTooOpen):
        Store.throw_away(folder, signing_key)
    assert list(folder.parent.iterdir()) == []


def test_every_folder_that_is_made_on_the_way_is_flushed(
    folder: Path, signing_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed = set[str]()
    monkeypatch.setattr(disk, "flush_folder", lambda path: flushed.add(path.name))
    Store.throw_away(folder / "one" / "two" / "store", signing_key)
    assert {folder.parent.name, folder.name, "one", "two"} <= flushed


def test_no_store_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotThere):
        Store.open(tmp_path / "nothing", signing_key=None)


def test_a_store_opened_before_a_cut_notices_it(store: Store) -> None:
    sealed(store)
    copy = (store.folder / "journal.jsonl").read_bytes().split(b"\n")
    (store.folder / "journal.jsonl").write_bytes(b"\n".join(copy[:2]) + b"\n")
    with pytest.raises(NotVerified, match="lost lines"):
        store.intend(metadata())


def test_two_open_stores_see_each_other(store: Store, signing_key: Ed25519PrivateKey) -> None:
    other = Store.open(store.folder, signing_key=signing_key)
    sealed(store)
    sealed(other)
    store.refresh()
    assert len(store.entries()) == len(other.entries()) == 2
    assert store.verify() == []


def test_a_copied_folder_still_verifies(store: Store, tmp_path: Path) -> None:
    sealed(store)
    copy = tmp_path / "copy"
    shutil.copytree(store.folder, copy)
    assert Store.open(copy, signing_key=None).verify() == []
