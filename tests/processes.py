"""What tests of whole processes share: a home of their own, and waiting for what another process does."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def at_home(folder: Path) -> dict[str, str]:
    """Return an environment whose home is `folder`, so that the operator's own key and store are left alone."""
    places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), str(folder))
    return {**os.environ, **places}


def until(so: Callable[[], object], seconds: float = 60, otherwise: str = "it did not come about") -> None:
    """Wait until `so` says yes. Fails, saying `otherwise`, when it has not after so many seconds."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)
