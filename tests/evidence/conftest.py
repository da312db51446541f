"""A made-up value, a recording of a run, and the same recording sealed."""

from __future__ import annotations

import json
import re
import secrets
import string
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence import sealing
from evidence.chain import GENESIS, ChainedLog, canonical, digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

IDENTITY = "recorder@example.test"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)
INSTRUCTIONS = [
    [1, "Sign in", "sign-in pages"],
    [2, "Add a secret", "Certificates & secrets"],
    [3, "Delete the expired one", "Certificates & secrets"],
    [4, "Say good-bye", "everywhere"],
]


@pytest.fixture(scope="session")
def value() -> str:
    """A text of the shape of a client secret, different in each session."""
    letters = string.ascii_letters + string.digits
    return (
        "".join(secrets.choice(letters) for _ in range(3)) + "8Q~" + "".join(secrets.choice(letters) for _ in range(34))
    )


@pytest.fixture(scope="session")
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def record(folder: Path) -> Path:
    """Write a recording as the engine leaves it, and return its folder."""
    data = folder / "data"
    (data / "pictures").mkdir(parents=True)
    (data / "pictures" / "02-add-secret-after.png").write_bytes(PIXEL)
    (data / "run.json").write_text(
        '{"run": "r-1", "kind": "run", "operator": "me@example.test", "runbook": "rotate"}\n'
    )
    (data / "recorded.json").write_text(
        '{"periods": [{"what": "dark", "from": "2026-11-24T02:00:00.000Z", "to": "2026-11-24T02:01:00.000Z",'
        ' "reason": "Sign in"}], "not_recorded": [{"part": "video of the window", "why": "there is no display"}],'
        ' "videos": [], "chapters": []}\n'
    )
    (data / "procedure.md").write_text("# A procedure\n")
    with ChainedLog(data / "journal.jsonl") as log:
        log.append(
            "run-started", run="r-1", runbook="rotate", title="Rotate <a> secret", mode="auto", operator="me",
            instructions=INSTRUCTIONS,
        )  # fmt: skip
        log.append("step-started", step="sign-in", number=1, title="Sign in", covers=[1], effect="read")
        log.append("gate-asked", step="sign-in", gate="sign_in")
        log.append("gate-answered", step="sign-in", answer="signed in", by="me@example.test")
        log.append("step-ended", step="sign-in", result="done", reason="", outputs={"account": "ann@x"}, seconds=3.0)
        log.append("step-started", step="add-secret", number=2, title="Add", covers=[2], effect="create")
        log.append("guard-held", step="add-secret", fact="stored: client_secret")
        log.append("pictured", step="add-secret", moment="after", path="pictures/02-add-secret-after.png")
        log.append(
            "secret-sealed", step="add-secret", secret="s", secret_id="id-1", expires_on="2028-11-24", entry="e-1"
        )
        log.append("step-ended", step="add-secret", result="done", reason="", outputs={}, seconds=2.0)
        log.append("step-started", step="delete", number=3, title="Delete", covers=[3], effect="delete")
        log.append("step-ended", step="delete", result="skipped", reason="nothing has expired", outputs={}, seconds=0.0)
        log.append("run-ended", status="done", exit=0, changed=["a secret was created"], seconds=5.0)
    return folder


def text_of(html: str) -> str:
    """Return what a person reads of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL))


def forge(journal: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Let `change` alter each entry in place, and chain them anew: what whoever has the folder can do."""
    head, lines = GENESIS, []
    for line in journal.read_bytes().splitlines():
        entry = json.loads(line)
        change(entry)
        lines.append(canonical(entry | {"prev": head}))
        head = digest(lines[-1])
    journal.write_bytes(b"".join(line + b"\n" for line in lines))


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return record(tmp_path / "20261124T020000Z-rotate")


@pytest.fixture
def seal(key: Ed25519PrivateKey) -> Callable[[Path], Path]:
    """Return what seals a recording with the session's key."""

    def sealed(folder: Path, previous: str | None = None) -> Path:
        sealing.seal(folder, signing_key=key, identity=IDENTITY, info={"Status": "done"}, previous=previous)
        return folder

    return sealed


@pytest.fixture
def sealed(recording: Path, seal: Callable[[Path], Path]) -> Path:
    return seal(recording)


@pytest.fixture
def signers(sealed: Path, tmp_path: Path) -> Path:
    """The auditor's own list of who may sign, as handed over once."""
    path = tmp_path / "allowed_signers"
    path.write_bytes((sealed / "allowed_signers").read_bytes())
    return path


def passes(*command: str, folder: Path, stdin: bytes | None = None) -> bool:
    """Return whether an outside judge accepts."""
    run = subprocess.run([*command], cwd=folder, input=stdin, capture_output=True, check=False)
    return run.returncode == 0
