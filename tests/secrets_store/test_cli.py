"""`keyturn secrets` from the outside: what it prints, returns and leaves behind."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import threading
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keyturn import desktop_clipboard, settings, signing, store_head, system
from keyturn.cli import secrets, secrets_keys, secrets_values
from keyturn.errors import CannotStart, NotTold
from secrets_store import (
    BadInput,
    ModesTooOpen,
    NoTerminal,
    NotThere,
    NotVerified,
    OtherKey,
    RecipientsChanged,
    Secret,
    SharedFolder,
    Store,
    StoreError,
    keychain,
    place,
    terminal,
)
from secrets_store.age import X25519Identity
from secrets_store.age import passphrase as scrypt
from secrets_store.export import RECIPES
from tests.secrets_store.conftest import EXPIRES, VALUE, metadata, sealed
from tests.secrets_store.test_keys import _cheap, piped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PASSPHRASE = b"correct-horse-battery\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signing_key: Ed25519PrivateKey) -> None:
    monkeypatch.setattr(settings, "default_signing_key", lambda: tmp_path / "signing_key")
    for load in ("load_or_make", "load_if_any"):
        monkeypatch.setattr(signing, load, lambda: signing_key)
    monkeypatch.setattr(store_head, "_file", lambda: tmp_path / "state" / "heads.json")
    monkeypatch.setattr(keychain, "_backend", lambda: None)
    monkeypatch.setattr(terminal, "DEVICE", str(tmp_path / "no-terminal"))
    monkeypatch.setattr(scrypt, "_wrap_key", _cheap)
    (tmp_path / "signing_key").touch()


class Run:
    """Runs `keyturn secrets` in this process: returns its exit code and what `--json` prints; `said` is for people."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.said = ""
        self._folder, self._capture = folder, capture

    def __call__(self, *words: str, store: Path | None = None) -> tuple[int, dict[str, Any]]:
        parser = argparse.ArgumentParser()
        secrets.register(parser.add_subparsers())
        args = parser.parse_args(["secrets", words[0], "--store", str(store or self._folder), "--json", *words[1:]])
        code = args.run(args)
        out, self.said = self._capture.readouterr()
        return code, json.loads(out.splitlines()[-1])


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    return Run(folder, capfd)


@pytest.fixture
def key_fd(operator: X25519Identity) -> Callable[[], str]:
    return lambda: str(piped(operator.text().encode()))


def init(run: Run, *words: str) -> dict[str, Any]:
    public = str(X25519Identity.generate().recipient)
    return run("init", "--break-glass", public, "--passphrase-fd", str(piped(PASSPHRASE)), *words)[1]


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


def test_list_show_and_due_need_no_key(run: Run, store: Store) -> None:
    assert run("list")[1] == {"entries": [], "open": []}
    entry, waiting = sealed(store), store.intend(metadata("other"))
    code, result = run("list")
    assert (code, [one["id"] for one in result["entries"]], result["open"]) == (0, [entry.id], [waiting.id])
    assert run("show", "vendor-secret")[1]["expires_on"] == "2028-11-23"
    with pytest.raises(NotThere) as caught:
        run("show", "nothing")
    assert caught.value.exit_code == 2
    assert run("due", "--within", "7d")[0] == 0
    code, result = run("due", "--within", "9999", "--ics", str(store.folder.parent / "due.ics"))
    assert (code, [one["id"] for one in result["due"]]) == (20, [entry.id])
    assert "BEGIN:VEVENT" in (store.folder.parent / "due.ics").read_text()
    for wrong in ("soon", "40000", "-1d", "d"):
        with pytest.raises(SystemExit):
            run("due", "--within", wrong)


def test_on_a_narrow_terminal_nothing_that_is_to_be_copied_is_cut(
    run: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = sealed(store)
    monkeypatch.setenv("COLUMNS", "30")
    for words in (("list",), ("show", entry.id), ("due", "--within", "9999")):
        run(*words)
        assert "…" not in run.said
        assert entry.metadata.application_id in "".join(run.said.split())


def test_a_calendar_is_written_again_and_nothing_else_is_written_over(run: Run, store: Store, tmp_path: Path) -> None:
    sealed(store)
    calendar = tmp_path / "due.ics"
    run("due", "--ics", str(calendar))
    sealed(store, name="other")
    run("due", "--ics", str(calendar))
    assert calendar.read_text().count("BEGIN:VEVENT") == 2
    assert calendar.stat().st_mode & 0o777 == 0o600
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(BadInput, match="not a calendar"):
        run("due", "--ics", str(tmp_path / "letter"))
    with pytest.raises(BadInput, match="cannot be written"):
        run("due", "--ics", str(tmp_path / "nowhere" / "due.ics"))
    assert (tmp_path / "letter").read_text() == "dear"


def test_what_was_adopted_after_a_crash_is_told_until_a_drill_knows_its_date(
    run: Run, store: Store, key_fd: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = store.intend(metadata())
    with monkeypatch.context() as patch:
        patch.delattr(store.journal.__class__, "append")
        with pytest.raises(AttributeError):
            store.seal(intent, Secret(VALUE, "v"), secret_id="id-1", expires_on=EXPIRES)

    Store.open(store.folder, signing_key=signing.load_or_make())
    run("due")
    assert f"not known when it expires: {intent.id}" in run.said
    assert run("drill", "--identity-fd", key_fd())[0] == 0
    assert run("show", intent.id)[1]["expires_on"] == "2028-11-23"
    run("due")
    assert "not known" not in run.said


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


def test_the_list_tells_what_an_entry_is_known_by_even_on_a_narrow_screen(
    run: Run, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    entry = sealed(store)
    run("list")
    for text in (entry.id, f"{entry.metadata.name} of {entry.metadata.application_id}", "2028-11-23"):
        assert text in run.said


def test_a_long_list_is_printed_plainly(run: Run, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyturn.cli.secrets_read._TABLE_LIMIT", 0)
    sealed(store)
    assert len(run("list")[1]["entries"]) == 1


def test_no_store_says_how_to_make_one(run: Run, folder: Path) -> None:
    with pytest.raises(NotThere) as caught:
        run("list", store=folder / "none")
    assert "init" in caught.value.hint


def test_verify_names_the_faults_and_refuses(run: Run, store: Store) -> None:
    entry = sealed(store)
    assert run("verify")[1] == {"faults": [], "head": store.head()}
    with pytest.raises(NotVerified):
        run("verify", "--head", "0" * 63 + "1")
    (store.folder / entry.file).unlink()
    with pytest.raises(NotVerified, match="1 faults"):
        run("verify")
    (store.folder / "recipients.txt").unlink()
    with pytest.raises(NotVerified):
        run("verify")


@pytest.mark.parametrize("head", ["zz", "", "0" * 63, "0" * 65, "g" * 64])
def test_what_is_no_head_is_not_compared_with(run: Run, store: Store, head: str) -> None:
    sealed(store)
    with pytest.raises(BadInput, match="64 hexadecimal digits"):
        run("verify", "--head", head)
    assert run("verify", "--head", store.head().upper())[0] == 0


def test_verify_tells_changed_recipients_from_the_rest(run: Run, store: Store) -> None:
    (store.folder / "recipients.txt").write_text("# nobody\n")
    with pytest.raises(RecipientsChanged):
        run("verify")


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


def test_copy_to_a_descriptor_a_file_or_nowhere_else(
    run: Run, store: Store, key_fd: Callable[[], str], tmp_path: Path
) -> None:
    sealed(store)
    reader, writer = os.pipe()
    run("copy", "vendor-secret", "--fd", str(writer), "--identity-fd", key_fd())
    os.close(writer)
    assert os.read(reader, 1000) == VALUE.encode()
    run("copy", "vendor-secret", "--out", str(tmp_path / "out"), "--identity-fd", key_fd())
    assert (tmp_path / "out").read_text() == VALUE
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadInput, match="terminal only"):
        run("copy", "vendor-secret", "--reveal", "--identity-fd", key_fd())
    with pytest.raises(BadInput, match="say one"):
        run("copy", "vendor-secret", "--reveal", "--out", "x")
    assert (store.folder / "journal.jsonl").read_bytes().count(b'"op":"shown"') == 2


def test_what_cannot_be_handed_out_is_said_before_a_key_is_asked_for(
    run: Run, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets_store.unlock.identities", pytest.fail)
    sealed(store)
    there = tmp_path / "there"
    there.symlink_to(tmp_path / "nowhere")
    refusals = {
        "already": [
            ["copy", "vendor-secret", "--out", str(there)],
            ["export", "--env", str(there)],
            ["export", "--kdbx", str(there)],
        ],
        "no file can be made in": [
            ["copy", "vendor-secret", "--out", str(tmp_path / "nowhere" / "out")],
            ["export", "--env", str(tmp_path / "nowhere" / "env")],
            ["export", "--kdbx", str(tmp_path / "signing_key" / "kdbx")],
        ],
        "descriptor 987 is not open": [["copy", "vendor-secret", "--fd", "987"]],
        "share standard output": [["copy", "vendor-secret", "--fd", "1"]],
    }
    for said, all_words in refusals.items():
        for words in all_words:
            with pytest.raises(BadInput, match=said):
                run(*words)


def test_a_descriptor_that_takes_nothing_is_said_to(run: Run, store: Store, key_fd: Callable[[], str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    sealed(store)
    with pytest.raises(NotTold, match="could not be written to descriptor"):
        run("copy", "vendor-secret", "--fd", str(writer), "--identity-fd", key_fd())
    os.close(writer)


def test_copy_reveals_on_the_terminal_alone(
    run: Run, store: Store, key_fd: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(terminal, "say", said.append)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    sealed(store)
    result = run("copy", "vendor-secret", "--reveal", "--identity-fd", key_fd())[1]
    assert said == [VALUE]
    assert VALUE not in json.dumps(result)


class Desk:
    """A desktop's clipboard, as programs on PATH."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.board = folder / "board"
        self.board.write_text("before")
        programs = folder / "bin"
        programs.mkdir()
        put = f'cat > {self.board}; echo "$*" >> {folder}/args'
        (programs / "xclip").write_text(f'#!/bin/sh\ncase "$*" in *-out*) cat {self.board};; *) {put};; esac\n')
        (programs / "xclip").chmod(0o755)
        self.arguments = folder / "args"
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        monkeypatch.setenv("DISPLAY", ":none")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def test_copy_lends_the_value_to_the_clipboard_and_clears_it(
    run: Run, store: Store, key_fd: Callable[[], str], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(desktop_clipboard, "sleep", lambda seconds: seen.append((seconds, desk.board.read_text())))
    entry = sealed(store)
    assert run("copy", entry.id, "--identity-fd", key_fd())[1] == {"id": entry.id, "cleared": True}
    assert seen == [(30, VALUE)]
    assert desk.board.read_text() == ""
    assert VALUE not in desk.arguments.read_text()


def test_what_was_copied_since_is_left_on_the_clipboard(
    run: Run, store: Store, key_fd: Callable[[], str], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop_clipboard, "sleep", lambda _seconds: desk.board.write_text("mine"))
    assert run("copy", sealed(store).id, "--identity-fd", key_fd())[1]["cleared"] is False
    assert desk.board.read_text() == "mine"


def test_whatever_ends_it_early_clears_the_clipboard_at_once(
    run: Run, store: Store, key_fd: Callable[[], str], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = sealed(store)
    for end in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        before = signal.getsignal(end)
        monkeypatch.setattr(desktop_clipboard, "sleep", lambda _seconds, end=end: os.kill(os.getpid(), end))
        assert run("copy", entry.id, "--identity-fd", key_fd())[1]["cleared"] is True
        assert desk.board.read_text() == ""
        assert signal.getsignal(end) is before


def test_a_clipboard_that_cannot_be_read_back_says_what_to_do(
    run: Run, store: Store, key_fd: Callable[[], str], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = desk.board.parent / "bin" / "xclip"
    programs = desktop_clipboard.Programs(("cat",), (str(reading), "-out"))
    monkeypatch.setattr(desktop_clipboard, "find", lambda: programs)
    monkeypatch.setattr(desktop_clipboard, "sleep", lambda _seconds: reading.unlink())
    with pytest.raises(CannotStart, match="could not read the clipboard") as caught:
        run("copy", sealed(store).id, "--identity-fd", key_fd())
    assert "copy any other text" in caught.value.hint


def test_a_desktop_that_does_not_answer_is_said_to_be(
    run: Run, store: Store, key_fd: Callable[[], str], tmp_path: Path, desk: Desk
) -> None:
    (tmp_path / "bin" / "xclip").write_text("#!/bin/sh\ncat > /dev/null; exit 1\n")
    with pytest.raises(CannotStart, match="xclip could not reach the clipboard") as caught:
        run("copy", sealed(store).id, "--identity-fd", key_fd())
    assert VALUE not in "".join(traceback.format_exception(caught.value))
    assert desk.board.read_text() == "before"


@pytest.fixture
def x11(display: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the virtual display this process's desktop."""
    monkeypatch.setenv("DISPLAY", display["DISPLAY"])
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.mark.headed
@pytest.mark.usefixtures("x11")
@pytest.mark.skipif(not shutil.which("xclip"), reason="xclip is the clipboard's program under X11")
@pytest.mark.parametrize("since", [None, "copied since"])
def test_a_real_x11_clipboard_has_the_value_for_its_time_only(
    run: Run, key_fd: Callable[[], str], store: Store, since: str | None
) -> None:
    outside = ["xclip", "-selection", "clipboard"]
    seen: list[str] = []

    def look() -> str:
        return subprocess.run([*outside, "-out"], capture_output=True, text=True, check=False, timeout=10).stdout

    def meanwhile() -> None:
        while not seen or not seen[-1]:
            seen.append(look())
        if since:
            quiet = subprocess.DEVNULL
            subprocess.run(outside, input=since, text=True, check=True, stdout=quiet, stderr=quiet, timeout=10)

    other = threading.Thread(target=meanwhile)
    other.start()
    result = run("copy", sealed(store).id, "--clear-after", "1", "--identity-fd", key_fd())[1]
    other.join(10)
    assert seen[-1] == VALUE
    assert result["cleared"] is (since is None)
    assert look() == (since or "")


def test_without_a_desktop_no_key_is_asked_for(run: Run, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    sealed(store)
    for display, hint in (("", "start it under a desktop"), (":0", "install xclip or xsel")):
        monkeypatch.setenv("DISPLAY", display)
        monkeypatch.setattr(shutil, "which", lambda _name: None)
        assert system.clipboard_hint() == hint
        with pytest.raises(CannotStart, match="no desktop clipboard") as refused:
            run("copy", "vendor-secret")
        assert refused.value.hint == f"{hint}, or use --fd, --out or --reveal"
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert system.clipboard_hint() == "install wl-clipboard"


@pytest.mark.parametrize(
    ("platform", "wayland", "program"), [("darwin", "", "pbcopy"), ("linux", "w", "wl-copy"), ("linux", "", "xclip")]
)
def test_each_desktop_has_its_program(
    monkeypatch: pytest.MonkeyPatch, platform: str, wayland: str, program: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert desktop_clipboard.find().put[0] == program


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


def test_the_help_lists_every_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    secrets.register(parser.add_subparsers())
    with pytest.raises(SystemExit):
        parser.parse_args(["secrets", "--help"])
    shown = capsys.readouterr().out
    assert all(f"  {code}  " in shown for code in range(10, 20))


def test_lending_needs_no_store(desk: Desk) -> None:
    assert desktop_clipboard.lend(Secret(VALUE, "v"), 0)
    assert desk.board.read_text() == ""
