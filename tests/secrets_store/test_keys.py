from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from secrets_store import BadInput, CannotUnlock, ModesTooOpen, Recipient, Store, keychain, terminal, unlock
from secrets_store.age import HybridIdentity, PassphraseRecipient, X25519Identity, open_sealed, seal
from secrets_store.age import passphrase as scrypt
from secrets_store.identity_file import new_passphrase, read_identity, read_keys, seal_identity
from tests.secrets_store.conftest import cheap, piped
from tests.secrets_store.test_age import PQ

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PASSPHRASE = "correct-horse-battery-staple"


@pytest.fixture(scope="module")
def identity_file(operator: X25519Identity) -> bytes:
    return seal_identity(operator, PASSPHRASE)


@pytest.fixture
def locked(
    folder: Path,
    signing_key: Ed25519PrivateKey,
    operator: X25519Identity,
    break_glass: X25519Identity,
    identity_file: bytes,
) -> Store:
    recipients = [Recipient("operator", operator.recipient), Recipient("break-glass", break_glass.recipient)]
    return Store.create(folder, recipients=recipients, signing_key=signing_key, identity_file=identity_file)


@pytest.fixture(autouse=True)
def no_keychain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keychain, "_backend", lambda: None)


def texts(found: list[Any]) -> list[str]:
    return [one.text() for one in found]


def test_the_passphrase_opens_the_identity_and_another_does_not(locked: Store, operator: X25519Identity) -> None:
    assert read_identity(locked.folder, PASSPHRASE).text() == operator.text()
    with pytest.raises(CannotUnlock, match="does not fit") as caught:
        read_identity(locked.folder, "wrong")
    assert caught.value.exit_code == 10


def test_the_identity_file_takes_the_work_that_was_promised(identity_file: bytes) -> None:
    assert identity_file.split(b"\n")[1].endswith(b" 18")


def test_a_weaker_identity_file_put_in_its_place_is_refused(locked: Store, operator: X25519Identity) -> None:
    path = locked.folder / "identity.age"
    path.write_bytes(seal(operator.text().encode(), [PassphraseRecipient("words", work=10)]))
    with pytest.raises(CannotUnlock, match="work"):
        read_identity(locked.folder, "words")


def test_an_identity_file_without_a_key_is_refused(locked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets_store.identity_file.WORK", 1)
    (locked.folder / "identity.age").write_bytes(seal(b"# nothing\n", [PassphraseRecipient("words", work=1)]))
    with pytest.raises(CannotUnlock) as caught:
        read_identity(locked.folder, "words")
    assert "break-glass key" in caught.value.hint


def test_an_identity_file_that_is_none_is_told_as_that(locked: Store) -> None:
    (locked.folder / "identity.age").unlink()
    (locked.folder / "identity.age").mkdir()
    with pytest.raises(CannotUnlock, match=r"identity\.age cannot be read") as caught:
        read_identity(locked.folder, PASSPHRASE)
    assert "break-glass key" in caught.value.hint


def test_a_short_passphrase_is_refused(operator: X25519Identity) -> None:
    with pytest.raises(BadInput):
        seal_identity(operator, "short")


def test_generated_words_are_many_and_different() -> None:
    made = {new_passphrase() for _ in range(20)}
    assert len(made) == 20
    assert all(len(words.split("-")) == 10 for words in made)


def test_key_files_are_read_as_age_writes_them() -> None:
    one = X25519Identity.generate()
    found = read_keys(f"# created\n\n{one.text()}\r\n{PQ}\n".encode())
    assert [type(key) for key in found] == [X25519Identity, HybridIdentity]
    for bad in (b"", b"# only\n", b"AGE-SECRET-KEY-1QQ\n", "é".encode()):
        with pytest.raises(CannotUnlock) as caught:
            read_keys(bad)
        assert "as age-keygen writes it" in caught.value.hint


def test_a_key_from_a_descriptor_comes_first(locked: Store, break_glass: X25519Identity) -> None:
    reader = piped(break_glass.text().encode())
    assert texts(unlock.identities(locked, identity_fd=reader)) == [break_glass.text()]
    os.close(reader)


def test_a_passphrase_from_a_descriptor_comes_next(locked: Store, operator: X25519Identity) -> None:
    reader = piped(f"{PASSPHRASE}\r\nmore".encode())
    assert texts(unlock.identities(locked, passphrase_fd=reader)) == [operator.text()]
    os.close(reader)


def test_a_descriptor_that_is_not_open_is_said_to_be(locked: Store) -> None:
    with pytest.raises(CannotUnlock, match="descriptor 987"):
        unlock.identities(locked, identity_fd=987)


def test_a_store_without_an_identity_file_says_so(store: Store) -> None:
    with pytest.raises(CannotUnlock, match="no identity"):
        unlock.identities(store)


def test_the_keychain_comes_before_the_terminal(
    locked: Store, operator: X25519Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keychain, "recall", {locked.ledger.store: PASSPHRASE}.get)
    monkeypatch.setattr(terminal, "ask", pytest.fail)
    assert texts(unlock.identities(locked)) == [operator.text()]


def test_an_old_passphrase_in_the_keychain_is_no_dead_end(
    locked: Store, operator: X25519Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keychain, "recall", lambda _store: "the one before")
    monkeypatch.setattr(terminal, "ask", lambda _prompt, hidden: PASSPHRASE if hidden else "")
    assert texts(unlock.identities(locked)) == [operator.text()]


def test_a_store_made_for_practice_opens_with_the_key_file_beside_it(
    folder: Path, signing_key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "ask", pytest.fail)
    practice, text = Store.throw_away(folder, signing_key)
    assert texts(unlock.identities(practice)) == [text]
    folder.with_name("store-operator.key").chmod(0o644)
    with pytest.raises(ModesTooOpen):
        unlock.identities(practice)


def test_without_a_terminal_nothing_else_is_read(
    locked: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(terminal, "DEVICE", str(tmp_path / "none"))
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CannotUnlock, match="no terminal"):
        unlock.identities(locked)


def test_the_terminal_is_asked_three_times(
    locked: Store, monkeypatch: pytest.MonkeyPatch, operator: X25519Identity
) -> None:
    monkeypatch.setattr(scrypt, "_wrap_key", cheap)
    path = locked.folder / "identity.age"
    path.write_bytes(seal(operator.text().encode(), [PassphraseRecipient(PASSPHRASE)]))
    said: list[str] = []
    monkeypatch.setattr(terminal, "say", said.append)
    answers = iter(["no", "no", PASSPHRASE, "no", "no", "no"])
    monkeypatch.setattr(terminal, "ask", lambda _prompt, hidden: next(answers) if hidden else "")
    assert texts(unlock.identities(locked)) == [operator.text()]
    with pytest.raises(CannotUnlock):
        unlock.identities(locked)
    assert len(said) == 4


def test_debians_age_cannot_tell_our_identity_file_from_its_own(identity_file: bytes, operator: X25519Identity) -> None:
    import pyrage  # type: ignore[import-untyped]  # noqa: PLC0415  # slow

    assert operator.text().encode() in pyrage.passphrase.decrypt(identity_file, PASSPHRASE)
    assert open_sealed(seal(b"x", [operator.recipient]), [operator]) == b"x"
