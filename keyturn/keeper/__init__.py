"""A browser that outlives keyturn: a page that shows a value is still there when the tool was killed.

The browser runs under a keeper, a process of its own. Keyturn reaches it by a socket (a named pipe on Windows) in a
folder that only the same user can enter; no port is opened. The keeper ends with its last tab, when it is told to, or
when nobody has come back for half a day.
"""

from __future__ import annotations

from keyturn.keeper.client import Keeper, attached, attending, connected, has_ended, kept_runs, start
from keyturn.keeper.record import Kept, is_attended

__all__ = ["Keeper", "Kept", "attached", "attending", "connected", "has_ended", "is_attended", "kept_runs", "start"]
