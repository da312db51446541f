"""A seal that failed half way: it goes on where it stopped, and no other value takes its place."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from secrets_store import Intent, NotStored, Secret, Store, disk
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


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
