"""The rotation by the engine, for the same measures as `benchmarks.raw` takes of the plain gestures.

`python -m benchmarks.engine ENTRA_URL MA_PORTAL_URL APPLICATION_ID [RECORDINGS [pictures]]` runs it once against served
replicas and prints one JSON object. Without RECORDINGS nothing is pictured or filmed; the journal is kept all the same.
With `pictures` the leak search reads them too.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

BEGAN = time.time()

from keyturn.keeper import Keeper  # noqa: E402  # the clock comes first

READY = Keeper()  # as the command line does: it comes up while everything else is loaded

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402  # the same

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


class Watch:
    """A listener that notes when things happen, in wall and CPU seconds."""

    def __init__(self) -> None:
        self.at: dict[str, tuple[float, float]] = {}
        self.steps = 0

    def __call__(self, event: Event) -> None:
        """Note the event."""
        step = getattr(event, "step", "")
        self.at[f"{event.kind} {step}".strip()] = (time.time(), time.process_time())
        self.steps += event.kind == "step-ended" and getattr(event, "result", "") == "done"

    def between(self, first: str, last: str, clock: int = 0) -> float:
        """Return the seconds from one note to another."""
        return self.at[last][clock] - self.at[first][clock]


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
    first, last = f"step-started {FIRST}", f"step-ended {LAST}"
    told = {
        "start": watch.at["step-started open-admin-center"][0] - BEGAN,
        "seconds": watch.between(first, last),
        "cpu": watch.between(first, last, 1),
        "steps": watch.steps,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "sealed": watch.between("acting add-secret", "secret-sealed add-secret"),
        "clipboard": watch.between("acting paste-secret-value", "pasted paste-secret-value"),
        "search": summary.search["seconds"],
        "leaks": int(summary.exit == Exit.LEAK_FOUND),
        "whole": summary.seconds,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
