from __future__ import annotations

import errno
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from filelock import FileLock, Timeout

from evidence import package, verify
from evidence.chain import ChainedLog
from evidence.reserve import NoRoom
from keyturn import clock, settings
from keyturn.document import load
from keyturn.errors import CannotStart
from keyturn.events import StepEnded, StepStarted
from keyturn.run.leak_search import LeakSearch
from keyturn.run.provenance import instructions_of, plan_of
from keyturn.run.recording import Recording
from tests.evidence.authority import served

RUNBOOKS = Path(__file__).parents[2] / "runbooks"


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    folder = tmp_path / "run"
    recording = Recording(folder, Ed25519PrivateKey.generate(), {}, LeakSearch(folder))
    recording.data.mkdir(parents=True)
    return recording


def test_a_power_cut_leaves_what_is_known_of_the_run_as_it_was_or_as_it_is(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording.write_facts()
    flushed: list[object] = []
    monkeypatch.setattr("os.fsync", lambda file: flushed.append(os.fstat(file).st_size))
    monkeypatch.setattr(Path, "replace", lambda fresh, _: flushed.append(fresh.name))
    recording.facts["run"] = "r-1"
    recording.write_facts()
    assert flushed == [len('{\n  "run": "r-1"\n}\n'), "run.new"]


@pytest.mark.parametrize("controls", [(), ("ia-5", "au-10")])
def test_the_controls_that_the_runbook_names_are_in_the_facts(tmp_path: Path, controls: tuple[str, ...]) -> None:
    book = replace(load(RUNBOOKS / "list-expiring-secrets.yaml"), controls=controls)
    recording = Recording.begin(tmp_path, book, {}, Ed25519PrivateKey.generate(), "rehearsal")
    facts = json.loads((recording.data / "run.json").read_text(encoding="utf-8"))
    assert facts.get("controls", []) == list(controls)


@pytest.mark.parametrize(("kind", "rehearsal"), [("run", False), ("rehearsal", True)])
def test_a_recording_knows_whether_it_is_of_a_rehearsal(tmp_path: Path, kind: str, rehearsal: bool) -> None:
    book = load(RUNBOOKS / "list-expiring-secrets.yaml")
    assert Recording.begin(tmp_path, book, {}, Ed25519PrivateKey.generate(), kind).is_rehearsal is rehearsal


def test_the_journal_is_told_every_step_and_the_instructions_that_it_carries_out() -> None:
    plan = plan_of(load(RUNBOOKS / "update-entra-client-secret.yaml"))
    assert {number for _, _, covers in plan for number in covers} == set(range(1, 29))
    assert [step for step, _, covers in plan if 28 in covers] == ["select-group", "synchronise"]


def test_the_journal_is_told_the_instructions_as_the_language_reads_them(tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text("| # | what |\n|---|---|\n| S01 | Choose A \\| B |\n| 2 | Go | there |\n")
    book = load(RUNBOOKS / "list-expiring-secrets.yaml")
    own = replace(book, path=str(tmp_path / "own.yaml"), procedure=replace(book.procedure, file="own.md"))
    assert instructions_of(own) == ((1, "Choose A | B", ""), (2, "Go", "there"))


def test_included_runbooks_whose_names_a_package_cannot_hold_are_in_it(tmp_path: Path) -> None:
    book = load(RUNBOOKS / "list-expiring-secrets.yaml")
    names = ("100%.yaml", "100\n.yaml", "100_.yaml")
    book = replace(book, included={str(tmp_path / name): f"# {name!a}" for name in names})
    recording = Recording.begin(tmp_path / "home", book, {}, Ed25519PrivateKey.generate(), "rehearsal")
    with ChainedLog(recording.data / "journal.jsonl") as log:
        log.append("run-started", run="r-1")
    recording.end(status="done")
    recording.seal()
    assert verify.verify(recording.folder).faults == []
    kept = {file.name: file.read_text() for file in (recording.data / "included").iterdir()}
    assert set(kept.values()) == {f"# {name!a}" for name in names}
    assert kept["100_.yaml"] == "# '100_.yaml'"


def test_words_of_every_runbook_that_is_carried_out_are_known_also_when_it_was_changed(tmp_path: Path) -> None:
    book, key = load(RUNBOOKS / "list-expiring-secrets.yaml"), Ed25519PrivateKey.generate()
    book = replace(book, text=f"{book.text}# the first page\n", included={"part.yaml": "note: somebody signs in\n"})
    recording = Recording.begin(tmp_path, book, {}, key, "rehearsal")
    recording.search.everything([b"the first page", b"somebody signs"], optical=False, since=None)
    assert recording.search.leak is None
    book = replace(book, text=book.text.replace("first", "second"), included={"part.yaml": "note: anybody signs in\n"})
    recording = Recording.reopen(recording.folder, book, {}, key, what="resume")
    recording.search.everything([b"the second page", b"anybody signs"], optical=False, since=None)
    assert recording.search.leak is None


@pytest.mark.parametrize("part", ["begun", "reopened"])
def test_what_was_written_into_a_copy_of_the_runbook_afterwards_is_a_leak(tmp_path: Path, part: str) -> None:
    book, key = load(RUNBOOKS / "list-expiring-secrets.yaml"), Ed25519PrivateKey.generate()
    book = replace(book, included={"part.yaml": "note: somebody signs in\n"})
    recording = Recording.begin(tmp_path, book, {}, key, "rehearsal")
    if part == "reopened":
        recording = Recording.reopen(recording.folder, book, {}, key, what="resume")
    for copy in ("runbook.yaml", "included/part.yaml"):
        with (recording.data / copy).open("a", encoding="utf-8") as file:
            file.write("# correct horse battery\n")
    recording.search.everything([b"correct horse battery"], optical=False, since=None)
    assert {finding.split(":")[0] for finding in recording.search.findings} == {
        "data/runbook.yaml",
        "data/included/part.yaml",
    }


def _begun(home: Path) -> Recording:
    book = load(RUNBOOKS / "list-expiring-secrets.yaml")
    recording = Recording.begin(home, book, {}, Ed25519PrivateKey.generate(), "rehearsal")
    with ChainedLog(recording.data / "journal.jsonl") as log:
        log.append("run-started")
    recording.end(status="done")
    return recording


def test_the_facts_tell_the_clock_the_versions_and_who_was_signed_in_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = _begun(tmp_path)
    first = next(step for step in load(RUNBOOKS / "list-expiring-secrets.yaml").steps if step.page.startswith("entra."))
    recording.signed_in(StepStarted(first.id, 1, 1, "", (), "read", ""))
    assert recording.banner() == f"rehearsal {recording.folder.name} · {recording.facts['operator']}"
    outputs = {"account": "ann@x.example", "directory": "X (X.EXAMPLE)", "secret_id": "1"}
    recording.signed_in(StepEnded(first.id, "done", "", outputs, 1.0))
    assert recording.banner().endswith(" · ann@x.example · X (X.EXAMPLE)")
    early = json.loads((recording.data / "run.json").read_text(encoding="utf-8"))
    assert early["signed_in"]["entra"]["account"] == "ann@x.example"  # A run that is killed has told it too.
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 3600)
    recording.end(status="done")
    facts = json.loads((recording.data / "run.json").read_text(encoding="utf-8"))
    assert facts["signed_in"] == {"entra": {"account": "ann@x.example", "directory": "X (X.EXAMPLE)"}}
    assert facts["clock"]["at_the_beginning"] == facts["clock"]["at_the_end"] == clock.state()
    assert facts["clock"]["set_in_between_by_seconds"] == pytest.approx(3600, abs=1)
    assert {"keyturn", "playwright", "python", "system"} <= facts["versions"].keys()


def test_a_full_disk_in_the_middle_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = _begun(tmp_path)
    first = next(step for step in load(RUNBOOKS / "list-expiring-secrets.yaml").steps if step.page.startswith("entra."))
    recording.signed_in(StepStarted(first.id, 1, 1, "", (), "read", ""))
    monkeypatch.setattr("keyturn.run.recording.write_whole", _full)
    with pytest.raises(NoRoom, match="no space left"):
        recording.signed_in(StepEnded(first.id, "done", "", {"account": "ann@x.example"}, 1.0))


def test_a_recording_that_cannot_be_reopened_can_be_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = load(RUNBOOKS / "list-expiring-secrets.yaml")
    folder, key = _begun(tmp_path).folder, Ed25519PrivateKey.generate()
    with monkeypatch.context() as patch:
        patch.setattr("keyturn.run.recording.write_whole", _full)
        with pytest.raises(CannotStart, match="no space left") as refused:
            Recording.reopen(folder, book, {}, key, what="resume")
    assert "free space" in refused.value.hint
    assert len(Recording.reopen(folder, book, {}, key, what="resume").facts["resumed"]) == 1


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_an_authority_is_asked_to_stamp_the_package(tmp_path: Path) -> None:
    (tmp_path / "tsa").mkdir()
    with served(tmp_path / "tsa") as authority:
        recording = _begun(tmp_path)
        recording.seal(authority.url)
    assert recording.timestamp == f"by {authority.url}"
    assert verify.verify(recording.folder, tsa_root=authority.root).proof == "signed and timestamped"


def test_an_authority_that_does_not_answer_leaves_a_signed_package_and_is_told(tmp_path: Path) -> None:
    recording = _begun(tmp_path)
    recording.seal("http://127.0.0.1:9/none")
    assert recording.timestamp == "none: the timestamp authority did not answer"
    verdict = verify.verify(recording.folder)
    assert (verdict.faults, verdict.proof) == ([], "signed")


def test_where_nobody_asks_for_a_timestamp_nothing_is_said_of_one(tmp_path: Path) -> None:
    recording = _begun(tmp_path)
    recording.seal()
    assert recording.timestamp == ""


def test_two_runs_that_end_together_do_not_name_the_same_recording_before_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = []

    def latest(*_: object, **__: object) -> None:
        with pytest.raises(Timeout):
            FileLock(settings.sealing_lock(), timeout=0).acquire()
        held.append("while it looks which is the last")

    monkeypatch.setattr(package, "latest", latest)
    _begun(tmp_path).seal()
    assert held
    with FileLock(settings.sealing_lock(), timeout=0):
        """Nobody holds it any more."""
