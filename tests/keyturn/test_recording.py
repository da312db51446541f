from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keyturn.document import load
from keyturn.events import SecretIntended
from keyturn.run.recording import FirstIntent, Recording

RUNBOOKS = Path(__file__).parents[2] / "runbooks"
VALUE = "q7R8Q~pXlZk-4vT_c1Mn~Wb0LsGyH2dJuEaVfIoK"
INTENDED = SecretIntended("add-secret", "api", (), "intent-1")


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    recording = Recording(tmp_path / "run", Ed25519PrivateKey.generate(), {})
    recording.data.mkdir(parents=True)
    return recording


def test_a_value_can_exist_since_the_first_intent() -> None:
    intent = FirstIntent()
    assert intent.since is None
    before = datetime.now(UTC)
    intent(INTENDED)
    first = intent.since
    intent(INTENDED)
    assert first is not None
    assert before <= first <= datetime.now(UTC)
    assert intent.since == first


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_was_set_tells_no_time(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    class Set(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            assert tz is UTC
            return datetime.fromtimestamp(time.time(), UTC) + timedelta(hours=hours)

    intent = FirstIntent()
    intent(INTENDED)
    monkeypatch.setattr("keyturn.run.recording.datetime", Set)
    assert intent.since is None


@pytest.mark.parametrize("controls", [(), ("ia-5", "au-10")])
def test_the_controls_that_the_runbook_names_are_in_the_facts(tmp_path: Path, controls: tuple[str, ...]) -> None:
    book = replace(load(RUNBOOKS / "list-expiring-secrets.yaml"), controls=controls)
    recording = Recording.begin(tmp_path, book, {}, Ed25519PrivateKey.generate(), "rehearsal")
    facts = json.loads((recording.data / "run.json").read_text(encoding="utf-8"))
    assert facts.get("controls", []) == list(controls)


def test_without_a_captured_value_its_shape_is_a_leak(recording: Recording) -> None:
    (recording.data / "log.txt").write_text("nothing")
    recording.search([], optical=False, since=None)
    assert recording.leak is None
    (recording.data / "log.txt").write_text(VALUE)
    recording.search([], optical=False, since=None)
    assert recording.leak is not None
    assert VALUE[:8] not in str(recording.leak)


@pytest.mark.parametrize("values", [[], [VALUE.encode()]])
def test_what_cannot_be_searched_is_a_leak_and_does_not_stop_the_end(recording: Recording, values: list[bytes]) -> None:
    (recording.data / "torn.zip").write_bytes(b"PK\x03\x04" + bytes(40))
    recording.search(values, optical=False, since=None)
    assert recording.leak is not None
