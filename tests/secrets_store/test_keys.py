from __future__ import annotations

import contextlib
import importlib.util
import os
import pty
import sys
import threading
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from secrets_store import BadInput, CannotUnlock, ModesTooOpen, Recipient, Store, keychain, terminal, unlock
from secrets_store.age import HybridIdentity, PassphraseRecipient, X25519Identity, open_sealed, seal
from secrets_store.age import passphrase as scrypt
from secrets_store.identity_file import new_passphrase, read_identity, read_keys, seal_identity
from tests.secrets_store.test_age import PQ

if TYPE_CHECKING:
    from collections.abc import Callable
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


def piped(data: bytes) -> int:
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    return reader


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
    monkeypatch.setattr(scrypt, "_wrap_key", _cheap)
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


def _cheap(passphrase: str, salt: bytes, _work: int) -> bytes:
    import hashlib  # noqa: PLC0415  # only here

    return hashlib.sha256(salt + passphrase.encode()).digest()


class Screen:
    """The other end of a terminal: types, and keeps what was shown."""

    def __init__(self, typed: bytes) -> None:
        self.shown = b""
        self.ours, theirs = pty.openpty()
        self.device = os.ttyname(theirs)
        self._theirs = theirs
        self._typing = threading.Thread(target=self._type, args=(typed,), daemon=True)
        self._typing.start()

    def _type(self, typed: bytes) -> None:
        while b": " not in self.shown:
            self.shown += os.read(self.ours, 1000)
        os.write(self.ours, typed)

    def close(self) -> bytes:
        self._typing.join(5)
        os.set_blocking(self.ours, False)
        with contextlib.suppress(BlockingIOError):
            self.shown += os.read(self.ours, 1000)
        os.close(self.ours)
        os.close(self._theirs)
        return self.shown


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Screen]:
    def make(typed: bytes) -> Screen:
        made = Screen(typed)
        monkeypatch.setattr(terminal, "DEVICE", made.device)
        return made

    return make


def test_what_is_typed_hidden_is_not_shown(screen: Callable[[bytes], Screen]) -> None:
    there = screen(b"typed words\n")
    terminal.check()
    assert terminal.ask("Passphrase: ", hidden=True) == "typed words"
    shown = there.close()
    assert b"Passphrase: " in shown
    assert b"typed" not in shown


def test_what_is_typed_openly_is_shown(screen: Callable[[bytes], Screen]) -> None:
    there = screen(b"typed words\n")
    assert terminal.ask("Key: ", hidden=False) == "typed words"
    assert b"typed words" in there.close()


def test_what_is_said_reaches_the_terminal_alone(
    screen: Callable[[bytes], Screen], capfd: pytest.CaptureFixture[str]
) -> None:
    there = screen(b"")
    terminal.say("words: shown once")
    assert b"words: shown once" in there.close()
    assert capfd.readouterr() == ("", "")


def test_on_windows_the_console_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    keys = iter("abx\bc\r" + "de\r" + "f\x03")
    console = ModuleType("msvcrt")
    console.putwch = shown.append  # type: ignore[attr-defined]
    console.getwch = console.getwche = lambda: next(keys)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setattr(sys, "platform", "win32")
    terminal.check()
    assert terminal.ask("P: ", hidden=True) == "abc"
    assert terminal.ask("K: ", hidden=False) == "de"
    with pytest.raises(KeyboardInterrupt):
        terminal.ask("K: ", hidden=True)
    terminal.say("hello")
    assert "".join(shown).endswith("hello\r\n")


class Backend:
    """A keychain of the system, by its module's name."""

    def __init__(self, module: str) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.__class__ = type("Keyring", (Backend,), {"__module__": module})

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self.kept[service, name] = password


@pytest.fixture
def keychains(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    monkeypatch.undo()

    def choose(backend: object) -> None:
        module = ModuleType("keyring")
        module.get_keyring = lambda: backend  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "keyring", module)

    return choose


def test_a_real_keychain_keeps_the_passphrase(keychains: Callable[[object], None]) -> None:
    real = Backend("keyring.backends.SecretService")
    keychains(real)
    assert keychain.recall("store-1") is None
    assert keychain.remember("store-1", PASSPHRASE)
    assert keychain.recall("store-1") == PASSPHRASE
    keychains(SimpleNamespace(backends=[Backend("keyrings.alt.file"), real]))
    assert keychain.recall("store-1") == PASSPHRASE


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyring.backends.null", "keyring.backends.fail"])
def test_keychains_that_are_none_are_not_used(keychains: Callable[[object], None], module: str) -> None:
    keychains(Backend(module))
    assert not keychain.remember("store-1", PASSPHRASE)
    assert keychain.recall("store-1") is None


@pytest.mark.parametrize("module", keychain._REAL)
def test_the_keychains_that_are_used_are_the_librarys_own(module: str) -> None:
    assert importlib.util.find_spec(module)


@pytest.mark.usefixtures("keychains")
def test_where_the_library_finds_no_keychain_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fail", "null"):
        backend = importlib.import_module(f"keyring.backends.{name}").Keyring()
        monkeypatch.setattr("keyring.get_keyring", lambda backend=backend: backend)
        assert not keychain.remember("store-1", PASSPHRASE)
        assert keychain.recall("store-1") is None


def test_a_keychain_that_fails_or_hangs_is_none(
    keychains: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Event()
    monkeypatch.setattr(keychain, "_PATIENCE", 0.05)
    broken = Backend("keyring.backends.macOS")
    broken.get_password = lambda *_: 1 / 0  # type: ignore[method-assign, assignment]
    keychains(broken)
    assert keychain.recall("store-1") is None
    broken.get_password = lambda *_: str(waiting.wait(5))  # type: ignore[method-assign]
    assert keychain.recall("store-1") is None
    waiting.set()


def test_without_the_keyring_package_there_is_no_keychain(
    keychains: Callable[[object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keychains(None)
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert keychain.recall("store-1") is None


def test_debians_age_cannot_tell_our_identity_file_from_its_own(identity_file: bytes, operator: X25519Identity) -> None:
    import pyrage  # type: ignore[import-untyped]  # noqa: PLC0415  # slow

    assert operator.text().encode() in pyrage.passphrase.decrypt(identity_file, PASSPHRASE)
    assert open_sealed(seal(b"x", [operator.recipient]), [operator]) == b"x"
