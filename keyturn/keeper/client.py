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
from pathlib import Path
from typing import TYPE_CHECKING, Self

from filelock import Timeout
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import expect, sync_playwright

from keyturn import system
from keyturn.browser import PATIENCE, context_options, quieten, refuse_debugging
from keyturn.errors import CannotStart
from keyturn.keeper import record
from keyturn.keeper.record import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext

    from keyturn.browser import Installed

_START = 60.0  # seconds in which a browser has come up, on a slow machine too
_END = 60.0  # seconds in which a browser that was told to has ended, and written what it still had to
_LOOK_AGAIN = 0.02  # seconds
_STARTED: list[subprocess.Popen[bytes]] = []  # a handle that is dropped complains that its process still runs


class Keeper:
    """A keeper's process. It loads what it needs at once, and opens a browser when it is told for which run.

    Whoever starts one early, while the runbook is still being checked, waits for it less. One that gets no order,
    because whoever started it was killed, ends by itself.
    """

    def __init__(self) -> None:
        refuse_debugging()
        self._run = ""
        self._what = "the browser"
        self._kept: Kept | None = None
        self._folder = tempfile.mkdtemp(
            prefix="keyturn-"
        )  # 0700: the socket and the profile lie in it; and short, as sockets need
        self._process = subprocess.Popen(
            [sys.executable, "-m", "keyturn.keeper.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # The browser library's texts may hold page content.
            stderr=subprocess.DEVNULL,
            env={**os.environ, **system.temporary_folder(self._folder)},
            **system.detached(),
        )
        _STARTED[:] = [one for one in (*_STARTED, self._process) if one.poll() is None]

    def open(
        self, run: str, installed: Installed, *, headed: bool, outlives: bool = True, profile: Path | None = None
    ) -> Self:
        """Have the browser opened for `run`; `kept` waits until it is there.

        `outlives`: it stays without keyturn. `profile`: the folder that it starts with, none to be off the record.
        """
        self._run, self._what = run, installed.name
        order = {
            "run": run,
            "launch": {"headless": not headed, **installed.launch_options(headed=headed, profile=profile is not None)},
            "context": context_options(headed=headed),
            "outlives": outlives,
            "profile": str(profile) if profile else "",
        }
        self._tell(json.dumps(order))
        return self

    def kept(self) -> Kept:
        """Return the browser that was opened. Raises `CannotStart` when it does not come up."""
        until = time.monotonic() + _START
        while self._kept is None and self._process.poll() is None and time.monotonic() < until:
            self._kept = self._made_known()
            time.sleep(0 if self._kept else _LOOK_AGAIN)
        if self._kept:
            return self._kept
        self._end()
        raise CannotStart(f"{self._what} did not start", hint="`keyturn doctor` tells what it needs")

    def _made_known(self) -> Kept | None:
        """Return what it has made known. What another keeper of the run left, which is just ending, is not its own."""
        kept = Kept.read(self._run)
        return kept if kept and Path(kept.folder) == Path(self._folder).resolve() else None

    def dismiss(self) -> None:
        """End it. Does nothing once it has its order."""
        if not self._run:
            self._end()

    def _end(self) -> None:
        self._process.kill()  # Its children notice and end by themselves.
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _tell(self, order: str) -> None:
        if self._process.stdin:
            try:
                self._process.stdin.write(order.encode())
                self._process.stdin.close()
            except BrokenPipeError:
                pass  # It has ended; `kept` says so.


def start(run: str, installed: Installed, *, headed: bool, profile: Path | None = None) -> Kept:
    """Start a browser that outlives this process, for `run`. Raises `CannotStart` when it does not come up."""
    return Keeper().open(run, installed, headed=headed, profile=profile).kept()


@contextmanager
def attending(run: str) -> Iterator[None]:
    """Carry `run` out, as the only one that does. Raises `CannotStart` while another keyturn does."""
    try:
        attended = record.attending(run)
        attended.__enter__()
    except Timeout:
        attended = None
    if attended is None:
        raise CannotStart(f"{run} is being carried out by another keyturn", hint="end that one first")
    try:
        yield
    finally:
        attended.__exit__(None, None, None)


@contextmanager
def connected(opened: Callable[[], Kept]) -> Iterator[BrowserContext]:
    """Connect to the browser that `opened` returns and yield its context, which stays open unless it is closed inside.

    The browser library is started before `opened` is asked, so that both come up at the same time. Raises
    `CannotStart` when the browser does not answer. The caller is `attending` the run.
    """
    refuse_debugging()
    quieten()
    with sync_playwright() as playwright:
        kept = opened()
        try:
            context = playwright.chromium.connect(kept.endpoint).contexts[0]
        except (BrowserError, IndexError):
            context = None
        if context is None:
            raise CannotStart("the browser that was kept open no longer answers", hint="start again")
        expect.set_options(timeout=PATIENCE)
        context.set_default_timeout(PATIENCE)
        yield context


@contextmanager
def attached(kept: Kept) -> Iterator[BrowserContext]:
    """Attend the run of a kept browser and connect to it. Raises `CannotStart`."""
    with attending(kept.run), connected(lambda: kept) as context:
        yield context


def has_ended(run: str) -> bool:
    """Wait until the keeper of `run`, which was told to, has ended with its browser; return whether it did in time."""
    until = time.monotonic() + _END
    while (alive := record.is_alive(run)) and time.monotonic() < until:
        time.sleep(_LOOK_AGAIN)
    return not alive


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
