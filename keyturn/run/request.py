"""A request for an approval, as a file that waits beside the recordings for somebody's signature."""

from __future__ import annotations

import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from evidence.approval import LONGEST, SIGNATURES, Pending
from evidence.whole import write_whole
from keyturn.errors import CannotStart, StepFailed

if TYPE_CHECKING:
    from pathlib import Path

_LOOK_AGAIN = 0.5  # seconds between two looks at the folder
_SHARED = 0o644  # a request holds no secret, and another account is to read it


def try_out(folder: Path) -> None:
    """Find out, before anything begins, whether a request can be written into `folder`. Raises `CannotStart`."""
    try:
        _make(folder)
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as error:
        why = _why(error)
    raise CannotStart(f"requests for a second person cannot be written: {why}", hint=_hint(folder))


@dataclass(slots=True)
class Request:
    """One request. `data` are its bytes as they were written: a signature is compared with these, not with the file."""

    path: Path
    data: bytes
    pending: Pending
    _judged: set[bytes] = field(default_factory=set)
    _before: dict[Path, bytes] = field(default_factory=dict)
    _looked: float = float("-inf")

    @classmethod
    def write(cls, folder: Path, pending: Pending) -> Self:
        """Write the request into `folder`, which is made if it is not there, under a name of its own.

        Raises `StepFailed` where that cannot be.
        """
        name = f"{pending.run}-{pending.step.replace('/', '-')}-{pending.nonce[:6]}.json"
        request = cls(folder / name, pending.to_bytes(), pending)
        try:
            _make(folder)
            write_whole(request.path, request.data)
            request.path.chmod(_SHARED)
        except OSError as error:
            why = _why(error)
        else:
            return request
        request.withdraw()
        raise StepFailed(f"the request for a second person cannot be written: {why}", hint=_hint(folder))

    def fresh(self) -> list[str]:
        """Return the signatures that came since, each once, and only when nobody is writing at them any more."""
        if time.monotonic() - self._looked < _LOOK_AGAIN:
            return []
        self._looked = time.monotonic()
        found = {path: _read(path) for path in self._signatures()}
        settled = {data for path, data in found.items() if data and self._before.get(path) == data}
        self._before = found
        new = sorted(settled - self._judged)
        self._judged |= settled
        return [data.decode("ascii", "replace") for data in new]

    def withdraw(self) -> None:
        """Remove the request and whatever signed it: nobody is to sign in vain, and what counts is in the recording."""
        for path in (self.path, *self._signatures()):
            with suppress(OSError):
                path.unlink()

    def _signatures(self) -> list[Path]:
        return [self.path.with_name(self.path.name + ending) for ending in SIGNATURES]


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _why(error: OSError) -> str:
    return (error.strerror or "unknown").lower()


def _hint(folder: Path) -> str:
    return f"see that files can be made in {folder}, or name another folder with --approvals"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST)
    except OSError:
        return b""
