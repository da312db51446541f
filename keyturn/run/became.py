"""What became of a stored value, noted in the store as steps end: tested, superseded, deleted in the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.interpolate import NotYetKnown
from keyturn.model import Effect
from keyturn.run.way_back import portal
from secrets_store import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.model import Step
    from keyturn.run.engine import Engine
    from secrets_store import Entry


def note_what_became(engine: Engine, step: Step) -> None:
    """Note what `step`, which is done, means for stored values.

    The portal has changed already, so that a store that cannot take a note stops nothing; it is told with what changed.
    """
    try:
        for entry, op in _notes(engine, step):
            if op not in entry.notes:
                with engine.whole():
                    engine.store.note(entry.id, op)
    except StoreError as error:
        engine.state.changed.append(f"store: not noted what this means for a stored value: {error.message}")


def _notes(engine: Engine, step: Step) -> Iterator[tuple[Entry, str]]:
    if step.effect is Effect.DELETE and "secret_id" in step.args:
        try:
            gone = engine.state.fill(step.args["secret_id"])
        except NotYetKnown:
            return
        yield from ((entry, "portal-deleted") for entry in engine.store.entries() if entry.metadata.secret_id == gone)
    if engine.action(step).secret == "proves":  # noqa: S105  # a role, no secret
        for name in _pasted(engine, portal(step)):
            proven = engine.store.entry(engine.state.held[name].entry.id)
            yield proven, "tested"
            yield from ((entry, "superseded") for entry in _before(engine, proven))


def _pasted(engine: Engine, on: str) -> Iterator[str]:
    """Yield the names of the secrets that this run has pasted on the portal `on`."""
    for step in engine.state.runbook.steps:
        if step.pastes in engine.state.held and portal(step) == on and engine.state.is_done(step.id):
            yield step.pastes


def _before(engine: Engine, proven: Entry) -> Iterator[Entry]:
    """Yield the older values of what `proven` is the newest of, as far as the portal still has them."""
    for entry in engine.store.entries(application_id=proven.metadata.application_id):
        if entry.id == proven.id:
            return
        if entry.metadata.name == proven.metadata.name and "portal-deleted" not in entry.notes:
            yield entry
