"""Random kills of the whole rotation, each followed by a resume, judged by the replicas' own word.

`make soak` kills 500 times, a hundred with each of five seeds, or as KEYTURN_KILLS and KEYTURN_SEEDS say. The same harness with the intent left out must find
orphans: that is the proof that it sees.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.interrupting import desk, kill_keepers
from tests.end_to_end.strikes import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.interrupting import Desk

KILLS = int(os.environ.get("KEYTURN_KILLS", "100"))
SEEDS = os.environ.get("KEYTURN_SEEDS", "1 2 3 4 5").split()
SCENARIO = "both-expired-and-valid"  # beside the one that goes there is one that nobody may touch
EACH = 8  # kills of one run before it may come to its end
CRITICAL = ("add-secret", "delete-expired-secret", "reset-integration", "save-credentials", "paste-secret-value")
BUTTONS = {"ma-reset": "reset-integration", "ma-save": "save-credentials"}


@dataclass
class Figures:
    """What was counted. All but the first three are to be 0."""

    kills: int = 0
    browsers_killed: int = 0
    rehearsals: int = 0
    orphans_deleted: int = 0
    unknown_orphans: int = 0
    lost_while_browser_lived: int = 0
    wrong_deletions: int = 0
    pressed_without_a_decision: int = 0
    vendor_without_a_working_value: int = 0
    not_verified: int = 0
    not_ended: int = 0
    remarks: list[str] = field(default_factory=list)

    def told(self) -> str:
        """Return what was counted, in words."""
        return (
            f"{self.kills} kills in {self.rehearsals} rehearsals, {self.browsers_killed} with the browser; "
            f"{self.orphans_deleted} orphans told and deleted; unknown orphans {self.unknown_orphans}, values lost while "
            f"the browser lived {self.lost_while_browser_lived}, wrong deletions {self.wrong_deletions}, presses without "
            f"a decision {self.pressed_without_a_decision}, recordings that do not verify {self.not_verified}, runs "
            f"without a working value at the vendor {self.vendor_without_a_working_value + self.not_ended}"
        )

    @property
    def wrong(self) -> dict[str, int]:
        """What is to be 0 and is not."""
        free = {"kills", "browsers_killed", "rehearsals", "orphans_deleted", "remarks"}
        return {name: count for name, count in vars(self).items() if name not in free and count}


class Killer:
    """Lets a keyturn go on until a moment of chance, and kills it; the browser too, at times."""

    def __init__(self, at: Desk, chance: random.Random, figures: Figures) -> None:
        self.at = at
        self.chance = chance
        self.figures = figures
        self.browser_dies = 0.25
        self.child = "never"

    def carry(self, *words: str, when: Callable[[], bool]) -> subprocess.Popen[str] | None:
        """Start keyturn; kill it when `when` says so and return None, or return it when it ended first."""
        with (self.at.home / "told.txt").open("a") as told:
            process = subprocess.Popen(
                self.at.command(self.child, *words),
                env=self.at.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=told,
                text=True,
            )
        while process.poll() is None and not when():
            time.sleep(0.005)
        if process.poll() is not None:
            return process
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.figures.kills += 1
        if self.chance.random() < self.browser_dies:
            kill_keepers()
            self.figures.browsers_killed += 1
        return None

    def moment(self) -> Callable[[], bool]:
        """Return what is true from a moment of chance on: anywhere in what is still to come, or at a press that counts.

        Of the steps that have not ended one is chosen, or the time before the first or after the last.
        """
        known = lines(self.at)
        over = {line["step"] for line in map(json.loads, known[:-1]) if line["kind"] == "step-ended"}
        if self.chance.random() < 0.5 and (left := [step for step in CRITICAL if step not in over]):
            kind, step, after = "acting", self.chance.choice(left), self.chance.uniform(0.0, 1.2)
        else:
            step = self.chance.choice(["", *(step for step in STEPS if step not in over), "the end"])
            kind, after = {"": ("", 3.0), "the end": ("run-ended", 1.0)}.get(step, ("step-started", 0.6))
            after = self.chance.uniform(0.0, after)
        marks = (f'"kind":"{kind}"', "" if kind == "run-ended" else f'"step":"{step}"') if kind else ()
        began = None if marks else time.monotonic()

        def reached() -> bool:
            nonlocal began
            fresh = lines(self.at)[len(known) :] if began is None else []
            if any(all(mark in line for mark in marks) for line in fresh):
                began = time.monotonic()
            return began is not None and time.monotonic() >= began + after

        return reached


def lines(at: Desk) -> list[str]:
    """Return the journal's lines so far."""
    found = list(at.home.glob("recordings/*/data/journal.jsonl"))
    return found[0].read_text(encoding="utf-8").splitlines() if found else []


def never() -> bool:
    return False


def stands(at: Desk) -> str:
    """Return how the run stands after a kill: not `begun`, `done` and packaged, or to be `resumed`."""
    if not list(at.home.glob("recordings/*/data/run.json")) or not list(
        at.home.glob("recordings/*/data/journal.jsonl")
    ):
        return "begun"
    whole = (at.recording / "tagmanifest-sha256.txt").exists()
    return "done" if whole and '"status":"done"' in lines(at)[-1] else "resumed"


def rehearse(at: Desk, killer: Killer, kills: int) -> None:
    """Begin a run, kill it and its resumes, and let the last one come to its end; then judge."""
    figures = killer.figures
    figures.rehearsals += 1
    lived = True  # the browser, since keyturn was killed
    for turn in range(kills + 1):
        lost, dead = count(at, "value-lost"), figures.browsers_killed
        if stands(at) == "begun":  # Nothing was touched.
            shutil.rmtree(at.home / "recordings", ignore_errors=True)
        words = at.run_words() if stands(at) == "begun" else ("resume", at.recording.name, *at.how, "--approve", "all")
        ended = killer.carry(*words, when=never if turn == kills else killer.moment())
        if lived and count(at, "value-lost") > lost:
            figures.lost_while_browser_lived += count(at, "value-lost") - lost
        lived = figures.browsers_killed == dead
        if stands(at) == "done":
            break
        if ended is not None:
            figures.not_ended += 1
            figures.remarks.append(f"exit {ended.returncode} in {at.home}")
            return
    judge(at, figures)


def count(at: Desk, kind: str) -> int:
    """Return how many lines of this kind the journal has."""
    return sum(f'"kind":"{kind}"' in line for line in lines(at))


def judge(at: Desk, figures: Figures) -> None:
    """Count what is not as it must be, by what the replicas hold."""
    journal = at.journal
    entry = at.store.entries()[-1].metadata.secret_id
    told = {line["secret_id"] for line in journal if line["kind"] == "orphan-deleted"}
    figures.orphans_deleted += len(told)
    left = {one["secret_id"] for one in at.made} - {entry}
    figures.unknown_orphans += len(left)
    before = {one["secret_id"]: one for one in at.before["registrations"][at.before["application_id"]]["secrets"]}
    now = {one["secret_id"] for one in at.secrets}
    old = next(line["outputs"]["secret_id"] for line in journal if line["kind"] == "step-ended"
               and line["step"] == "find-old-secret" and line["result"] == "done")  # fmt: skip
    figures.wrong_deletions += len({*before, str(entry)} - {old} - now)
    figures.vendor_without_a_working_value += not at.vendor_value_works()
    for button, step in BUTTONS.items():
        figures.pressed_without_a_decision += max(0, at.presses.get(button, 0) - decisions(journal, step))
    figures.pressed_without_a_decision += max(0, at.presses["add_secret"] - decisions(journal, "add-secret"))
    figures.not_verified += bool(at.faults)
    if figures.wrong:
        figures.remarks.append(f"{figures.wrong} in {at.home}")


def decisions(journal: list[dict[str, Any]], step: str) -> int:
    """Return how often somebody said yes to `step`."""
    return sum(line["kind"] == "gate-answered" and line["step"] == step and line["answer"] == "yes" for line in journal)


def kill_often(home: Path, kills: int, seed: str) -> Figures:
    """Rehearse with kills until so many were made."""
    chance, figures = random.Random(seed), Figures()  # noqa: S311  # nothing secret: which moment
    while figures.kills < kills:
        place = home / str(figures.rehearsals)
        place.mkdir()
        with desk(place, scenario=SCENARIO) as at:
            rehearse(at, Killer(at, chance, figures), min(chance.randint(1, EACH), kills - figures.kills))
        if not figures.remarks:
            shutil.rmtree(place)
    return figures


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_after_random_kills_and_resumes_nothing_is_lost_or_done_twice(
    tmp_path: Path, figure: Callable[[str], None], seed: str
) -> None:
    figures = kill_often(tmp_path, KILLS, seed)
    figure(figures.told())
    assert figures.wrong == {}, figures.remarks


@pytest.mark.soak
def test_without_the_intent_the_same_harness_finds_orphans(tmp_path: Path, figure: Callable[[str], None]) -> None:
    figures = Figures()
    with desk(tmp_path, scenario=SCENARIO) as at:
        killer = Killer(at, random.Random(0), figures)  # noqa: S311  # the same
        killer.child, killer.browser_dies = "unannounced", 1.0
        assert killer.carry(*at.run_words(), when=lambda: at.presses.get("add_secret", 0) > 0) is None
        assert figures.kills == 1
        rehearse(at, killer, 0)
    figure(f"{figures.kills} kill, unknown orphans {figures.unknown_orphans}")
    assert figures.unknown_orphans == 1
