"""Who is signed in where, as each portal's header shows it: for the recording's facts and its pictures' banner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from keyturn.events import Event, StepEnded, StepStarted

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.model import Runbook

SHOWN = ("account", "directory", "organisation")  # what a step that read a header calls what it found there


@dataclass(slots=True)
class SignedIn:
    """A listener that keeps, by portal, what the steps read in its header."""

    found: dict[str, dict[str, str]] = field(default_factory=dict)
    _portals: dict[str, str] = field(default_factory=dict)  # step -> portal
    _here: str = ""  # the portal of the step that is under way
    keep: Callable[[], None] = lambda: None  # called when something was found: a run that is killed has told it too

    @classmethod
    def into(cls, facts: dict[str, Any], runbook: Runbook) -> Self:
        """Return one that keeps it under `signed_in` in `facts`, beside what stands there already."""
        portals = {step.id: step.page.partition(".")[0] for step in runbook.steps}
        return cls(facts.setdefault("signed_in", {}), portals)

    def __call__(self, event: Event) -> None:
        """Keep what a step that ended has read."""
        if isinstance(event, StepStarted):
            self._here = self._portals.get(event.step, "")
        elif isinstance(event, StepEnded) and event.outputs.get("account"):
            shown = {name: event.outputs[name] for name in SHOWN if event.outputs.get(name)}
            self.found[self._portals.get(event.step, "")] = shown
            self.keep()

    def words(self) -> str:
        """Return who is signed in in the portal of the step that is under way; empty while nobody is."""
        return " · ".join(self.found.get(self._here, {}).values())
