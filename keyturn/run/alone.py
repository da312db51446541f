"""One run at a time for each registration: a second one is refused and told who has it; an interrupted one comes first.

The system frees a lock when its holder dies, so that there is nothing to clear up after a kill. The note beside it is
advice for people.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from evidence import EvidenceError, package
from evidence.chain import stamp, utc_now
from keyturn import settings
from keyturn.errors import FREE, CannotStart, cannot_start
from keyturn.interpolate import NotYetKnown, fill
from keyturn.run import past_reading
from keyturn.run.resumable import check_resumable, is_taken_back

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from keyturn.model import Runbook
    from secrets_store import Store


def applications_of(runbook: Runbook, inputs: Mapping[str, str]) -> tuple[str, ...]:
    """Return the IDs of the applications for which a run makes secrets, as far as its inputs tell them."""
    names = {f"inputs.{name}": value for name, value in inputs.items()}
    found = []
    for secret in runbook.secrets.values():
        try:
            found.append(str(fill(secret.application, names)).lower())
        except NotYetKnown:
            continue
    return tuple(sorted({one for one in found if one}))


@contextmanager
def holding(applications: Collection[str]) -> Iterator[Callable[[str], None]]:
    """Hold the registrations of `applications`, and yield what tells others for which run.

    Raises `CannotStart`, naming the run that has one, and since when.
    """
    with ExitStack() as stack:
        paths = [settings.registration_lock(re.sub(r"[^a-z0-9-]", "_", one)) for one in applications]
        for path, application in zip(paths, applications, strict=True):
            try:
                stack.enter_context(FileLock(path, timeout=0, mode=0o600).acquire())
            except Timeout:
                held = True
            else:
                held = False
            if held:
                raise CannotStart(
                    f"another run is at work on the registration {application}: {_told(_note(path))}",
                    hint="wait until it has ended; nothing was touched",
                )

        def tell(run: str) -> None:
            told = json.dumps({"run": run, "pid": os.getpid(), "since": stamp(utc_now())})
            with cannot_start("it cannot be noted for others that this run is at work", FREE):
                for path in paths:
                    _note(path).write_text(told, encoding="utf-8")

        yield tell


def interrupted(applications: Collection[str], store: Store, home: Path) -> tuple[str, ...]:
    """Return the runs for these applications that were interrupted and may have left something, oldest first."""
    runs = {intent.metadata.run for one in applications for intent in store.open_intents(application_id=one)}
    for folder in package.recordings(home):
        if set(applications) & set(_facts(folder).get("applications", ())) and _left_something(folder):
            runs.add(folder.name)
    return tuple(sorted(runs))


def refuse_interrupted(runs: Collection[str], home: Path) -> None:
    """Raise `CannotStart` where there are any, with what goes on with the first; their recordings are in `home`."""
    if runs:
        first, *more = sorted(runs)
        others = f" (and {', '.join(more)})" if more else ""
        again = f"keyturn {_goes_on(home / first)} {first}"
        raise CannotStart(
            f"an earlier run for this registration was interrupted: {first}{others}",
            hint=f"{again}\n      to begin another one all the same, add --despite-interrupted",
        )


def _facts(folder: Path) -> dict[str, Any]:
    try:
        facts = json.loads((folder / package.PAYLOAD / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _left_something(folder: Path) -> bool:
    try:
        so_far = past_reading.read(folder)
        if so_far.being_taken_back:
            return not is_taken_back(so_far)
        check_resumable(so_far)
    except (EvidenceError, CannotStart):
        return False
    return so_far.left_something


def _goes_on(folder: Path) -> str:
    """Return the command that goes on with the run of a recording."""
    try:
        return "rollback" if past_reading.read(folder).being_taken_back else "resume"
    except (EvidenceError, CannotStart):
        return "resume"  # which says what is wrong with it


def _note(lock: Path) -> Path:
    return lock.with_suffix(".holder")


def _told(note: Path) -> str:
    try:
        holder = json.loads(note.read_text(encoding="utf-8"))
        return f"{holder['run']}, process {int(holder['pid'])}, since {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "nobody knows which"
