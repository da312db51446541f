"""What is done however a run ends: nothing stays drawn in the pages, and the runbook's `always` is carried out."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from evidence import EvidenceError
from keyturn.clipboard import ClipboardFailed
from keyturn.errors import KeyturnError
from keyturn.events import ClipboardLeft, LeftOpen
from keyturn.model import Always

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.run.engine import Engine


@contextmanager
def ending(engine: Engine) -> Iterator[None]:
    """Do all that is done however it ends, whatever ends what is inside; that is raised before what fails here."""
    failed: list[KeyturnError | EvidenceError] = []
    try:
        yield
    finally:
        with engine.whole():
            if engine.overlay:
                for tab in engine.session.tabs().values():
                    engine.overlay.clear(tab)
            for act in engine.state.runbook.always:
                try:
                    _always(engine, act)
                except (KeyturnError, EvidenceError) as error:
                    failed.append(error)
    if failed:
        raise failed[0]


def _always(engine: Engine, act: Always) -> None:
    if act is Always.CLEAR_CLIPBOARD:
        try:
            left = engine.clipboard.clear()
        except ClipboardFailed as failed:
            engine.state.note_change(f"{failed.message}: {failed.hint}")  # Something else may be what is raised.
            raise
        engine.emit(ClipboardLeft(left))
    elif act is Always.TELL_WHAT_IS_OPEN:
        engine.emit(LeftOpen(tuple(engine.session.tabs())))
