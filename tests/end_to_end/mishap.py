"""What goes wrong on this machine while a step is done: the browser, the display, the disk, the clipboard, the clock.

A mishap is a listener of the run. It strikes once, at its step: when the step `begins`; when it is `acting`, right
before the page's action is called; or when the portal has been `pressed`, before its server answers. Every mishap ends
what it started.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import pytest

from keyturn.browser import PATIENCE, WINDOW, find_browser
from keyturn.events import Acting, Event, StepStarted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from playwright.sync_api import Browser, BrowserContext

    from rehearsal import Replicas

Moment = Literal["begins", "acting", "pressed"]


class Mishap:
    """Something that goes wrong at `step`. Subclasses say what; `opened` gives the run its browser."""

    headed: ClassVar[bool] = False

    def __init__(self, step: str, moment: Moment = "begins") -> None:
        self.step, self.moment = step, moment
        self.struck = False
        self.home = Path()
        self.context: BrowserContext | None = None
        self.replicas: Replicas | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def prepare(self, home: Path, replicas: Replicas) -> None:
        """Learn where everything is and will be, before the run begins."""
        self.home, self.replicas = home, replicas
        if self.moment == "pressed":
            self._wait_for_a_press(replicas)

    def _wait_for_a_press(self, replicas: Replicas) -> None:
        """Strike when a button that counts has been pressed, in the server's thread, while the run waits for it."""
        press = replicas.world.press

        def pressed(button: str, what: str = "") -> None:
            press(button, what)
            if not self.struck and replicas.world.faults.step == self.step:
                self.struck = True
                self.strike()

        # The world has slots, so that the class is what can be changed.
        patch = self._stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(type(replicas.world), "press", lambda _world, button, what="": pressed(button, what))

    @contextmanager
    def opened(self, browser: Browser) -> Iterator[BrowserContext]:
        """Give the run a context of its own, in the suite's browser."""
        context = browser.new_context(locale="en-US", viewport=WINDOW)
        context.set_default_timeout(PATIENCE)
        self.context = context
        yield context
        context.close()

    def __call__(self, event: Event) -> None:
        """Strike when it is time."""
        kind = {"begins": StepStarted, "acting": Acting}.get(self.moment)
        if kind and not self.struck and isinstance(event, kind) and event.step == self.step:  # type: ignore[attr-defined]
            self.struck = True
            self.strike()

    def strike(self) -> None:
        """Do it."""
        raise NotImplementedError


class Interrupted(Mishap):
    """The operator presses Ctrl-C."""

    def strike(self) -> None:
        raise KeyboardInterrupt


class OwnBrowser(Mishap):
    """A mishap that needs a browser of its own, started for this run alone, because it ends it."""

    def __init__(self, step: str, moment: Moment = "begins") -> None:
        super().__init__(step, moment)
        self._mark = f"--keyturn-test={secrets.token_hex(8)}"  # by which its process is told from all others

    @contextmanager
    def opened(self, browser: Browser) -> Iterator[BrowserContext]:
        options = find_browser("auto").launch_options(headed=self.headed)
        options["args"] = [*options["args"], self._mark]
        own = browser.browser_type.launch(headless=not self.headed, **options, **self.launched())
        sized: dict[str, Any] = {"no_viewport": True} if self.headed else {"viewport": WINDOW}
        context = own.new_context(locale="en-US", **sized)
        context.set_default_timeout(PATIENCE)
        self.context = context
        yield context
        own.close()

    def launched(self) -> dict[str, Any]:
        """Return more options for its start."""
        return {}

    def processes(self) -> list[int]:
        """Return the numbers of the browser's processes that bear our mark."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal():
                try:
                    words = (folder / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue  # It ended meanwhile.
                if self._mark.encode() in words:
                    found.append(int(folder.name))
        return found


class BrowserKilled(OwnBrowser):
    """The browser's process ends without notice."""

    def strike(self) -> None:
        assert self.processes()
        for number in self.processes():
            os.kill(number, signal.SIGKILL)


class TabClosed(Mishap):
    """A person closes the tab of the portal at hand."""

    def strike(self) -> None:
        assert self.context
        assert self.replicas
        portals = (self.replicas.entra_url, self.replicas.sign_in_url, self.replicas.ma_portal_url)
        tabs = [tab for tab in self.context.pages if tab.url.startswith(portals)]
        assert tabs
        tabs[-1].close()  # The one opened last is the one in which the steps are done.


class Headed(OwnBrowser):
    """A mishap with a display of its own, and a visible browser on it."""

    headed = True

    def launched(self) -> dict[str, Any]:
        if not shutil.which("Xvfb"):
            pytest.skip("Xvfb shows windows where there is no display")
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"]
        self.server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.display = f":{number.readline().strip()}"
        self._stack.callback(self._end_display)
        return {"env": {**os.environ, "DISPLAY": self.display}}

    def _end_display(self) -> None:
        self.server.terminate()
        self.server.wait(10)


class DisplayGone(Headed):
    """The desktop session ends under the visible browser."""

    def strike(self) -> None:
        self.server.kill()
        self.server.wait(10)


class ClipboardStolen(Headed):
    """Another program keeps putting its own text on the desktop's clipboard, until the step is over."""

    def strike(self) -> None:
        if not shutil.which("xclip"):
            pytest.skip("xclip is the other program")
        leave = threading.Event()

        def steal() -> None:
            environment = {**os.environ, "DISPLAY": self.display}
            while not leave.wait(0.02):
                subprocess.run(
                    ["xclip", "-selection", "clipboard"], input=b"somebody else's", env=environment, check=False
                )

        thief = threading.Thread(target=steal, daemon=True)
        thief.start()
        time.sleep(0.2)  # until it has been there once
        self._stack.callback(thief.join)
        self._stack.callback(leave.set)


class ClipboardRefused(Mishap):
    """The browser's permission to use the clipboard is taken away."""

    def strike(self) -> None:
        assert self.context
        self.context.clear_permissions()


class DiskFull(Mishap):
    """The disk below a folder of the run has no room left; it is a small one of its own, in memory."""

    folder: ClassVar[str]

    def prepare(self, home: Path, replicas: Replicas) -> None:
        super().prepare(home, replicas)
        self._disk, aside = home / self.folder, home / f"{self.folder}-aside"
        self._disk.mkdir(mode=0o700, exist_ok=True)
        self._disk.rename(aside)
        self._disk.mkdir(mode=0o700)
        command = ["mount", "-t", "tmpfs", "-o", "size=256m,mode=0700", "tmpfs", str(self._disk)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("a disk of a known size can only be mounted by root")
        self._stack.callback(self._unmount)
        shutil.copytree(aside, self._disk, dirs_exist_ok=True)
        shutil.rmtree(aside)

    def strike(self) -> None:
        with (self._disk / ".fill").open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 10, 1):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))
        assert shutil.disk_usage(self._disk).free == 0

    def _unmount(self) -> None:
        """Make room, as an operator would before looking at what is left; and leave it where it was."""
        (self._disk / ".fill").unlink(missing_ok=True)
        kept = self._disk.with_name(f"{self._disk.name}-kept")
        shutil.copytree(self._disk, kept)
        subprocess.run(["umount", "--lazy", str(self._disk)], check=True)
        shutil.copytree(kept, self._disk, dirs_exist_ok=True)
        shutil.rmtree(kept)


class RecordingDiskFull(DiskFull):
    """No room for the recording."""

    folder = "recordings"


class StoreDiskFull(DiskFull):
    """No room for the store."""

    folder = "store"


class ClockSet(Mishap):
    """Somebody sets the computer's clock, by `by`, while the run is on its way. Clocks that are never set go on."""

    by = timedelta(days=3)

    def strike(self) -> None:
        by, real = self.by, time.time

        class Set(datetime):
            """The wall clock after it was set."""

            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Self:
                return cls.fromtimestamp(real() + by.total_seconds(), tz)

        patch = self._stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(time, "time", lambda: real() + by.total_seconds())
        for module in _that_look_at_the_clock():
            patch.setattr(module, "datetime", Set)


class ClockSetBack(ClockSet):
    """The same, backwards, and by so little that no date is decided by it."""

    by = timedelta(minutes=-40)


def _that_look_at_the_clock() -> list[Any]:
    """Return every module of ours, but the replicas', that knows `datetime`."""
    import sys  # noqa: PLC0415  # only here

    rooms = ("keyturn.", "evidence.", "secrets_store.", "pages.")
    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith(rooms) and getattr(module, "datetime", None) is datetime
    ]
