"""`keyturn secrets copy` from the outside: where a value may go, and that it does not stay there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import traceback
from typing import TYPE_CHECKING

import pytest

from keyturn import desktop_clipboard, system
from keyturn.errors import CannotStart, NotTold
from secrets_store import BadInput, Secret, Store, terminal
from tests.secrets_store.conftest import VALUE, sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.secrets_store.cli.conftest import Run


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


def test_lending_needs_no_store(desk: Desk) -> None:
    assert desktop_clipboard.lend(Secret(VALUE, "v"), 0)
    assert desk.board.read_text() == ""
