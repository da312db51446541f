"""One part of a run: what it ends with when its recording cannot be packaged."""

from __future__ import annotations

import errno
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import EvidenceError, package, sealing
from keyturn import secret_format
from keyturn.document import load
from keyturn.errors import CannotStart, Exit
from keyturn.gates import Nobody
from keyturn.outcome import exit_of
from keyturn.run import leak_search
from keyturn.run.conduct import Around
from keyturn.run.journal import Journal
from keyturn.run.part import Part
from keyturn.run.recording import Recording
from keyturn.run.state import RunState
from tests.terminal import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.events import Event


class NoStore:
    def head(self) -> None:
        """Name none."""


def no_browser(_prepared: object) -> Any:
    raise CannotStart("there is no browser")


@pytest.fixture
def part(tmp_path: Path) -> Part:
    """A part whose browser does not open."""
    key, store = Ed25519PrivateKey.generate(), NoStore()
    prepared = SimpleNamespace(wish=SimpleNamespace(first="", last=""))
    book = load(ROOT / "runbooks" / "list-expiring-secrets.yaml")
    around = Around(
        recordings=tmp_path,
        store=store,  # type: ignore[arg-type]
        signing_key=key,
        gatekeeper=Nobody(),
        listeners=(),
        open_browser=no_browser,
    )
    recording = Recording.begin(tmp_path, book, {}, key, "run")
    return Part(prepared, around, recording, RunState(recording.folder.name, book, {}))  # type: ignore[arg-type]


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("at", [(Recording, "end"), (package, "quarantine")], ids=["full disk", "not moved"])
def test_a_leak_is_told_also_when_the_recording_cannot_be_quarantined(
    part: Part, monkeypatch: pytest.MonkeyPatch, at: tuple[object, str]
) -> None:
    (part.recording.data / "note.txt").write_text(secret_format.make())
    monkeypatch.setattr(*at, full)
    summary, error = part.carry_out(lambda *_: None)
    assert (summary.exit, summary.status) == (Exit.LEAK_FOUND, "leak found")
    assert error is part.recording.search.leak
    hint = getattr(error, "hint", "")
    assert "rotate it again" in hint
    assert "could not be quarantined: keep it from others" in hint
    assert "is quarantined" not in hint


def test_without_a_value_no_reading_of_pictures_is_announced(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leak_search, "can_read", lambda: True)
    summary, _ = part.carry_out(lambda *_: None)
    assert summary.search["values"] == 0
    journal = (part.recording.data / "journal.jsonl").read_text("utf-8")
    assert '"pictures_read":true' not in journal.replace(" ", "")


def test_a_leak_says_where_the_recording_went(part: Part) -> None:
    (part.recording.data / "note.txt").write_text(secret_format.make())
    summary, error = part.carry_out(lambda *_: None)
    assert "quarantine" in summary.recording
    assert getattr(error, "hint", "").endswith("rotate it again; the recording is quarantined")


@pytest.mark.parametrize(("came_to", "again"), [("done", "resume"), (package.TAKEN_BACK, "rollback")])
def test_without_a_leak_it_says_how_to_go_on_once_there_is_room(
    part: Part, monkeypatch: pytest.MonkeyPatch, came_to: str, again: str
) -> None:
    part.came_to = came_to
    monkeypatch.setattr(sealing, "seal", full)
    summary, error = part.carry_out(lambda *_: None)
    assert isinstance(error, EvidenceError)
    assert "could not be packaged: no space left" in error.message
    assert error.hint == f"free space, then `keyturn {again} {part.recording.folder.name}`"
    assert summary.recording == str(part.recording.folder)


@pytest.mark.parametrize("untold", ["search-began", "leak-gate", "run-ended"])
def test_a_journal_that_takes_no_last_line_ends_the_run_in_order(
    part: Part, monkeypatch: pytest.MonkeyPatch, untold: str
) -> None:
    cannot_be_told(monkeypatch, untold)
    part.state.changed.append("portal: something – done")
    summary, error = part.carry_out(lambda *_: None)
    assert isinstance(error, EvidenceError)
    assert error.message == "the journal cannot be written"
    assert summary.exit == exit_of(error)
    assert summary.changed == ["portal: something – done"]
    assert not (part.recording.folder / package.TAG_MANIFEST).exists()  # `resume` ends it.


def test_a_leak_is_quarantined_also_when_the_journal_cannot_be_told_of_it(
    part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    cannot_be_told(monkeypatch, "leak-gate")
    (part.recording.data / "note.txt").write_text(secret_format.make())
    summary, error = part.carry_out(lambda *_: None)
    assert (summary.exit, error) == (Exit.LEAK_FOUND, part.recording.search.leak)
    assert part.recording.folder.parent.name == "quarantine"


def cannot_be_told(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Let the journal take nothing from this event on."""
    tell, over = Journal.__call__, False

    def told(self: Journal, event: Event) -> None:
        nonlocal over
        over = over or event.kind == kind
        if over:
            raise EvidenceError("the journal cannot be written")
        tell(self, event)

    monkeypatch.setattr(Journal, "__call__", told)
