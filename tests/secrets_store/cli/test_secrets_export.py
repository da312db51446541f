"""`keyturn secrets export` from the outside: what is written for other stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from keyturn.cli import secrets_values
from secrets_store import BadInput, NoTerminal, NotThere, Store, terminal
from secrets_store.export import RECIPES
from tests.secrets_store.conftest import VALUE, piped, sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.secrets_store.cli.conftest import Run


def test_export_writes_what_was_named(
    run: Run, store: Store, key_fd: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(secrets_values, "to_kdbx", lambda *given: asked.append(given[1:]))
    one, _ = sealed(store), sealed(store, name="other")
    assert run("export", "other", "--env", str(tmp_path / "env"), "--identity-fd", key_fd())[0] == 0
    assert (tmp_path / "env").read_text() == f"OTHER='{VALUE}'\n"
    words = ["--kdbx", str(tmp_path / "k.kdbx"), "--kdbx-passphrase-fd", str(piped(b"words-of-its-own\n"))]
    result = run("export", *words, "--identity-fd", key_fd())[1]
    assert (len(result["exported"]), result["exported"][0]) == (2, one.id)
    assert [entry.id for entry in asked[0][0]] == result["exported"]
    assert asked[0][2:] == (tmp_path / "k.kdbx", "words-of-its-own")
    with pytest.raises(BadInput):
        run("export")


def test_of_an_empty_store_nothing_is_exported(run: Run, store: Store, tmp_path: Path) -> None:
    assert store.entries() == []
    for form in ("--env", "--kdbx"):
        with pytest.raises(NotThere, match="nothing to export"):
            run("export", form, str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_database_is_not_written_under_a_passphrase_that_is_none(
    run: Run, store: Store, key_fd: Callable[[], str], tmp_path: Path
) -> None:
    sealed(store)
    before = (store.folder / "journal.jsonl").read_bytes()
    for short in (b"", b"\n", b"short\n"):
        words = ["--kdbx-passphrase-fd", str(piped(short)), "--identity-fd", key_fd()]
        with pytest.raises(BadInput, match="at least 12 characters"):
            run("export", "--kdbx", str(tmp_path / "kdbx"), *words)
    assert not (tmp_path / "kdbx").exists()
    assert (store.folder / "journal.jsonl").read_bytes() == before


def test_a_passphrase_for_the_database_is_made_and_said_on_the_terminal_alone(
    run: Run, store: Store, key_fd: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    given: list[tuple[Any, ...]] = []
    sealed(store)
    with pytest.raises(NoTerminal) as refused:
        run("export", "--kdbx", "k.kdbx", "--identity-fd", key_fd())
    assert refused.value.hint == "give --kdbx-passphrase-fd"
    monkeypatch.setattr(terminal, "say", said.append)
    monkeypatch.setattr(secrets_values, "to_kdbx", lambda *all_given: given.append(all_given))
    run("export", "--kdbx", "k.kdbx", "--identity-fd", key_fd())
    assert said[0].endswith(given[0][4])


def test_recipes_need_no_store(run: Run) -> None:
    assert run("export", "--recipes") == (0, {"recipes": RECIPES})
    assert all(f"{vault}: {recipe}" in run.said for vault, recipe in RECIPES.items())
