"""A browser that outlives keyturn: killed, it comes back to the same page, and nothing stays behind in the end."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from keyturn import keeper, profile, settings
from keyturn.browser import WINDOW, find_browser
from keyturn.errors import CannotStart
from keyturn.keeper import client, process, record
from keyturn.run.browsing import Browsing
from tests.processes import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyturn.keeper import Kept

USER = """
import sys, time
from keyturn import keeper
from keyturn.keeper import Kept
print("ready", flush=True)
while (kept := Kept.read(sys.argv[1])) is None:
    time.sleep(0.01)
with keeper.attached(kept) as context:
    context.new_page().set_content("<p id=value>shown once</p>")
    print("shown", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def _apart(act: Callable[[], list[str]]) -> list[str]:
    """Run `act` in a thread of its own: this one may belong to the suite's browser already."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(act).result()


def _shown_at_last(kept: Kept) -> list[str]:
    with keeper.attached(kept) as context:
        shown = [page.locator("#value").inner_text() for page in context.pages]
        context.close()
    return shown


@contextmanager
def using(run: str) -> Iterator[subprocess.Popen[bytes]]:
    """Give a process that waits for the browser of `run`, and uses it: one that nobody uses is soon ended."""
    with subprocess.Popen([sys.executable, "-c", USER, run], stdout=subprocess.PIPE) as user:
        assert _said(user) == b"ready\n"
        yield user


def _said(user: subprocess.Popen[bytes]) -> bytes:
    assert user.stdout
    return user.stdout.readline()


def test_a_page_is_still_there_after_the_tool_was_killed_and_nothing_stays_when_it_is_let_go() -> None:
    with using("run-1") as user:
        kept = keeper.start("run-1", find_browser("auto"), headed=False)
        assert Path(kept.folder).stat().st_mode & 0o777 == 0o700
        assert _said(user) == b"shown\n"
        with pytest.raises(CannotStart, match="another keyturn"):
            _apart(lambda: _shown_at_last(kept))
        os.kill(user.pid, signal.SIGKILL)
    assert list(keeper.kept_runs()) == ["run-1"]
    assert _apart(lambda: _shown_at_last(kept)) == ["shown once"]
    until(lambda: not record.is_alive("run-1"))
    assert keeper.kept_runs() == {}
    assert not Path(kept.folder).exists()


def test_a_browser_with_a_profile_is_found_again_and_lets_it_go(tmp_path: Path) -> None:
    with using("run-7") as user:
        kept = keeper.start("run-7", find_browser("auto"), headed=False, profile=tmp_path)
        assert _said(user) == b"shown\n"
        os.kill(user.pid, signal.SIGKILL)
    assert profile.is_in_use(tmp_path)

    def shown_at_last() -> list[str]:
        with keeper.attending("run-7"), keeper.connected(lambda: kept) as context:
            blank, page = context.pages
            found = [blank.url, page.locator("#value").inner_text(), str(page.viewport_size)]
            Browsing(context, _kept=kept).end()
        return found

    assert _apart(shown_at_last) == ["about:blank", "shown once", str(WINDOW)]
    assert not record.is_alive("run-7")
    assert not profile.is_in_use(tmp_path)
    assert (tmp_path / "Default" / "Preferences").is_file()
    assert not (tmp_path / "Default" / "Sessions").exists()


def test_what_a_killed_keeper_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "left").mkdir()
    record.Kept("run-2", "/nowhere", str(tmp_path / "left"), headed=False).write()
    assert keeper.kept_runs() == {}
    assert not (tmp_path / "left").exists()


def test_a_browser_that_does_not_start_is_told_and_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    broken = find_browser("/bin/false")
    with pytest.raises(CannotStart, match="did not start"):
        keeper.start("run-3", broken, headed=False)
    assert not list((tmp_path / "temporary").iterdir())


def test_a_browser_without_tabs_that_nobody_uses_is_ended() -> None:
    kept = keeper.start("run-4", find_browser("auto"), headed=False)
    until(lambda: not record.is_alive("run-4"), 10 * process._LOOK)
    assert not Path(kept.folder).exists()


def test_a_browser_that_is_not_to_outlive_keyturn_ends_when_that_was_killed() -> None:
    with using("run-6") as user:
        kept = keeper.Keeper().open("run-6", find_browser("auto"), headed=False, outlives=False).kept()
        assert _said(user) == b"shown\n"
        os.kill(user.pid, signal.SIGKILL)
    until(lambda: not record.is_alive("run-6"), 10 * process._LOOK)
    assert not Path(kept.folder).exists()


def test_a_keeper_that_gets_no_order_ends_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    dismissed = keeper.Keeper()
    dismissed.dismiss()
    alone = keeper.Keeper()
    assert alone._process.stdin
    alone._process.stdin.close()  # as when whoever started it was killed
    assert alone._process.wait(60) == 0
    assert not list((tmp_path / "temporary").iterdir())


def test_one_keeper_after_another_leaves_no_process_that_nobody_asked_how_it_ended() -> None:
    first = keeper.Keeper()
    assert first._process.stdin
    first._process.stdin.close()
    until(lambda: os.waitid(os.P_PID, first._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None, 60)
    second = keeper.Keeper()
    second.dismiss()
    assert first._process.returncode == 0
    assert first._process not in client._STARTED


def test_what_was_found_out_about_the_pages_is_kept_with_the_browser(tmp_path: Path) -> None:
    kept = record.Kept("run-5", "/nowhere", str(tmp_path), headed=False)
    Browsing(context=None, _kept=kept).remember("_name")  # type: ignore[arg-type]  # it is not asked
    again = Browsing(context=None, again=True, _kept=record.Kept.read("run-5"))  # type: ignore[arg-type]  # as above
    assert again.disguise == "_name"


@pytest.mark.parametrize(
    ("days", "known", "held", "stays"),
    [
        (2, False, False, False),
        (0, False, False, True),
        (2, True, False, True),
        (2, False, True, True),
    ],
    ids=["forgotten long ago", "forgotten just now", "still known", "still held"],
)
def test_only_locks_of_browsers_that_were_forgotten_long_ago_are_swept(
    days: int, *, known: bool, held: bool, stays: bool
) -> None:
    with ExitStack() as held_meanwhile:
        attending = record.attending("run")
        held_meanwhile.enter_context(attending)
        if not held:
            held_meanwhile.close()
        if known:
            record.Kept("run", "endpoint", "folder", headed=False).write()
        (lock,) = settings.kept_browsers().glob("*.lock")
        at = time.time() - days * 86_400 - 1
        os.utime(lock, (at, at))
        record.sweep()
        assert lock.exists() == stays


def test_a_browser_that_is_opened_sweeps(monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[bool] = []
    monkeypatch.setattr(record, "sweep", lambda: swept.append(True))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"no order")))

    def kept() -> list[str]:
        with ExitStack() as stack, pytest.raises(ValueError, match="Expecting value"):
            asyncio.run(process.keep("folder", stack))
        return []

    _apart(kept)
    assert swept
