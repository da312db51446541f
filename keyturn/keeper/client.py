"""Keyturn's side: start a keeper, use its browser, and clear up after keepers that died."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import Timeout
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect, sync_playwright

from keyturn import system
from keyturn.browser import PATIENCE, context_options, refuse_debugging
from keyturn.errors import CannotStart
from keyturn.keeper import record
from keyturn.keeper.record import Kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

    from keyturn.browser import Installed

_START = 60.0  # seconds in which a browser has come up, on a slow machine too
_LOOK_AGAIN = 0.05  # seconds
_STARTED: list[subprocess.Popen[bytes]] = []  # a handle that is dropped complains that its process still runs


def start(run: str, installed: Installed, *, headed: bool) -> Kept:
    """Start a browser that outlives this process, for `run`. Raises `CannotStart` when it does not come up."""
    refuse_debugging()
    folder = tempfile.mkdtemp(
        prefix="keyturn-"
    )  # 0700: the socket and the profile lie in it; and short, as sockets need
    launch = {"headless": not headed, **installed.launch_options(headed=headed)}
    order = {"launch": launch, "context": context_options(headed=headed)}
    keeper = subprocess.Popen(  # noqa: S603  # this interpreter, our own module
        [sys.executable, "-m", "keyturn.keeper.process", run],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,  # The browser library's texts may hold page content.
        stderr=subprocess.DEVNULL,
        env={**os.environ, **system.temporary_folder(folder)},
        **system.detached(),
    )
    if keeper.stdin:
        keeper.stdin.write(json.dumps(order).encode())
        keeper.stdin.close()
    until = time.monotonic() + _START
    while keeper.poll() is None and time.monotonic() < until:
        if kept := Kept.read(run):
            _STARTED.append(keeper)
            return kept
        time.sleep(_LOOK_AGAIN)
    keeper.kill()
    keeper.wait()
    shutil.rmtree(folder, ignore_errors=True)
    raise CannotStart(f"{installed.name} did not start", hint="`keyturn doctor` tells what it needs")


@contextmanager
def attached(kept: Kept) -> Iterator[BrowserContext]:
    """Connect to the kept browser and yield its context, which stays open afterwards unless it is closed inside.

    Raises `CannotStart` when it no longer answers, or another process is using it.
    """
    refuse_debugging()
    try:
        with record.attending(kept.run), sync_playwright() as playwright:
            try:
                context = playwright.chromium.connect(kept.endpoint).contexts[0]
            except (BrowserError, IndexError):
                context = None
            if context is None:
                raise CannotStart("the browser that was kept open no longer answers", hint="start again")
            expect.set_options(timeout=PATIENCE)
            context.set_default_timeout(PATIENCE)
            yield context
    except Timeout:
        busy = True
    else:
        busy = False
    if busy:
        raise CannotStart(f"{kept.run} is being carried out by another keyturn", hint="end that one first")


def kept_runs() -> dict[str, Kept]:
    """Return the browsers that are kept, by run; what keepers left that died is removed, their folders too."""
    alive = {}
    for run in record.runs():
        kept = Kept.read(run)
        if kept and record.is_alive(run):
            alive[run] = kept
            continue
        if kept:
            shutil.rmtree(kept.folder, ignore_errors=True)
        record.forget(run)
    return alive
