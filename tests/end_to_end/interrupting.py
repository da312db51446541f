"""An operator's desk on which runs are interrupted: replicas, a store, recordings, and keyturn in processes of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from evidence import verify
from keyturn import keeper, settings, signing
from keyturn.cli.replica import open_replicas
from keyturn.settings import shipped_runbooks
from rehearsal import Operator
from secrets_store import Store
from tests.end_to_end.conftest import asked_for_token
from tests.processes import at_home, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rehearsal import Replicas

RUNBOOK: Final = shipped_runbooks() / "update-entra-client-secret.yaml"
KILLED: Final = -signal.SIGKILL
COLLEAGUES: Final = "TESTS_COLLEAGUES"  # in the environment: secrets that a colleague made, for `killed`


@dataclass(frozen=True)
class Ended:
    """How a keyturn ended, and what it said."""

    code: int
    told: str
    summary: dict[str, Any]


@dataclass
class Desk:
    """Everything of one operator. `replicas` are in this process, so that a test can ask what they really hold.

    Where everything is approved, somebody is there who knows which secrets are `colleagues`'.
    """

    home: Path
    replicas: Replicas
    before: dict[str, Any]  # the replicas' state when it began
    runbook: Path = RUNBOOK
    display: str = ""  # where the browser is shown, if it is
    colleagues: set[str] = field(default_factory=set)

    @property
    def environment(self) -> dict[str, str]:
        """Places of the operator's own, the display, and what somebody there knows of colleagues."""
        known = {COLLEAGUES: " ".join(self.colleagues)}
        return {**at_home(self.home), **known, **({"DISPLAY": self.display} if self.display else {})}

    @property
    def how(self) -> tuple[str, ...]:
        """The options that every run has."""
        return ("--headed" if self.display else "--headless", "--plain", "--mode", "auto")

    @property
    def recording(self) -> Path:
        """The only recording."""
        (one,) = [path for path in (self.home / "recordings").iterdir() if (path / "data").is_dir()]
        return one

    @property
    def journal(self) -> list[dict[str, Any]]:
        """The lines of its journal."""
        return [json.loads(line) for line in (self.recording / "data" / "journal.jsonl").read_text().splitlines()]

    def kinds(self, step: str = "") -> list[str]:
        """Return the kinds of the journal's lines, in order; of one step only if named."""
        return [line["kind"] for line in self.journal if not step or line.get("step") == step]

    def command(self, place: str, *words: str) -> list[str]:
        """Return the command of a keyturn that is killed at `place`."""
        folders = ["--store", str(self.home / "store"), "--recordings", str(self.home / "recordings")]
        return [sys.executable, "-m", "tests.end_to_end.killed", place, *words, "--json", *folders]

    def run_words(self, *options: str) -> tuple[str, ...]:
        """Return the words that begin a run; every gate is approved beforehand unless `options` say which."""
        names = ("entra_url", "ma_portal_url", "application_id")
        given = [word for name in names for word in ("--set", f"{name}={self.replicas.inputs[name]}")]
        return ("run", str(self.runbook), *self.how, *given, *_approved(options))

    def run(self, *options: str, killed: str = "never") -> Ended:
        """Begin a run."""
        return self.keyturn(*self.run_words(*options), killed=killed)

    def resume(self, *options: str, killed: str = "never") -> Ended:
        """Go on with the run."""
        return self.keyturn("resume", self.recording.name, *self.how, *_approved(options), killed=killed)

    def rollback(self, *options: str, killed: str = "never") -> Ended:
        """Take the run back."""
        return self.keyturn("rollback", self.recording.name, *self.how, *_approved(options), killed=killed)

    def keyturn(self, *words: str, killed: str = "never") -> Ended:
        """Carry a command out and return how it ended."""
        finished = subprocess.run(
            self.command(killed, *words),
            check=False,
            capture_output=True,
            text=True,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            timeout=900,
        )
        lines = finished.stdout.splitlines()
        return Ended(finished.returncode, finished.stderr, json.loads(lines[-1]) if lines else {})

    def kill_browser(self) -> None:
        """Kill the keeper of the run's browser, and with it the browser."""
        kill_keepers(self.recording.name)

    def reboot(self) -> None:
        """Do to what is kept open what a restart of the machine does: no process is left, and no runtime folder."""
        self.kill_browser()
        shutil.rmtree(settings.kept_browsers().parent)

    @property
    def secrets(self) -> list[dict[str, str]]:
        """The secrets of the registration, as the directory holds them."""
        state = self.replicas.state()
        found: list[dict[str, str]] = state["registrations"][state["application_id"]]["secrets"]
        return found

    @property
    def made(self) -> list[dict[str, str]]:
        """Those that were not there before."""
        known = {one["secret_id"] for one in self.before["registrations"][self.before["application_id"]]["secrets"]}
        return [one for one in self.secrets if one["secret_id"] not in known]

    @property
    def presses(self) -> dict[str, int]:
        """How often each button that counts was pressed."""
        pressed: dict[str, int] = self.replicas.state()["presses"]
        return pressed

    def vendor_value_works(self) -> bool:
        """Return whether the vendor holds a value that the token endpoint takes."""
        value = self.replicas.state()["ma_portal"]["integration"]["value"]
        return asked_for_token(self.replicas, value) == 200

    @property
    def store(self) -> Store:
        """The operator's store, as it is now."""
        return Store.open(self.home / "store", signing_key=None)

    @property
    def faults(self) -> list[str]:
        """What is wrong with the recording."""
        return verify.verify(self.recording).faults


def _approved(options: tuple[str, ...]) -> tuple[str, ...]:
    return options if any(option.startswith("--approve") for option in options) else (*options, "--approve", "all")


def kill_keepers(*runs: str) -> None:
    """Kill what keeps the browsers of `runs`, of all when none is named, with the browsers: as when the power fails."""
    for run, kept in keeper.kept_runs().items():
        if not runs or run in runs:
            for process in _tree(kept.folder):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
    # Its lock is freed by the system.
    until(lambda: not set(runs or keeper.kept_runs()) & set(keeper.kept_runs()), 30, "the keeper lives on")


def _tree(folder: str) -> list[int]:
    """Return the processes that put their temporary files into `folder`: the keeper, its driver and the browser."""
    mark = f"TMPDIR={folder}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


@contextmanager
def desk(home: Path, *faults: str, scenario: str = "expired") -> Iterator[Desk]:
    """Give a desk. Whatever browser is left at the end is ended."""
    key = signing.load_or_make(home / "keyturn" / "signing_key")
    Store.throw_away(home / "store", key)
    with open_replicas(scenario, faults) as replicas, Operator(replicas):
        try:
            yield Desk(home, replicas, replicas.state())
        finally:
            kill_keepers()
