"""`keyturn secrets` from the outside: what holds for several of its words."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keyturn import signing, store_head
from keyturn.cli import secrets
from secrets_store import BadInput, NotThere, NotVerified, OtherKey, Secret, Store, terminal
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata, sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.secrets_store.cli.conftest import Run


def test_a_name_that_several_applications_have_is_not_guessed_at(
    run: Run, store: Store, key_fd: Callable[[], str], tmp_path: Path
) -> None:
    other = sealed(store, "another value")
    intent = store.intend(replace(metadata(), application_id="another"))
    store.seal(intent, Secret(VALUE, "v"), secret_id="id", expires_on=EXPIRES)
    for words in (["show"], ["copy", "--out", str(tmp_path / "out")]):
        with pytest.raises(BadInput, match="several applications"):
            run(words[0], "vendor-secret", *words[1:])
    run("copy", other.id, "--out", str(tmp_path / "out"), "--identity-fd", key_fd())
    assert (tmp_path / "out").read_text() == "another value"


@pytest.mark.parametrize("mine", [None, Ed25519PrivateKey.generate()], ids=["no key", "another key"])
def test_without_the_store_s_signing_key_values_are_given_and_told_as_noted_nowhere(  # noqa: PLR0913  # fixtures
    run: Run,
    store: Store,
    key_fd: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    mine: Ed25519PrivateKey | None,
) -> None:
    sealed(store)
    written = (store.folder / "journal.jsonl").read_bytes()
    monkeypatch.setattr(signing, "load_if_any", lambda: mine)
    monkeypatch.setattr(signing, "load_or_make", pytest.fail)  # A key that is made now opens nothing.
    for words in (["copy", "vendor-secret", "--out"], ["export", "--env"]):
        assert run(*words, str(tmp_path / words[0]), "--identity-fd", key_fd())[0] == 0
        assert VALUE in (tmp_path / words[0]).read_text()
        assert "the reading is not noted" in run.said
    for _ in range(2):
        assert run("verify")[0] == 0
        assert "not this machine's" in run.said
    with pytest.raises(OtherKey):
        run("drill", "--identity-fd", key_fd())
    assert (store.folder / "journal.jsonl").read_bytes() == written


def test_no_store_says_how_to_make_one(run: Run, folder: Path) -> None:
    with pytest.raises(NotThere) as caught:
        run("list", store=folder / "none")
    assert "init" in caught.value.hint


def test_a_folder_that_was_rolled_back_between_two_commands_is_noticed(run: Run, store: Store, tmp_path: Path) -> None:
    sealed(store)
    shutil.copytree(store.folder, tmp_path / "old")
    sealed(store)
    run("list")
    shutil.rmtree(store.folder)
    shutil.copytree(tmp_path / "old", store.folder)
    for word in ("list", "verify"):
        with pytest.raises(NotVerified):
            run(word)


@pytest.mark.parametrize("heads", ["[]", "[" * 100_000, '{"FOLDER": 5}', '{"FOLDER": "x"}'])
def test_heads_that_cannot_be_read_are_none(store: Store, tmp_path: Path, heads: str) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "heads.json").write_text(heads.replace("FOLDER", str(store.folder)))
    assert store_head.remembered(store.folder) is None


@pytest.mark.parametrize("error", [OSError(30, "Read-only file system"), NotImplementedError()])
def test_what_was_done_is_told_where_the_head_cannot_be_noted(
    run: Run, store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    entry = sealed(store)

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(store_head, "remember", refuse)
    code, result = run("list")
    assert (code, result["entries"][0]["id"]) == (0, entry.id)
    assert "head could not be noted" in run.said


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP])
def test_who_ends_it_at_a_question_ends_it_in_order(
    run: Run, monkeypatch: pytest.MonkeyPatch, end: signal.Signals
) -> None:
    before = signal.signal(end, lambda *_: pytest.fail("not taken for an interruption"))
    monkeypatch.setattr(terminal, "check", lambda: None)
    monkeypatch.setattr(terminal, "ask", lambda *_, **__: os.kill(os.getpid(), end))
    try:
        with pytest.raises(KeyboardInterrupt):
            run("init")
    finally:
        signal.signal(end, before)


def test_the_help_lists_every_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    secrets.register(parser.add_subparsers())
    with pytest.raises(SystemExit):
        parser.parse_args(["secrets", "--help"])
    shown = capsys.readouterr().out
    assert all(f"  {code}  " in shown for code in range(10, 20))
