"""Recordings in which a run told what a test wants it to have told."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from evidence import sealing
from evidence.chain import ChainedLog
from keyturn import events
from keyturn.run.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FACTS = {
    "kind": "run",
    "runbook": "a-book",
    "runbook_sha256": "1",
    "included_sha256": {"part.yaml": "2"},
    "inputs": {"name": "one"},
}
INTENDED = events.SecretIntended("add", "secret", ("old",), "intent")
SEALED = events.SecretSealed("add", "secret", "new", "2028-11-24", "entry", "0" * 64)
ACTING = events.Acting("add", "p.page", "act", {})


def started(step: str) -> events.StepStarted:
    return events.StepStarted(step, 1, 2, "A step", (), "create", "")


def ended(step: str, result: str, **outputs: str) -> events.StepEnded:
    return events.StepEnded(step, result, "", outputs, 1.0)


def recorded(home: Path, *told: events.Event, name: str = "a-run", **facts: Any) -> Path:
    """Write a recording in which these events were told."""
    data = home / name / "data"
    data.mkdir(parents=True)
    (data / "run.json").write_text(json.dumps({**FACTS, **facts}))
    with ChainedLog(data / "journal.jsonl") as log:
        for event in told:
            Journal(log)(event)
    return data.parent


def run_ended(status: str) -> events.RunEnded:
    return events.RunEnded(status, 0, (), 1.0)


def sealed(folder: Path, key: Ed25519PrivateKey, status: str) -> None:
    sealing.seal(folder, signing_key=key, identity="me@here", info={"Status": status}, previous=None)


def prepared(**changed: Any) -> Any:
    """Return a run as it is prepared again; the digests of runbooks are their texts here."""
    digests = {"runbook_sha256": "1", "included_sha256": {"part.yaml": "2"}, **changed}
    book = SimpleNamespace(path="a-book.yaml", digests=digests, secrets={})
    wish = SimpleNamespace(despite_elsewhere=False)
    return SimpleNamespace(runbook=book, wish=wish, inputs={"name": changed.get("name", "one")})
