"""Keyturn in a process of its own that is killed at an exact place: `python -m tests.end_to_end.killed PLACE ARGUMENT…`.

PLACE is `after KIND [STEP]` or `before KIND [STEP]` (the journal's line of that event), `taking` (the value is on the
clipboard, and nobody has read it yet), or `never`. `unannounced` is never killed by itself, and announces no secret:
neither the store nor the journal hears of the intent. Production knows nothing of this.

Where everything is approved beforehand, somebody is there who knows which new secrets are a colleague's.

Pictures are not read here: that takes longer than the run, and `tests/evidence` proves it.
"""

from __future__ import annotations

import os
import signal
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

from keyturn.cli import attended, main
from keyturn.clipboard import BrowserClipboard
from keyturn.events import SecretIntended
from keyturn.run.journal import Journal
from secrets_store import Store
from tests.end_to_end.interrupting import COLLEAGUES
from tests.end_to_end.knowing import Knowing

if TYPE_CHECKING:
    from keyturn.events import Event


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def kill_at_event(when: str, kind: str, step: str) -> None:
    """Kill this process before or after that event is journalled."""
    tell = Journal.__call__

    def told(self: Journal, event: Event) -> None:
        meant = event.kind == kind and getattr(event, "step", "") == step
        if meant and when == "before":
            _die()
        tell(self, event)
        if meant:
            _die()

    Journal.__call__ = told  # type: ignore[method-assign]  # the seam of these tests


def kill_when_taking() -> None:
    """Kill this process when the value is on the clipboard and has not been read."""
    BrowserClipboard.take = lambda *_: _die()  # type: ignore[method-assign]  # the same


def announce_nothing() -> None:
    """Leave out the line that a secret is about to be made, in the store and in the journal."""
    tell, intend, seal = Journal.__call__, Store.intend, Store.seal

    def told(self: Journal, event: Event) -> None:
        if not isinstance(event, SecretIntended):
            tell(self, event)

    def not_intended(_self: Store, metadata: Any) -> Any:
        return SimpleNamespace(id="none", metadata=metadata)

    def sealed(self: Store, intent: Any, *args: Any, **kwargs: Any) -> Any:
        return seal(self, intend(self, intent.metadata), *args, **kwargs)

    Journal.__call__ = told  # type: ignore[method-assign]  # the same
    Store.intend = not_intended  # type: ignore[method-assign,assignment]  # the same
    Store.seal = sealed  # type: ignore[method-assign]  # the same


def somebody_knows() -> None:
    """Have the one question answered that no approval answers."""
    knowing = Knowing(os.environ.get(COLLEAGUES, "").split())
    attended.Nobody = lambda: knowing  # type: ignore[attr-defined,assignment,return-value]  # the same


if __name__ == "__main__":
    if "all" in sys.argv:
        somebody_knows()
    match sys.argv[1].split():
        case ["before" | "after" as when, kind, *step]:
            kill_at_event(when, kind, "".join(step))
        case ["taking"]:
            kill_when_taking()
        case ["unannounced"]:
            announce_nothing()
        case ["never"]:
            pass
        case _:
            raise ValueError(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
