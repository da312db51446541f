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
from keyturn.run import leak_search
from keyturn.run.conduct import Around
from keyturn.run.part import Part
from keyturn.run.recording import Recording
from keyturn.run.state import RunState
from tests.terminal import ROOT

if TYPE_CHECKING:
    from pathlib import Path


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


def test_without_a_leak_it_says_how_to_go_on_once_there_is_room(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "seal", full)
    summary, error = part.carry_out(lambda *_: None)
    assert isinstance(error, EvidenceError)
    assert "could not be packaged: no space left" in error.message
    assert error.hint == f"free space, then `keyturn resume {part.recording.folder.name}`"
    assert summary.recording == str(part.recording.folder)
