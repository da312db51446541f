"""`keyturn secrets` in this process, with keys and state of its own and no terminal."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

import pytest

from keyturn import settings, signing, store_head
from keyturn.cli import secrets
from secrets_store import keychain, terminal
from secrets_store.age import X25519Identity
from secrets_store.age import passphrase as scrypt
from tests.secrets_store.conftest import cheap, piped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PASSPHRASE = b"correct-horse-battery\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signing_key: Ed25519PrivateKey) -> None:
    monkeypatch.setattr(settings, "default_signing_key", lambda: tmp_path / "signing_key")
    for load in ("load_or_make", "load_if_any"):
        monkeypatch.setattr(signing, load, lambda: signing_key)
    monkeypatch.setattr(store_head, "_file", lambda: tmp_path / "state" / "heads.json")
    monkeypatch.setattr(keychain, "_backend", lambda: None)
    monkeypatch.setattr(terminal, "DEVICE", str(tmp_path / "no-terminal"))
    monkeypatch.setattr(scrypt, "_wrap_key", cheap)
    (tmp_path / "signing_key").touch()


class Run:
    """Runs `keyturn secrets` in this process: returns its exit code and what `--json` prints; `said` is for people."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.said = ""
        self._folder, self._capture = folder, capture

    def __call__(self, *words: str, store: Path | None = None) -> tuple[int, dict[str, Any]]:
        parser = argparse.ArgumentParser()
        secrets.register(parser.add_subparsers())
        args = parser.parse_args(["secrets", words[0], "--store", str(store or self._folder), "--json", *words[1:]])
        code = args.run(args)
        out, self.said = self._capture.readouterr()
        return code, json.loads(out.splitlines()[-1])


@pytest.fixture
def run(folder: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    return Run(folder, capfd)


@pytest.fixture
def key_fd(operator: X25519Identity) -> Callable[[], str]:
    return lambda: str(piped(operator.text().encode()))


def init(run: Run, *words: str) -> dict[str, Any]:
    public = str(X25519Identity.generate().recipient)
    return run("init", "--break-glass", public, "--passphrase-fd", str(piped(PASSPHRASE)), *words)[1]
