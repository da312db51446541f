"""The run's journal: every event as one line of a hash-chained file, on disk before the run goes on."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from evidence.chain import ChainedLog
    from keyturn.events import Event


class Journal:
    """A listener that writes. It comes first, so that what others see is already on disk.

    `whole` surrounds the writing of a line: cut in two by a signal, the file and what is known of it would part.
    """

    def __init__(self, log: ChainedLog, whole: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._log = log
        self._whole = whole

    def __call__(self, event: Event) -> None:
        """Append `event` under its kind; returns when it is flushed."""
        with self._whole():
            self._log.append(event.kind, **{field.name: getattr(event, field.name) for field in fields(event)})
