"""The rotation by the engine, for the same measures as `benchmarks.raw` takes of the plain gestures.

`python -m benchmarks.engine ENTRA_URL MA_PORTAL_URL APPLICATION_ID [RECORDINGS [pictures]]` runs it once against served
replicas and prints one JSON object. Without RECORDINGS nothing is pictured or filmed; the journal is kept all the same.
With `pictures` the leak search reads them too.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

BEGAN = time.time()

from keyturn.keeper import Keeper  # noqa: E402  # the clock comes first

READY = Keeper()  # as the command line does: it comes up while everything else is loaded

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402  # the same
from playwright._impl._sync_base import SyncBase  # noqa: E402  # the same

from benchmarks.processes import outside_memory  # noqa: E402  # the same
from keyturn import settings  # noqa: E402  # the same
from keyturn.errors import Exit  # noqa: E402  # the same
from keyturn.gates import Beforehand, Nobody  # noqa: E402  # the same
from keyturn.run import conduct as conducting  # noqa: E402  # the same
from keyturn.run import part  # noqa: E402  # the same
from secrets_store import Store  # noqa: E402  # the same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.events import Event

FIRST = "open-app-registrations"  # the first step after the person has signed in
LAST = "save-credentials"  # the last one that the plain gestures do too


class NoRecorder:
    """Stands in for the recorder: answers everything and records nothing."""

    disguise = ""

    def __init__(self, *_: object, **__: object) -> None: ...

    def __getattr__(self, name: str) -> Any:
        answers = {"prove": 0, "uncover": True, "close": []}
        return lambda *_args, **_kwargs: answers.get(name)


class Asking:
    """Counts what is asked of the browser, and the CPU seconds that its library takes for that in this process."""

    def __init__(self) -> None:
        self.count = 0
        self.cpu = 0.0
        ask = SyncBase._sync  # noqa: SLF001  # everything synchronous goes through it

        def asked(library: SyncBase, what: Any) -> Any:
            began = time.process_time()
            try:
                return ask(library, what)
            finally:
                self.count += 1
                self.cpu += time.process_time() - began

        SyncBase._sync = asked  # type: ignore[method-assign]  # noqa: SLF001  # the same


class Noted(NamedTuple):
    """What was so when something happened: times in seconds, counts since the beginning."""

    wall: float
    cpu: float
    asking: float
    asked: int
    steps: int


class Watch:
    """A listener that notes when things happen."""

    def __init__(self) -> None:
        self.at: dict[str, Noted] = {}
        self.asking = Asking()
        self.steps = 0
        self.outside = 0.0  # MiB, when the last of the gestures was done

    def __call__(self, event: Event) -> None:
        """Note the event."""
        self.steps += event.kind == "step-ended" and getattr(event, "result", "") == "done"
        now = Noted(time.time(), time.process_time(), self.asking.cpu, self.asking.count, self.steps)
        self.at[f"{event.kind} {getattr(event, 'step', '')}".strip()] = now
        if event.kind == "step-ended" and getattr(event, "step", "") == LAST:
            self.outside = outside_memory(os.getpid())

    def between(self, first: str, last: str) -> Noted:
        """Return what came between one note and another."""
        return Noted(*(after - before for before, after in zip(self.at[first], self.at[last], strict=True)))


@contextmanager
def recording(*, kept: bool) -> Iterator[None]:
    """Switch the recorder off for the block unless it is `kept`."""
    whole = part.Recorder
    if not kept:
        part.Recorder = NoRecorder  # type: ignore[assignment,misc]  # the one seam of this measure
    yield
    part.Recorder = whole  # type: ignore[misc]  # and back


def main(entra_url: str, ma_portal_url: str, application_id: str, recordings: str = "", pictures: str = "") -> None:
    """Do everything once and print what it took."""
    watch = Watch()
    given = {"entra_url": entra_url, "ma_portal_url": ma_portal_url, "application_id": application_id}
    wish = conducting.Wish(runbook=settings.shipped_runbooks() / "update-entra-client-secret.yaml", given=given)
    with tempfile.TemporaryDirectory(prefix="keyturn-") as folder, recording(kept=bool(recordings)):
        key = Ed25519PrivateKey.generate()
        store, _ = Store.throw_away(Path(folder, "store"), key)
        prepared = conducting.prepare(wish)
        around = conducting.Around(
            recordings=Path(recordings or folder, "recordings"),
            store=store,
            signing_key=key,
            gatekeeper=Beforehand(["all"], Nobody()),
            listeners=(watch,),
            ready=READY,
            read_pictures=bool(pictures),
        )
        summary, error = conducting.conduct(prepared, around)
    if error is not None:
        raise error
    whole = watch.between(f"step-started {FIRST}", f"step-ended {LAST}")
    told = {
        "start": watch.at["step-started open-admin-center"].wall - BEGAN,
        "seconds": whole.wall,
        "cpu": whole.cpu,
        "asking": whole.asking,
        "asked": whole.asked,
        "steps": whole.steps,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "outside": watch.outside,
        "sealed": watch.between("acting add-secret", "secret-sealed add-secret").wall,
        "clipboard": watch.between("acting paste-secret-value", "pasted paste-secret-value").wall,
        "search": summary.search["seconds"],
        "leaks": int(summary.exit == Exit.LEAK_FOUND),
        "whole": time.time() - BEGAN,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
