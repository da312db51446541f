"""The recording of one run: its folder, the facts about it, and the sealed package."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from filelock import FileLock

from evidence import EvidenceError, package, report, sealing
from evidence.chain import stamp, utc_now
from evidence.reserve import NoRoom
from evidence.timestamp import NoTimestamp
from evidence.whole import write_whole
from keyturn import clock, settings, signing
from keyturn.errors import cannot_start
from keyturn.run.account import SignedIn
from keyturn.run.leak_search import LeakSearch
from keyturn.run.provenance import facts_of, keep, versions, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from keyturn.errors import LeakFound
    from keyturn.model import Runbook


@dataclass(slots=True)
class Recording:
    """A recording in the making. Everything it holds lies under `data/`; the package is made around that."""

    folder: Path
    signing_key: Ed25519PrivateKey
    facts: dict[str, Any]
    search: LeakSearch
    timestamp: str = ""  # what came of asking for one; empty when nobody asked
    signed_in: SignedIn = field(default_factory=SignedIn)
    _watch: clock.Watch = field(default_factory=clock.Watch)

    @property
    def data(self) -> Path:
        """The payload's folder."""
        return self.folder / package.PAYLOAD

    @property
    def is_rehearsal(self) -> bool:
        """Whether the run is a rehearsal; nothing is done differently, but every report of it says so."""
        return bool(self.facts["kind"] == "rehearsal")

    @classmethod
    def begin(
        cls,
        home: Path,
        runbook: Runbook,
        inputs: Mapping[str, str],
        key: Ed25519PrivateKey,
        kind: str,
        **asked: Any,
    ) -> Self:
        """Make the folder, named for the time in UTC and the runbook, with what is known before the run.

        Raises `CannotStart` where it cannot be made or written to.

        `asked`: more of what the operator wished, for a part that may have to go on with it.
        """
        began = datetime.now(UTC)
        with _into(home):
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = _own_folder(home / f"{began:%Y%m%dT%H%M%SZ}-{runbook.name}")
        facts: dict[str, Any] = {
            "run": folder.name,
            "kind": kind,
            **facts_of(runbook),
            "title": runbook.title,
            "operator": signing.identity(),
            "started": began.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "clock": {"at_the_beginning": clock.state()},
            "inputs": dict(inputs),
            "versions": versions(),
            **asked,
        }
        if runbook.controls:
            facts["controls"] = list(runbook.controls)
        recording = cls._of(folder, runbook, key, facts)
        with _into(home):
            recording.data.mkdir(mode=0o700)
            keep(runbook, recording.data)
            recording.write_facts()
        return recording

    @classmethod
    def reopen(
        cls, folder: Path, runbook: Runbook, inputs: Mapping[str, str], key: Ed25519PrivateKey, **part: Any
    ) -> Self:
        """Open a recording again for a part that goes on; `part` is noted of it, with the digest it was sealed with.

        Its `what` says whether the run goes on (`resume`) or is taken back (`rollback`).

        The caller has verified it. A runbook that is not as it was is kept beside the first one. Raises `CannotStart`
        where it cannot be written to; nothing of the run is lost then.
        """
        with cannot_start(f"the recording cannot be written: {folder}", "free space, then give the command again"):
            return cls._reopened(folder, runbook, inputs, key, part)

    @classmethod
    def _reopened(
        cls, folder: Path, runbook: Runbook, inputs: Mapping[str, str], key: Ed25519PrivateKey, part: dict[str, Any]
    ) -> Self:
        if (folder / package.TAG_MANIFEST).is_file():
            sealing.reopen(folder, well=part["what"] == "rollback")
        data = folder / package.PAYLOAD
        facts = json.loads((data / "run.json").read_text(encoding="utf-8"))
        earlier: list[dict[str, Any]] = facts.get("resumed", [])
        sealed = [package.digest(place) for place in package.sealings(folder)]
        told = {one["sealed_before"] for one in earlier}
        noted = {
            "at": stamp(utc_now()),
            "operator": signing.identity(),
            "sealed_before": next((one for one in sealed if one not in told), ""),
            "clock": clock.state(),
            **part,
        }
        if any(facts[name] != now for name, now in facts_of(runbook).items() if name.endswith("sha256")):
            place = data / "resumed" / str(len(earlier) + 1)
            shutil.rmtree(place, ignore_errors=True)  # of one that was killed at this
            place.mkdir(mode=0o700, parents=True)
            keep(runbook, place)
        facts |= {**facts_of(runbook), "inputs": dict(inputs), "versions": versions(), "resumed": [*earlier, noted]}
        recording = cls._of(folder, runbook, key, facts)
        recording.write_facts()
        return recording

    @classmethod
    def _of(cls, folder: Path, runbook: Runbook, key: Ed25519PrivateKey, facts: dict[str, Any]) -> Self:
        """Return the recording in `folder`, which writes its `facts` anew when they come to tell who is signed in."""
        search = LeakSearch(folder, words_of(runbook))
        recording = cls(folder, key, facts, search, signed_in=SignedIn.into(facts, runbook))
        recording.signed_in.keep = recording.keep_facts
        return recording

    def banner(self) -> str:
        """Return the words for the strip above a picture: which run, who, and who is signed in where it was taken."""
        words = (f"{self.facts['kind']} {self.facts['run']}", self.facts["operator"], self.signed_in.words())
        return " · ".join(filter(None, words))

    def write_facts(self) -> None:
        """Write `run.json`, whole or not at all."""
        text = json.dumps(self.facts, indent=2, ensure_ascii=False, sort_keys=True)
        write_whole(self.data / "run.json", f"{text}\n".encode(), flush=True)

    def keep_facts(self) -> None:
        """Write `run.json` in the middle of a run. Raises `NoRoom`, which ends it as a recording's does."""
        try:
            self.write_facts()
        except OSError as error:
            why = error
        else:
            return
        raise NoRoom("what is known of the run", why)

    def end(self, **facts: Any) -> None:
        """Write `run.json` with what is known at the end: `facts`, and how the clock went."""
        self.facts |= facts
        went = {"at_the_end": clock.state(), "set_in_between_by_seconds": self._watch.parted()}
        self.facts["clock"] = {**self.facts.get("clock", {}), **went}
        self.write_facts()

    def seal(self, tsa: str = "") -> None:
        """Write the report and make the package, or move the folder away when a secret was found in it.

        `tsa`: address of a timestamp authority to ask. The package is whole and signed without its answer too.
        """
        if not self.search.leak:
            self.search.report(report.write(self.folder))
        if leak := self.search.leak:
            self.folder = package.quarantine(self.folder)
            leak.hint += "; the recording is quarantined"
            return
        info = {
            package.RUN: self.facts["run"],
            package.KIND: self.facts["kind"],
            "Runbook": self.facts["runbook"],
            package.STATUS: self.facts["status"],
        }
        identity = signing.identity()
        try:
            with FileLock(settings.sealing_lock(), mode=0o600):
                sealing.seal(
                    self.folder,
                    signing_key=self.signing_key,
                    identity=identity,
                    info=info,
                    previous=package.latest(self.folder.parent, besides=self.folder),
                    tsa=tsa,
                )
        except NoTimestamp as error:
            self.timestamp = f"none: {error.message}"
        else:
            self.timestamp = f"by {tsa}" if tsa else ""

    def not_packaged(self, error: OSError, then: str) -> LeakFound | EvidenceError:
        """Return what is to be told when `error` kept it from its end, as a full disk does; `then`: what to do next.

        All of it is there, and can be sealed once there is room. A leak that was found goes before that.
        """
        if leak := self.search.leak:
            leak.hint += "; the recording could not be quarantined: keep it from others"
            return leak
        why = (error.strerror or "unknown").lower()
        return EvidenceError(f"the recording could not be packaged: {why}", hint=f"free space, then `{then}`")


def _into(home: Path) -> AbstractContextManager[None]:
    """Tell what the system refuses of a recording that begins in `home`."""
    hint = "name another folder with --recordings; nothing was touched"
    return cannot_start(f"recordings cannot be written to {home}", hint)


def _own_folder(wanted: Path) -> Path:
    """Make and return a folder that was not there before: two runs may begin in one second."""
    for number in range(1, 100):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(wanted)
