"""What every event is, and what listens to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run."""

    @property
    def kind(self) -> str:
        """The event's name in the journal: `StepStarted` is `step-started`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()


Listener = Callable[[Event], None]
