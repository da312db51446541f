"""What is pressed in the terminal does not reach the programs that encode and read: their work would look broken."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

STARTS = """
import subprocess, time
from evidence.child import apart
one = subprocess.Popen(["sleep", "60"], **apart())
print(one.pid, flush=True)
time.sleep(60)
"""


def test_an_interrupt_of_the_terminal_s_group_leaves_the_program_at_work() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          start_new_session=True) as parent:  # fmt: skip
        assert parent.stdout
        child = int(parent.stdout.readline())
        os.killpg(parent.pid, signal.SIGINT)
        assert parent.wait(30) != 0
    os.kill(child, 0)  # It is still there.
    os.kill(child, signal.SIGKILL)
