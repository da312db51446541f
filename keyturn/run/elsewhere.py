"""Who else is at work on a registration with the same folder of recordings: another account here, or another machine.

The locks of `alone` are one account's own. So a lock lies in the folder too, which the system frees when its holder
dies, and beside it a note that says who has it. A note of another machine may outlive its holder, and nobody here can
tell: it says who and since when, and only a person can say that it means nothing any more.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout

from evidence.chain import stamp, utc_now
from keyturn.errors import FREE, CannotStart, cannot_start

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_ANYBODY_S: Final = 0o666  # it holds nothing, and another account must be able to lock it
_READABLE: Final = 0o644
_WAIT: Final = "wait until it has ended; nothing was touched"
_HINT: Final = "choose another folder with --recordings, or see to its permissions; nothing was touched"


@dataclass(slots=True)
class Held:
    """What is held in the folder. `despite` says which notes of other machines a person passed over."""

    despite: list[str] = field(default_factory=list)
    notes: list[Path] = field(default_factory=list)

    def tell(self, run: str) -> None:
        """Tell others for which run. Raises `CannotStart` where that cannot be written."""
        with cannot_start("it cannot be noted for other machines that this run is at work", FREE):
            for note in self.notes:
                note.write_text(_words(run), encoding="utf-8")


@contextmanager
def holding(home: Path, applications: Collection[str], *, despite: bool = False) -> Iterator[Held]:
    """Hold the registrations of `applications` for all who record in `home`.

    Raises `CannotStart` while somebody has one; `despite`: not for a note of another machine alone.
    """
    held = Held()
    with ExitStack() as stack:
        for application in applications:
            with cannot_start(f"a lock cannot be made in {home}", _HINT):
                home.mkdir(mode=0o700, parents=True, exist_ok=True)
                _hold(stack, home / f".{re.sub(r'[^a-z0-9-]', '_', application)}", held, application, despite=despite)
        yield held


def _hold(stack: ExitStack, place: Path, held: Held, application: str, *, despite: bool) -> None:
    note = place.with_name(f"{place.name}.at-work")
    try:
        stack.enter_context(FileLock(f"{place}.lock", timeout=0, mode=_ANYBODY_S).acquire())
    except Timeout:
        raise _refused(application, _told(note), _WAIT) from None
    if note.exists():
        if _of(note).get("machine") != platform.node():
            if not despite:
                hint = "ask them; if it is at work no more, add --despite-elsewhere; nothing was touched"
                raise _refused(application, _told(note), hint)
            held.despite.append(_told(note))
        note.unlink()  # Of this machine, and its lock is free: its holder was killed.
    try:
        with note.open("x", encoding="utf-8") as file:
            file.write(_words(""))
    except FileExistsError:  # Another machine was quicker.
        raise _refused(application, _told(note), _WAIT) from None
    note.chmod(_READABLE)
    stack.callback(note.unlink, missing_ok=True)
    held.notes.append(note)


def _words(run: str) -> str:
    told = {"run": run, "by": getpass.getuser(), "machine": platform.node(), "pid": os.getpid()}
    return json.dumps({**told, "since": stamp(utc_now())})


def _of(note: Path) -> dict[str, Any]:
    """Return what a note says; nothing where it cannot be read."""
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _told(note: Path) -> str:
    said = _of(note)
    if not said:
        return "nobody knows which"
    run, by, machine, since = (str(said.get(name, "")) or "unknown" for name in ("run", "by", "machine", "since"))
    return f"{run}, by {by} on {machine}, since {since}"


def _refused(application: str, who: str, hint: str) -> CannotStart:
    return CannotStart(f"another run is at work on the registration {application}: {who}", hint=hint)
