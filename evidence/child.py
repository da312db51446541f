"""How programs are started here: out of reach of the terminal's Ctrl-C, which is for whoever started the run.

Pressed while a film is encoded or a picture read, it would else end these too, and what they left would look broken.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any


def apart() -> dict[str, Any]:
    """Return what `subprocess` takes to start a program in a group of its own."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}
