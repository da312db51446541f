"""`keyturn run` takes any addresses: here those of `keyturn serve`, as an operator would try it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence import verify
from keyturn import signing
from keyturn.settings import shipped_runbooks
from secrets_store import Store
from tests.evidence.authority import served as served_authority

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYTURN = [sys.executable, "-m", "keyturn"]
RUNBOOK = str(shipped_runbooks() / "update-entra-client-secret.yaml")


@contextmanager
def served(home: dict[str, str], *options: str) -> Iterator[dict[str, str]]:
    """Serve the replicas and yield the inputs that they print."""
    command = [*KEYTURN, "serve", *options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=home)
    assert server.stdout
    yield json.loads(server.stdout.readline())
    server.send_signal(signal.SIGINT)
    _, told = server.communicate(timeout=30)
    assert server.returncode == 130
    assert "Traceback" not in told


def run(home: dict[str, str], folder: Path, inputs: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    key = signing.load_or_make(folder / "keyturn" / "signing_key")
    if not (folder / "store").exists():
        Store.throw_away(folder / "store", key)
    chosen = ("entra_url", "ma_portal_url", "application_id")
    given = [word for name in chosen for word in ("--set", f"{name}={inputs[name]}")]
    places = ["--store", str(folder / "store"), "--recordings", str(folder / "recordings")]
    command = [*KEYTURN, "run", RUNBOOK, "--headless", "--json", *given, *places, *options]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, env=home, stdin=subprocess.DEVNULL, timeout=300
    )


def test_a_run_against_the_served_replicas_is_done_and_told_as_one_json_object(
    home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "tsa").mkdir()
    with served_authority(tmp_path / "tsa") as authority, served(home) as inputs:
        options = ("--approve", "all", "--until", "add-secret", "--tsa", authority.url)
        finished = run(home, tmp_path, inputs, *options)
    assert finished.returncode == 0, finished.stderr
    assert "Done in" in finished.stderr
    (line,) = finished.stdout.splitlines()
    summary = json.loads(line)
    assert summary["status"] == "done"
    assert {"run", "recording", "status", "exit", "seconds", "steps", "secrets", "changed"} <= set(summary)
    assert {"id", "result", "seconds", "covers"} <= set(summary["steps"][0])
    assert summary["search"]["seconds"] > 0
    assert verify.verify(Path(summary["recording"]), tsa_root=authority.root).proof == "signed and timestamped"
    assert summary["timestamp"] == f"by {authority.url}"


@pytest.mark.soak
def test_a_gate_that_nobody_can_answer_ends_the_run_with_5_at_once(home: dict[str, str], tmp_path: Path) -> None:
    with served(home) as inputs:
        finished = run(home, tmp_path, inputs)
    assert finished.returncode == 5, finished.stderr
    assert "waits for a person" in finished.stderr
    assert "--approve" in finished.stderr
    assert json.loads(finished.stdout.splitlines()[-1])["changed"] == []
