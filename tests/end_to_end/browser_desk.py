"""The desk of `interrupting` for the explorer: real browser, real processes. As a program it closes a run's last tab."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from evidence import package
from keyturn import keeper
from keyturn.run import alone
from tests.end_to_end.interrupting import Desk, desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rehearsal.state import World
    from tests.end_to_end.interrupting import Ended

# A process cannot be killed between a press and its answer; this is the next moment at which it can.
_AFTER: Final = {
    "pressed add_and_copy_value": "taking",
    "pressed delete_secret": "before step-ended delete-expired-secret",
    "pressed reset_integration": "before step-ended reset-integration",
    "pressed save_credentials": "before step-ended save-credentials",
    "pressed sync_now": "before step-ended synchronise",
}


@dataclass
class BrowserDesk(Desk):
    """Everything of one operator. Nobody is there to be `impatient`: what fails stops."""

    impatient: bool = False

    @property
    def world(self) -> World:
        """What the replicas hold."""
        return self.replicas.world

    def state(self) -> dict[str, Any]:
        """Return what the portals hold."""
        return self.replicas.state()

    @property
    def recordings(self) -> list[Path]:
        """All recordings, oldest first."""
        return package.recordings(self.home / "recordings")

    @property
    def recording(self) -> Path:
        """The last one."""
        return self.recordings[-1]

    def keyturn(self, *words: str, killed: str = "never") -> Ended:
        """Carry a command out and return how it ended."""
        return super().keyturn(*words, killed=_AFTER.get(killed, killed))

    def beside_another(self) -> Ended:
        """Begin a run while another keyturn is at work on the registration."""
        with alone.holding([self.world.application_id]):
            return self.run()

    @property
    def has_pages(self) -> bool:
        """Whether a browser is open for the last run."""
        return bool(self.recordings) and self.recording.name in keeper.kept_runs()

    def close_tab(self) -> None:
        """Close the tab that was opened last."""
        command = [sys.executable, "-m", "tests.end_to_end.browser_desk", self.recording.name]
        subprocess.run(command, check=True, timeout=60)


@contextmanager
def browser_desk(home: Path, scenario: str) -> Iterator[BrowserDesk]:
    """Give a desk with a browser."""
    with desk(home, scenario=scenario) as at:
        yield BrowserDesk(**vars(at))


if __name__ == "__main__":
    with keeper.attached(keeper.kept_runs()[sys.argv[1]]) as context:
        if context.pages:
            context.pages[-1].close()
