"""The run's journal: every event as one line of a hash-chained file, on disk before the run goes on."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evidence.chain import ChainedLog
    from keyturn.events import Event


class Journal:
    """A listener that writes. It comes first, so that what others see is already on disk."""

    def __init__(self, log: ChainedLog) -> None:
        self._log = log

    def __call__(self, event: Event) -> None:
        """Append `event` under its kind; returns when it is flushed."""
        self._log.append(event.kind, **{field.name: getattr(event, field.name) for field in fields(event)})
