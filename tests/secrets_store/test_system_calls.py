"""Killed at each system call of a write, as strace counts them: the store opens and keeps its word."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from secrets_store import Store, checkpoint
from secrets_store.reading import unseal
from tests.secrets_store.conftest import VALUE
from tests.secrets_store.crash import ended, started
from tests.secrets_store.test_durability import write_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from secrets_store.age import X25519Identity

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not shutil.which("strace"), reason="strace kills at a system call"),
]


def stopped_writer(folder: Path, key: Ed25519PrivateKey, acks: int) -> int:
    """Fork a process that waits to be continued, then opens the store, stores one value and acknowledges it."""

    def wait_and_write() -> None:
        os.kill(os.getpid(), signal.SIGSTOP)
        write_one(folder, key, acks)

    child = started(wait_and_write)
    os.waitpid(child, os.WUNTRACED)
    return child


@contextmanager
def traced(child: int, *options: str) -> Iterator[None]:
    """Let strace watch a stopped process, and let the process go on."""
    tracer = subprocess.Popen(["strace", "-qq", *options, "-p", str(child)], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 5
    while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text():
        if tracer.poll() is not None or time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            ended(child)
            pytest.skip("strace may not watch another process here")
    os.kill(child, signal.SIGCONT)
    yield
    tracer.wait(10)


def write_once(folder: Path, key: Ed25519PrivateKey, *options: str) -> tuple[int, str]:
    """Return how a traced write ended and what it acknowledged."""
    reader, writer = os.pipe()
    child = stopped_writer(folder, key, writer)
    os.close(writer)
    with traced(child, *options):
        status = ended(child)
    with os.fdopen(reader) as file:
        return status, file.read()


def test_killed_at_every_system_call_of_a_write_the_store_keeps_its_word(
    store: Store,
    signing_key: Ed25519PrivateKey,
    operator: X25519Identity,
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 1)  # so that it is written each time too
    log = store.folder.parent / "calls"
    assert write_once(store.folder, signing_key, "-o", str(log))[0] == 0
    calls = Counter(re.findall(r"^(\w+)\(", log.read_text(), re.MULTILINE))
    assert calls["fsync"] >= 8
    killed = 0
    for name, times in calls.items():
        for number in range(1, times + 1):
            inject = f"inject={name}:signal=KILL:when={number}"
            status, acknowledged = write_once(store.folder, signing_key, "-o", os.devnull, "-e", inject)
            assert status in {0, -signal.SIGKILL}
            killed += status != 0
            again = Store.open(store.folder, signing_key=signing_key)
            entries = {entry.id: entry for entry in again.entries()}
            assert not acknowledged or acknowledged in entries, inject
            assert again.verify() == [], inject
            for intent in again.open_intents():
                again.lost(intent, "killed")
            last = list(entries.values())[-1]
            assert unseal(again, last, [operator])[1].reveal() == VALUE
    assert all(unseal(again, entry, [operator])[1].reveal() == VALUE for entry in entries.values())
    assert killed > 100
    figure(f"{killed} kills of {sum(calls.values())} calls, {len(entries)} stored, 0 lost")
