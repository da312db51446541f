"""`keyturn doctor` tells what a run needs: what is here, what is not, and what to do about it."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from keyturn import clipboard_history, clock, findings, managed_policy, settings, system
from keyturn.cli import main
from keyturn.findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["browser", "policies", "driving it", "display", "debugging", "clipboard", "clipboard history", "video",
         "video of the window", "reading pictures", "signing key", "store", "disk", "clock"]  # fmt: skip


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a user without key or store, and no browser to start: that is proven once, by itself."""
    monkeypatch.setattr(settings, "default_signing_key", lambda: tmp_path / "key")
    monkeypatch.setattr("keyturn.signing.default_signing_key", lambda: tmp_path / "key")
    monkeypatch.setattr(settings, "default_store", lambda: tmp_path / "store")
    monkeypatch.setattr(findings, "_drives", lambda _: Finding("driving it", True, True, "it starts"))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    code = main(["doctor", "--json", *arguments])
    found = json.loads(capsys.readouterr().out)
    assert found["ready"] is (code == 0)
    return code, {one["what"]: one for one in found["findings"]}


def test_everything_is_looked_at_and_what_is_missing_has_something_to_do(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = told(capsys)
    assert list(found) == NAMES
    assert code == 0
    assert [one["what"] for one in found.values() if not one["here"] and len(one["to_do"]) < 5] == []
    assert list(here.iterdir()) == []


@pytest.mark.usefixtures("browser")  # Another one is under way in this very thread.
def test_the_browser_is_really_started(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = told(capsys)
    assert found["driving it"]["here"]
    assert "version 1" in found["driving it"]["found"]


def test_a_program_that_is_no_browser_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    code, found = told(capsys, "--browser", str(program))
    assert code == 2
    assert not found["driving it"]["here"]
    assert str(program) not in found["driving it"]["found"]
    code, found = told(capsys, "--browser", str(tmp_path / "nothing"))
    assert (code, found["browser"]["here"]) == (2, False)


@pytest.mark.usefixtures("here")
def test_a_policy_that_stops_automation_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(managed_policy, "managed", lambda _: {"RemoteDebuggingAllowed": False})
    code, found = told(capsys)
    assert code == 2
    assert found["policies"]["found"] == "RemoteDebuggingAllowed: no program may drive the browser"
    assert "administrator" in found["policies"]["to_do"]
    monkeypatch.setattr(managed_policy, "managed", lambda _: {"DefaultClipboardSetting": 2})
    code, found = told(capsys)
    assert (code, found["policies"]["here"]) == (0, False)

    def forbidden(_: str) -> dict[str, Any]:
        raise PermissionError

    monkeypatch.setattr(managed_policy, "managed", forbidden)
    code, found = told(capsys)
    assert (code, found["policies"]["here"]) == (0, False)


def test_the_signing_key_is_made_when_asked_for_and_never_read_by_others(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not told(capsys)[1]["signing key"]["here"]
    code, found = told(capsys, "--init")
    assert (code, found["signing key"]["here"]) == (0, True)
    before = (here / "key").read_bytes()
    told(capsys, "--init")
    assert (here / "key").read_bytes() == before
    (here / "key").chmod(0o644)
    code, found = told(capsys)
    assert (code, found["signing key"]["here"]) == (2, False)
    assert re.fullmatch('chmod 600 ".+"', found["signing key"]["to_do"])  # on macOS there is a blank in it


def test_a_store_that_does_not_verify_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from keyturn import signing  # noqa: PLC0415  # after its key's place was changed
    from secrets_store import Store  # noqa: PLC0415  # the same

    Store.throw_away(here / "store", signing.load_or_make())
    assert told(capsys)[1]["store"]["here"]
    assert main(["doctor", "--json"]) == 0
    said = capsys.readouterr()
    assert said.err.endswith("\nready for a run\n")
    assert json.loads(said.out)["run"] is True
    journal = here / "store" / "journal.jsonl"
    journal.write_text(journal.read_text().replace("a", "b", 1))
    code, found = told(capsys)
    assert (code, found["store"]["here"]) == (2, False)
    assert found["store"]["to_do"]


@pytest.mark.usefixtures("here")
def test_who_keeps_a_history_and_a_clock_that_nobody_sets_are_told_and_stop_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clipboard_history, "keepers", lambda: ["CopyQ"])
    monkeypatch.setattr(clock, "state", lambda: clock.UNSET)
    code, found = told(capsys)
    assert code == 0
    assert found["clipboard history"]["found"] == "CopyQ"
    assert found["clock"]["to_do"] == system.set_clock_hint()
    monkeypatch.setattr(clipboard_history, "keepers", list)
    monkeypatch.setattr(clock, "state", lambda: f"{clock.SET}, at most 0.01 s off")
    _, found = told(capsys)
    assert found["clipboard history"]["here"]
    assert found["clock"]["here"]


@pytest.mark.usefixtures("here")
def test_debugging_and_a_full_disk_stop_a_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PWDEBUG", "1")
    code, found = told(capsys)
    assert (code, found["debugging"]["to_do"]) == (2, "unset PWDEBUG")
    monkeypatch.delenv("PWDEBUG")
    monkeypatch.setattr(findings, "_ROOM", 10**18)
    code, found = told(capsys)
    assert (code, found["disk"]["here"]) == (2, False)


@pytest.mark.parametrize("place", ["a-file", "a-file/below", "shut/below"])
def test_recordings_that_cannot_be_written_stop_a_run(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    (here / "a-file").touch(mode=0o700)
    (here / "shut").mkdir()
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != here / "shut" and real(path, mode))
    code, found = told(capsys, "--recordings", str(here / place))
    assert (code, found["disk"]["here"]) == (2, False)
    assert found["disk"]["to_do"] == "name another folder with --recordings"
    assert told(capsys, "--recordings", str(here / "not" / "yet"))[1]["disk"]["here"]


@pytest.mark.usefixtures("here")
def test_without_a_store_it_is_ready_for_a_rehearsal_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    said = capsys.readouterr()
    assert said.err.rstrip().endswith("ready for a rehearsal; a run needs a store: keyturn secrets init")
    assert json.loads(said.out)["ready"] is True
    assert json.loads(said.out)["run"] is False


@pytest.mark.usefixtures("here")
def test_a_person_reads_it_at_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(managed_policy, "managed", lambda _: {"RemoteDebuggingAllowed": False})
    assert main(["doctor"]) == 2
    said = capsys.readouterr().err
    assert "✗ policies            RemoteDebuggingAllowed: no program may drive the browser" in said
    assert said.rstrip().endswith("not ready: policies")
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    ("platform", "hint"), [("win32", "w32tm"), ("darwin", "System Settings"), ("linux", "timedatectl")]
)
def test_each_system_has_a_way_of_its_own_to_set_the_clock(
    monkeypatch: pytest.MonkeyPatch, platform: str, hint: str
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert hint in system.set_clock_hint()
    assert system.has_own_clipboard() is (platform != "linux")
