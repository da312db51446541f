"""What every test shares: the installed browser, and no network beyond this machine."""

from __future__ import annotations

import ipaddress
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.results import write_counted
from keyturn.browser import Installed, find_browser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, BrowserType


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# What a test answers with `route` is answered before a name is looked up.
_NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]"


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    """Refuse every address but this machine's, so that no test can reach a real portal.

    So does every browser that this process starts, or has a keeper start. What runs as a command of its own does not:
    it is given addresses of replicas alone.
    """
    connect, launch_options = socket.socket.connect, Installed.launch_options

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not is_loopback(str(address[0])):
            pytest.fail(f"a test tried to reach {address[0]}")
        connect(self, address)

    def options(self: Installed, **how: bool) -> dict[str, Any]:
        given = launch_options(self, **how)
        return {**given, "args": [*given["args"], _NO_OTHER_HOST]}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(Installed, "launch_options", options)
        yield


@pytest.fixture(scope="session", autouse=True)
def signals_are_heard() -> None:
    """Undo what `nohup` and a shell's `&` do to the tests and to what they start: keyturn ends when it is told to."""
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_locks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give this worker, and what it starts, locks of its own: its runs are not those of the person, or of another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        yield


@pytest.fixture
def short() -> Iterator[Path]:
    """Give a folder with a short name: sockets are made below it, whose names may have a hundred letters or so."""
    with tempfile.TemporaryDirectory(prefix="kt-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the installed browser instead of one that the browser library would download."""
    return {**browser_type_launch_args, **find_browser("auto").launch_options()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Give every page the window and the language that the replicas are written for."""
    return {**browser_context_args, "viewport": {"width": 1280, "height": 800}, "locale": "en-US"}


@pytest.fixture(scope="session")
def display() -> Iterator[dict[str, str]]:
    """Give the environment of a virtual display of its own; skip where Xvfb is not installed."""
    if not shutil.which("Xvfb"):
        pytest.skip("Xvfb shows windows where there is no display")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as number:
        name = f":{number.readline().strip()}"
    yield {**os.environ, "DISPLAY": name}
    server.terminate()
    server.wait(10)


@pytest.fixture
def headed_context(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], display: dict[str, str]
) -> Iterator[BrowserContext]:
    """Give a context of a visible browser on the virtual display."""
    options = {**browser_type_launch_args, "headless": False, "env": display}
    browser = browser_type.launch(**options)
    context = browser.new_context(no_viewport=True, locale="en-US")
    yield context
    browser.close()


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Give a way to tell what was counted or measured; the end of the test run shows all of it."""
    return lambda text: record_property("figure", text)


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Give a way to count something that happened in one case of a test; the figure is of all its cases together."""
    return lambda what: record_property("counted", what)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `make soak` says."""
    parser.addoption("--figures", action="store_true", help="write what tests counted to benchmarks/results.md")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what tests counted or measured, also where the tests ran in other processes."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    told: dict[str, dict[str, str]] = {}
    for test, text in [*_figures(reports), *_counts(reports)]:
        room, _, name = test.removeprefix("tests/").partition("/")
        told.setdefault(room, {})[name.partition("::")[2].removeprefix("test_").replace("_", " ")] = text
    if told:
        terminalreporter.section("figures")
    for room, figures in told.items():
        terminalreporter.write_line("\n".join(f"{test}: {text}" for test, text in figures.items()))
        if config.getoption("--figures"):
            write_counted(f"Counted by the long tests of {room}", figures)


def _figures(reports: list[pytest.TestReport]) -> Iterator[tuple[str, str]]:
    """Give each test that told a figure, and the figure."""
    for report in reports:
        yield from ((report.nodeid, str(text)) for name, text in report.user_properties if name == "figure")


def _counts(reports: list[pytest.TestReport]) -> Iterator[tuple[str, str]]:
    """Give each test that counted something, and what it counted in all its cases together."""
    cases: dict[str, list[pytest.TestReport]] = {}
    for report in reports:
        cases.setdefault(report.nodeid.partition("[")[0], []).append(report)
    for test, each in cases.items():
        counted = Counter(str(what) for report in each for name, what in report.user_properties if name == "counted")
        if counted:
            failed = sum(report.failed for report in each)
            yield (
                test,
                f"{len(each)} cases, {failed} failed: "
                + ", ".join(f"{much} {what}" for what, much in sorted(counted.items())),
            )
