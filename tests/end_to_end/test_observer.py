"""Somebody films the screen during a whole rotation in a visible browser, and never sees the value."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import LeakGate, sight
from keyturn.cli.rehearse import DEFAULT
from keyturn.cli.replica import SecondHand, StepTold, inputs_for, open_replicas
from keyturn.document import load
from keyturn.run.conduct import Around, Wish, conduct, prepare
from keyturn.run.leak_search import FirstIntent
from keyturn.settings import shipped_runbooks
from rehearsal import Operator
from secrets_store import Store
from tests.evidence.observer import filming

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROTATION = shipped_runbooks() / DEFAULT


@pytest.mark.soak
@pytest.mark.eyes
@pytest.mark.headed
@pytest.mark.skipif(not (sight.can_read() and shutil.which("ffmpeg")), reason="needs tesseract and ffmpeg")
def test_during_a_whole_rotation_the_value_is_in_no_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, display: dict[str, str], figure: Callable[[str], None]
) -> None:
    monkeypatch.setenv("DISPLAY", display["DISPLAY"])
    key = Ed25519PrivateKey.generate()
    store, _ = Store.throw_away(tmp_path / "store", key)
    films = tmp_path / "films" / "data"  # as in a recording: the search leaves out what was filmed before the secret
    films.mkdir(parents=True)
    intended = FirstIntent()
    with open_replicas("expired", []) as replicas, Operator(replicas):
        around = Around(
            recordings=tmp_path / "recordings",
            store=store,
            signing_key=key,
            gatekeeper=SecondHand(replicas.operator_url),
            listeners=(StepTold(replicas), intended),
            read_pictures=False,
        )
        given = inputs_for(load(ROTATION), replicas)
        prepared = prepare(Wish(runbook=ROTATION, given=given, headed=True))
        with filming(display, films / "screen.mkv") as observer:
            began = datetime.now(UTC)
            summary, error = conduct(prepared, around)
        state = replicas.state()
    assert error is None
    assert summary.exit == 0
    (secret,) = state["registrations"][state["application_id"]]["secrets"]
    told = {"videos": [{"path": "screen.mkv", "from": began.isoformat()}]}
    (films / "recorded.json").write_text(json.dumps(told))
    found = LeakGate([secret["value"].encode()]).search(films.parent, intended.since)
    figure(f"{observer.frames} frames of a whole rotation from outside, {len(found)} with the value")
    assert found == []
