"""`keyturn secrets init` and `recipients` from the outside: who can open the store, and what is asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyturn import signing
from keyturn.cli import secrets_keys
from keyturn.errors import CannotStart
from secrets_store import (
    BadInput,
    ModesTooOpen,
    NoTerminal,
    SharedFolder,
    Store,
    StoreError,
    keychain,
    place,
    terminal,
)
from secrets_store.age import X25519Identity
from tests.secrets_store.cli.conftest import PASSPHRASE, Run, init
from tests.secrets_store.conftest import piped, sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_init_makes_a_store_that_its_passphrase_drills(run: Run, folder: Path) -> None:
    made = init(run)
    assert list(made["recipients"]) == ["operator", "break-glass"]
    code, result = run("drill", "--passphrase-fd", str(piped(PASSPHRASE)))
    assert (code, result) == (0, {"opened": {"operator": 0}, "never": ["break-glass"]})
    assert not [path for path in folder.rglob("*") if path.stat().st_mode & 0o077]


def test_init_with_a_terminal_offers_words_and_makes_a_break_glass_pair(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    answers: list[str] = []

    def ask(prompt: str, *, hidden: bool) -> str:
        answers.append(prompt)
        words = answers[0].split("\n")[1].strip()
        if "last" in prompt:
            return "wrong" if len(said) == 2 else said[1].split()[-1][-6:]
        return {1: "", 2: "wrong", 3: words, 4: ""}[len(answers)] if hidden or "Break" in prompt else ""

    monkeypatch.setattr(terminal, "check", lambda: None)
    monkeypatch.setattr(terminal, "ask", ask)
    monkeypatch.setattr(terminal, "say", said.append)
    monkeypatch.setattr(keychain, "remember", lambda *_: False)
    assert run("init", "--remember")[0] == 0
    private = said[1].split()[-1]
    assert run("drill", "--identity-fd", str(piped(private.encode())))[1]["opened"] == {"break-glass": 0}
    assert private.encode() not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("question", ["once more", "last"])
def test_init_makes_nothing_when_words_or_key_are_not_repeated(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    def ask(prompt: str, *, hidden: bool) -> str:
        return "not it" if question in prompt else "a passphrase of mine" if hidden else ""

    monkeypatch.setattr(terminal, "check", lambda: None)
    monkeypatch.setattr(terminal, "ask", ask)
    monkeypatch.setattr(terminal, "say", lambda _text: None)
    with pytest.raises(BadInput, match=r"not repeated|not written down"):
        run("init")
    assert not folder.exists()


def test_init_without_a_terminal_makes_nothing(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in ([], ["--passphrase-fd", str(piped(PASSPHRASE))]):
        monkeypatch.setattr(terminal, "ask", pytest.fail)
        with pytest.raises(NoTerminal) as refused:
            run("init", *words)
        assert refused.value.hint == "give --passphrase-fd, and --break-glass or --single-recipient-i-accept-loss"
    assert not folder.exists()
    run("init", "--single-recipient-i-accept-loss", "--passphrase-fd", str(piped(PASSPHRASE)))


@pytest.fixture
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a terminal at which every question and every word fails the test."""
    monkeypatch.setattr(terminal, "check", lambda: None)
    monkeypatch.setattr(terminal, "ask", lambda *_, **__: pytest.fail("asked"))
    monkeypatch.setattr(terminal, "say", pytest.fail)


@pytest.mark.usefixtures("nobody_is_asked")
def test_init_refuses_a_place_before_it_asks_or_shows_anything(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.touch()
    refused: list[tuple[Path, type[StoreError]]] = [
        (folder, BadInput),
        (folder / "below", BadInput),
        (folder.parent / "Dropbox" / "store", SharedFolder),
    ]
    for place_, refusal in refused:
        with pytest.raises(refusal):
            run("init", store=place_)
    monkeypatch.setattr(place, "_OTHERS", 0o700)  # as if the file system knew no private folders
    with pytest.raises(ModesTooOpen):
        run("init", store=folder.parent / "elsewhere")
    assert sorted(path.name for path in folder.parent.iterdir()) == ["signing_key", "store"]


@pytest.mark.usefixtures("nobody_is_asked")
def test_init_refuses_a_key_or_a_passphrase_before_it_asks_or_shows_anything(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="public key"):
        run("init", "--break-glass", "age1")
    with pytest.raises(BadInput, match="at least 12 characters"):
        run("init", "--passphrase-fd", str(piped(b"short\n")))

    def damaged() -> None:
        raise CannotStart("this is not an Ed25519 key")

    monkeypatch.setattr(signing, "load_or_make", damaged)
    with pytest.raises(CannotStart):
        run("init")
    assert not folder.exists()


def test_init_asks_again_for_what_cannot_be_taken_and_says_why(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    public = str(X25519Identity.generate().recipient)
    asked: list[str] = []
    said: list[str] = []
    answers = iter(["short", "words of my own", "words of my own", X25519Identity.generate().text(), public])

    def ask(prompt: str, *, hidden: bool) -> str:
        asked.append(f"{hidden} {prompt.split(maxsplit=1)[0]}")
        return next(answers)

    monkeypatch.setattr(terminal, "check", lambda: None)
    monkeypatch.setattr(terminal, "ask", ask)
    monkeypatch.setattr(terminal, "say", said.append)
    assert run("init")[1]["recipients"]["break-glass"] == public
    assert asked == ["True Passphrase:", "True Passphrase:", "True Type", "False Break-glass", "False Break-glass"]
    assert said[0] == "a passphrase has at least 12 characters; take the generated words"
    assert said[1].startswith("this is a private key, and now it was shown; ")


def test_recipients_are_added_removed_and_what_they_saw_is_listed(
    run: Run, store: Store, key_fd: Callable[[], str]
) -> None:
    entry, colleague = sealed(store), X25519Identity.generate()
    adding = ("recipients", "add", "colleague", str(colleague.recipient), "--identity-fd")
    added = run(*adding, key_fd())[1]
    assert (added["recipients"]["colleague"], added["rotate"]) == (str(colleague.recipient), {})
    removed = run("recipients", "remove", "colleague", "--identity-fd", key_fd())[1]
    assert (list(removed["recipients"]), removed["rotate"]) == (["operator", "break-glass"], {"colleague": [entry.id]})
    for words in (["add", "x"], ["remove"], ["remove", "nobody"], ["add", "operator", str(colleague.recipient)]):
        with pytest.raises(BadInput):
            run("recipients", *words, "--identity-fd", key_fd())
    assert run("recipients")[1]["rotate"] == {"colleague": [entry.id]}


def test_a_change_of_recipients_that_was_killed_at_its_end_is_told_by_doing_it_again(
    run: Run, store: Store, key_fd: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the new list is in force, before a word was printed: there is nothing to do, and all to be said."""
    entry, colleague = sealed(store), X25519Identity.generate()
    adding = ("recipients", "add", "colleague", str(colleague.recipient), "--identity-fd")
    for words in (adding, ("recipients", "remove", "colleague", "--identity-fd")):
        with monkeypatch.context() as patch:
            patch.delattr(secrets_keys, "still_known")
            with pytest.raises(NameError):
                run(*words, key_fd())
        told = run(*words, key_fd())[1]
    assert (list(told["recipients"]), told["rotate"]) == (["operator", "break-glass"], {"colleague": [entry.id]})
