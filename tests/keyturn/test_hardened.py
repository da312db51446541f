"""What a process of ours leaves to others: no core dump, no memory, no environment, no readable file."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measured on Linux")

COMMAND = """
from contextlib import suppress
from keyturn.cli import main
with suppress(SystemExit):
    main(["--version"])
"""
TOLD = """
import ctypes, os, resource
print("told", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE), os.umask(0))
"""
NOBODY = 65534
# The superuser reads everything, so that such a test becomes an ordinary user, and dumpable as one's processes are.
ORDINARY = f"""
import ctypes, os, resource
from keyturn import system
if os.geteuid() == 0:
    os.setgroups([]), os.setgid({NOBODY}), os.setuid({NOBODY})
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
"""


def told(code: str) -> list[int]:
    """Return whether such a process is dumpable, its two limits of a core, and its umask."""
    run = subprocess.run([sys.executable, "-c", code + TOLD], capture_output=True, text=True, check=True)
    return [int(word) for word in run.stdout.splitlines()[-1].split()[1:]]


def test_every_command_starts_without_dumps_and_with_private_files() -> None:
    assert told(COMMAND) == [0, 0, 0, 0o077]
    assert told("")[0] == 1, "an ordinary process is dumpable, so that the line above can see"


def test_a_command_that_crashes_leaves_no_core(tmp_path: Path) -> None:
    def dumped(code: str) -> bool:
        unlimited = "import resource as r; r.setrlimit(r.RLIMIT_CORE, (r.getrlimit(r.RLIMIT_CORE)[1],) * 2)\n"
        move = f"import os; os.chdir({str(tmp_path)!r})\n"
        child = os.posix_spawn(
            sys.executable, [sys.executable, "-c", f"{unlimited}{move}{code}\nos.abort()"], {**os.environ}
        )
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        return os.WCOREDUMP(status)

    assert not dumped(COMMAND)
    assert list(tmp_path.iterdir()) == []
    if not dumped(""):
        pytest.skip("this machine dumps no core of any process")


def test_nobody_else_reads_the_environment_of_a_command() -> None:
    """The environment may hold a passphrase; another process of the same user must not see it."""
    user = NOBODY if os.geteuid() == 0 else None

    def readable(code: str) -> bool:
        waiting = [sys.executable, "-c", f"{ORDINARY}{code}\nprint('ready', flush=True)\ninput()"]
        with subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            command = ["cat", f"/proc/{process.pid}/environ"]
            look = subprocess.run(command, capture_output=True, check=False, user=user, group=user)
            process.communicate("\n")
        return look.returncode == 0

    assert not readable("system.harden()")
    assert readable(""), "an ordinary process shows it, so that the line above can see"


LEFT = """
import asyncio, logging
async def never():
    pass
never()
logging.getLogger("asyncio").error("words of the browser library")
"""


def test_nothing_that_the_browser_library_leaves_to_python_is_printed() -> None:
    def printed(first: str) -> str:
        command = [sys.executable, "-c", first + LEFT]
        return subprocess.run(command, capture_output=True, text=True, check=True).stderr

    assert printed("from keyturn.browser import quieten; quieten()") == ""
    loud = printed("")
    assert "was never awaited" in loud
    assert "words of the browser library" in loud
