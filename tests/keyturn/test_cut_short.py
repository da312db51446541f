"""The recording of a run that was killed is packaged as it is, and says where it was cut short."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import EvidenceError, NotARecording, package, verify
from evidence.chain import ChainedLog, read_chain
from keyturn import keeper
from keyturn.cli import main
from keyturn.errors import CannotStart, LeakFound
from keyturn.run.cut_short import package_up
from tests.evidence.conftest import record
from tests.processes import until

if TYPE_CHECKING:
    from pathlib import Path

VALUE = "q7R8Q~pXlZk-4vT_c1Mn~Wb0LsGyH2dJuEaVfIoK"


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def _nothing(_entries: list[str]) -> list[bytes]:
    return []


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording whose journal ends, torn, in the middle of a step."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    folder = record(tmp_path / "20261124T020000Z-rotate")
    journal = folder / "data" / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:7]) + lines[7][:30])
    facts = json.loads((folder / "data" / "run.json").read_text())
    (folder / "data" / "run.json").write_text(json.dumps({**facts, "kind": "run"}))
    recorded = {"parts": [{"began": "2026-11-24T02:00:00.000Z"}], "videos": [], "chapters": [], "periods": []}
    (folder / "data" / "recorded.json").write_text(json.dumps({**recorded, "not_recorded": []}))
    return folder


def test_it_is_sealed_and_says_where_it_was_cut_short(killed: Path, key: Ed25519PrivateKey) -> None:
    recording = package_up(killed, key, _nothing)
    assert recording.search.leak is None
    assert verify.verify(killed).faults == []
    assert package.read_info(killed)["Status"] == "cut short"
    kinds = [entry["kind"] for entry in read_chain(killed / package.JOURNAL).entries]
    assert kinds[-4:] == ["mended", "search-began", "leak-gate", "run-ended"]
    report = (killed / "data" / "report.html").read_text()
    assert "Where it was cut short" in report
    assert "2. Add" in report
    told = json.loads((killed / "data" / "recorded.json").read_text())
    assert [one["part"] for one in told["not_recorded"]] == ["trace of a part that was cut short"]


@pytest.mark.parametrize("values", [[], [b"something else that was captured"]])
def test_what_has_a_secrets_shape_is_a_leak_whether_a_value_is_at_hand_or_not(
    killed: Path, key: Ed25519PrivateKey, values: list[bytes]
) -> None:
    (killed / "data" / "note.txt").write_text(VALUE)
    recording = package_up(killed, key, lambda _: values)
    assert recording.search.leak is not None
    assert recording.folder == killed.parent / "quarantine" / killed.name


def test_a_leak_is_told_also_when_it_cannot_be_quarantined(killed: Path, key: Ed25519PrivateKey) -> None:
    (killed / "data" / "note.txt").write_text(VALUE)
    (killed.parent / "quarantine").write_text("in the way")
    with pytest.raises(LeakFound, match="can be read") as told:
        package_up(killed, key, _nothing)
    assert "rotate it again; the recording could not be quarantined" in told.value.hint


def test_a_value_that_is_at_hand_is_looked_for_in_every_form(killed: Path, key: Ed25519PrivateKey) -> None:
    (killed / "data" / "note.txt").write_text(b"correct horse battery".hex())
    assert package_up(killed, key, lambda _: [b"correct horse battery"]).search.leak is not None


def test_while_the_run_is_being_carried_out_it_is_left_alone(killed: Path, key: Ed25519PrivateKey) -> None:
    with keeper.attending(killed.name), pytest.raises(CannotStart, match="carried out by another"):
        package_up(killed, key, _nothing)
    assert not (killed / package.TAG_MANIFEST).exists()


def test_nobody_carries_the_run_on_while_its_values_are_being_opened(killed: Path, key: Ed25519PrivateKey) -> None:
    asked: list[list[str]] = []

    def opened(entries: list[str]) -> list[bytes]:
        with pytest.raises(CannotStart, match="carried out by another"), keeper.attending(killed.name):
            pass
        asked.append(entries)
        return []

    package_up(killed, key, opened)
    assert len(asked) == 1


def test_what_is_sealed_is_not_sealed_again_and_stays_as_it_is(killed: Path, key: Ed25519PrivateKey) -> None:
    asked: list[list[str]] = []
    package_up(killed, key, _nothing)
    with pytest.raises(NotARecording, match="sealed already"):
        package_up(killed, key, lambda entries: asked.append(entries) or [])  # type: ignore[func-returns-value]
    assert asked == []
    assert verify.verify(killed).faults == []


@pytest.mark.parametrize("inside", [".", "data"])
def test_a_folder_that_is_no_recording_is_named_as_it_was_given(
    tmp_path: Path, key: Ed25519PrivateKey, inside: str
) -> None:
    (folder := tmp_path / "notes").mkdir()
    (folder / inside).mkdir(exist_ok=True)
    with pytest.raises(NotARecording, match=r"^notes: there is no journal in it"):
        package_up(folder, key, _nothing)


@pytest.mark.parametrize("left", [None, b"", b'{"run": "r-', b"[]", b'{"run": "r-1", "runbook": "rotate"}'])
def test_without_what_was_known_of_the_run_the_journal_tells_it(
    killed: Path, key: Ed25519PrivateKey, left: bytes | None
) -> None:
    facts = killed / "data" / "run.json"
    facts.unlink() if left is None else facts.write_bytes(left)
    package_up(killed, key, _nothing)
    assert verify.verify(killed).faults == []
    told = json.loads(facts.read_bytes())
    assert (told["run"], told["runbook"], told["kind"], told["operator"]) == ("r-1", "rotate", "unknown", "me")
    assert "what was known of the run" in [one["part"] for one in told["not_recorded"]]
    kept = killed / "data" / "run.json.torn"
    assert left is None or kept.read_bytes() == left


@pytest.mark.parametrize(("rehearsal", "kind"), [(True, "rehearsal"), (False, "run")])
def test_whether_it_was_a_rehearsal_is_known_from_the_journal(
    killed: Path, key: Ed25519PrivateKey, *, rehearsal: bool, kind: str
) -> None:
    (killed / "data" / "run.json").unlink()
    (killed / package.JOURNAL).unlink()
    with ChainedLog(killed / package.JOURNAL) as log:
        log.append("run-started", run="r-1", runbook="rotate", rehearsal=rehearsal)
    package_up(killed, key, _nothing)
    assert package.read_info(killed)["Kind"] == kind


@pytest.mark.parametrize("path", ["../../victim", "video/../../../victim", "video/..", "/victim", "video\\..\\victim"])
def test_a_film_that_is_said_to_lie_elsewhere_is_left_alone(
    killed: Path, key: Ed25519PrivateKey, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("evidence.leftover.kept", asked.append)
    told = json.loads((killed / "data" / "recorded.json").read_text())
    video = {"path": path, "from": "2026-11-24T02:00:00.000Z", "of": "window"}
    (killed / "data" / "recorded.json").write_text(json.dumps({**told, "videos": [video]}))
    package_up(killed, key, _nothing)
    assert asked == []


def test_nothing_is_put_in_order_through_a_link(killed: Path, key: Ed25519PrivateKey, tmp_path: Path) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (elsewhere / "tab.part.mp4").touch()
    (killed / "data" / "video").symlink_to(elsewhere)
    before = (killed / package.JOURNAL).read_bytes()
    with pytest.raises(EvidenceError, match="not a regular file"):
        package_up(killed, key, _nothing)
    assert (elsewhere / "tab.part.mp4").exists()
    assert (killed / package.JOURNAL).read_bytes() == before


def _has_sealed(folder: Path) -> bool:
    return any("secret-sealed" in one.read_text() for one in folder.glob("r/*/data/journal.jsonl"))


def _let_go() -> None:
    for kept in keeper.kept_runs().values():
        with keeper.attached(kept) as context:
            context.close()


@pytest.mark.soak  # it reads every picture and film of a run
@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_rehearsal_that_was_killed_is_packaged_with_what_it_had_filmed(
    short: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("RUNTIME_DIR", "DATA_HOME", "CONFIG_HOME"):
        (short / name).mkdir(mode=0o700)
        monkeypatch.setenv(f"XDG_{name}", str(short / name))
    folders = ["--recordings", str(short / "r"), "--store", str(short / "s")]
    with (short / "said").open("wb") as said:
        command = [sys.executable, "-m", "keyturn", "rehearse", "--headless", *folders]
        run = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        until(lambda: run.poll() is not None or _has_sealed(short), 120)
        assert run.poll() is None, "it ended by itself"
    finally:
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        with ThreadPoolExecutor(1) as apart:  # This thread may belong to the suite's browser already.
            apart.submit(_let_go).result()
    (folder,) = (short / "r").iterdir()
    assert main(["evidence", "list", "--recordings", str(short / "r")]) == 0
    assert "not sealed" in capsys.readouterr().err
    assert main(["evidence", "seal", str(folder)]) == 2  # The run sealed a value, and where is not said.
    assert main(["evidence", "seal", str(folder), "--store", str(short / "s")]) == 0
    assert "searched for the value that the run sealed" in capsys.readouterr().err
    assert main(["evidence", "verify", str(folder)]) == 0
    assert [path.name for path in (folder / "data" / "video").glob("entra.*")] == ["entra.mp4"]
    report = (folder / "data" / "report.html").read_text()
    assert re.search(r"a new secret was created|Where it was cut short", report)
