"""Each refusal of the store, as a person meets it: its own exit code, its own words, what to do, and nothing touched."""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from keyturn import settings, signing, store_head
from keyturn.cli import main
from secrets_store import REFUSALS, Store, disk, keychain, lock, place, terminal
from secrets_store.age import passphrase
from tests.cli.test_refusals import APPLICATION, RUNBOOK
from tests.secrets_store.conftest import cheap, piped, sealed
from tests.secrets_store.test_place import HOLD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Arrange = Callable[[Store, pytest.MonkeyPatch], Iterator[Path | None]]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(settings, "default_signing_key", lambda: tmp_path / "config" / "signing_key")
    monkeypatch.setattr(signing, "default_signing_key", settings.default_signing_key)
    monkeypatch.setattr(store_head, "_file", lambda: tmp_path / "state" / "heads.json")
    monkeypatch.setattr(keychain, "_backend", lambda: None)
    monkeypatch.setattr(terminal, "DEVICE", str(tmp_path / "no-terminal"))
    made, _ = Store.throw_away(tmp_path / "store", signing.load_or_make())
    sealed(made)
    return made


def cannot_unlock(store: Store, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    store.folder.with_name("store-operator.key").unlink()
    yield


def modes_too_open(store: Store, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    store.folder.chmod(0o755)
    yield


def wrong_owner(store: Store, patch: pytest.MonkeyPatch) -> Iterator[None]:
    owner = store.folder.stat().st_uid
    patch.setattr(os, "geteuid", lambda: owner + 1)
    yield


def symbolic_link(store: Store, _patch: pytest.MonkeyPatch) -> Iterator[Path]:
    link = store.folder.with_name("link")
    link.symlink_to(store.folder)
    yield link


def shared_folder(store: Store, _patch: pytest.MonkeyPatch) -> Iterator[Path]:
    moved = store.folder.with_name("OneDrive - Company")
    moved.mkdir()
    yield store.folder.rename(moved / "store")


def elevated_session(_store: Store, patch: pytest.MonkeyPatch) -> Iterator[None]:
    shell = SimpleNamespace(shell32=SimpleNamespace(IsUserAnAdmin=lambda: 1))
    patch.setattr(ctypes, "windll", shell, raising=False)
    patch.setattr(place, "sys", SimpleNamespace(platform="win32"))
    yield


def not_verified(store: Store, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    journal = store.folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(b"2028-11-23", b"2038-11-23"))
    yield


def recipients_changed(store: Store, _patch: pytest.MonkeyPatch) -> Iterator[None]:
    (store.folder / "recipients.txt").write_text("# thief\nage1\n")
    yield


def locked(store: Store, patch: pytest.MonkeyPatch) -> Iterator[None]:
    patch.setattr(lock, "WAIT", 0.1)
    command = [sys.executable, "-c", HOLD, str(store.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        holder.stdout.readline()
        yield
        holder.kill()


def not_stored(_store: Store, patch: pytest.MonkeyPatch) -> Iterator[None]:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    patch.setattr(disk, "write_at", full)
    yield


@pytest.mark.parametrize(
    ("code", "arrange", "message", "hint"),
    [
        (10, cannot_unlock, "this store has no identity.age", "--identity-fd"),
        (11, modes_too_open, "is open to others (mode 0755)", "chmod go="),
        (12, wrong_owner, "belongs to user", "as its owner"),
        (13, symbolic_link, "is a symbolic link", "name the folder itself"),
        (14, shared_folder, "is synchronised by way of", "--allow-synced"),
        (15, elevated_session, "this session is elevated", "ordinary session"),
        (16, not_verified, "journal line 3 is not signed by the store's key", "secrets verify names"),
        (17, recipients_changed, "not the list that the journal pins", "find out who changed it"),
        (18, locked, "the store is held by process", "wait until it has ended"),
        (19, not_stored, "the value is not given: no space left on device", "see to the disk"),
    ],
)
def test_it_refuses_in_its_own_words(  # noqa: PLR0913, PLR0917  # what is arranged and what is told, side by side
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    code: int,
    arrange: Arrange,
    message: str,
    hint: str,
) -> None:
    for moved in arrange(store, monkeypatch):
        ended = main(["secrets", "copy", "vendor-secret", "--fd", "2", "--store", str(moved or store.folder)])
        shown = " ".join(capfd.readouterr().err.split())
        assert ended == code
        assert message in shown
        assert hint in shown
        assert "8Q~" not in shown


def test_these_are_all() -> None:
    assert [kind.exit_code for kind in REFUSALS] == list(range(10, 20))


def test_a_run_may_use_a_synchronised_store_when_it_is_told_to(
    store: Store, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["run", RUNBOOK, "--headless", "--set", APPLICATION]
    for moved in shared_folder(store, monkeypatch):
        assert main([*words, "--store", str(moved)]) == 14
        assert "--allow-synced" in capfd.readouterr().err
        (moved / "recipients.txt").unlink()  # the next that would stop it
        assert main([*words, "--store", str(moved), "--allow-synced"]) == 17


@pytest.mark.parametrize("text", [r"a\[/b]", r"a\\[bold]", "[/]", "trailing\\"])
def test_what_looks_like_mark_up_is_told_as_it_was_given(
    store: Store, capfd: pytest.CaptureFixture[str], text: str
) -> None:
    assert main(["secrets", "show", text, "--store", str(store.folder)]) == 2
    assert f"there is no secret {text}\n" in capfd.readouterr().err


def test_a_store_whose_folder_looks_like_mark_up_is_told_as_it_was_made(
    store: Store, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(passphrase, "_wrap_key", cheap)
    made = store.folder.with_name("a\\[bold") / "b]store"
    words = ["--single-recipient-i-accept-loss", "--passphrase-fd", str(piped(b"correct-horse-battery\n"))]
    assert main(["secrets", "init", *words, "--store", str(made)]) == 0
    assert f"made {made};" in capfd.readouterr().err
