"""What can be said of this machine's clock: whether something sets it by others, and whether it was set in a run."""

from __future__ import annotations

import ctypes
import re
import sys
import time
from dataclasses import dataclass, field

from keyturn.system import said_by

SET, UNSET, UNKNOWN = "synchronised", "not synchronised", "not known"
_STEP = 1.0  # seconds by which two clocks part only when one was set
_STA_UNSYNC = 0x40  # of adjtimex(2): nothing has set the clock for a while, or ever
_NOT_SET = 3  # the leap indicator of RFC 5905: the clock is not synchronised


class _Timex(ctypes.Structure):
    """The beginning of the kernel's struct timex (adjtimex(2)); the rest is room for it."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),  # microseconds
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    ]


def state() -> str:
    """Return whether the system's clock is set by a time service: one of `SET` (with its error), `UNSET`, `UNKNOWN`."""
    if sys.platform == "linux":
        return _linux()
    if sys.platform == "win32":
        return _windows(said_by("w32tm", "/query", "/status"))
    return UNKNOWN  # macOS tells it to administrators only.


def _linux() -> str:
    told = _Timex()
    if ctypes.CDLL(None).adjtimex(ctypes.byref(told)) < 0:
        return UNKNOWN
    if told.status & _STA_UNSYNC:
        return UNSET
    return f"{SET}, at most {told.maxerror / 1e6:.3f} s off"


def _windows(said: str) -> str:
    """Read the first line of `w32tm /query /status`: its label is in the user's language, its number is not."""
    match = re.search(r":\s*(\d)\s*\(", said)
    if not match:
        return UNKNOWN
    return UNSET if int(match[1]) == _NOT_SET else SET


@dataclass(frozen=True, slots=True)
class Watch:
    """Two clocks read together, to tell later whether the one that can be set was: in between they go alike."""

    at: float = field(default_factory=time.time)
    beside: float = field(default_factory=time.monotonic)

    def parted(self) -> float:
        """Return by how many seconds the clock was set since, forwards or, negative, backwards; 0 for what is noise."""
        parted = (time.time() - self.at) - (time.monotonic() - self.beside)
        return round(parted, 3) if abs(parted) >= _STEP else 0.0
