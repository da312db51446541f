"""A state machine that does at a desk whatever may happen there, in any order; after each of it the promises are judged.

What may happen: runs, resumes and rollbacks with or without approvals, killed anywhere or not; a browser that dies, a
tab that is closed; colleagues who make, delete, reset and save in the portals; faults of the portals, coming and going.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from keyturn.errors import Exit
from keyturn.outcome import status_of
from keyturn.run import past, past_reading
from rehearsal.ma_portal.state import Integration
from tests.end_to_end.browser_desk import BrowserDesk, browser_desk
from tests.end_to_end.interrupting import KILLED, Ended
from tests.end_to_end.paper_desk import paper_desk
from tests.end_to_end.promises import Watcher, journal, secrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.end_to_end.paper_desk import PaperDesk

How = str  # everything approved beforehand; only the sign-ins; the same, with a person who passes over what fails
SCENARIOS: Final = ("expired", "expiring", "both-expired-and-valid")
CHANGING: Final = (
    "add-secret",
    "delete-expired-secret",
    "reset-integration",
    "save-credentials",
    "select-group",
    "synchronise",
    "delete-valid-secret",
)
_STEPS: Final = (*CHANGING, "find-old-secret", "paste-secret-value", "test-connection")
_OF_STEPS: Final = ("step-started", "gate-answered", "acting", "step-ended")
_OF_SECRETS: Final = (
    *("concealment-proven", "secret-intended", "secret-not-made", "secret-captured", "secret-sealed", "value-lost"),
    *("orphan-found", "orphan-deleted", "undone"),
)
_PLACES: Final = (
    "taking",
    *(f"{when} {kind} {step}" for when in ("before", "after") for kind in _OF_STEPS for step in _STEPS),
    *(f"{when} {kind} add-secret" for when in ("before", "after") for kind in _OF_SECRETS),
    *(f"{when} {kind} " for when in ("before", "after") for kind in ("resumed", "rollback-began", "search-began")),
    *("before run-ended ", "after run-ended "),
)
# Where a kill matters most; on paper also when the portal has done what was asked and before its answer is read.
_CRITICAL: Final = (
    *("taking", "after acting add-secret", "before secret-sealed add-secret", "after secret-sealed add-secret"),
    *("after acting save-credentials", "before step-ended save-credentials", "before step-ended reset-integration"),
)
_PRESSED: Final = tuple(
    f"pressed {action}"
    for action in ("add_and_copy_value", "delete_secret", "reset_integration", "save_credentials", "sync_now")
)
_FAULTS: Final = (
    *("masked-after-reload", "clipboard-denied", "value-cut", "secret-id-copied", "add-refused-policy"),
    *("concurrent-secret", "delete-refused", "concurrent-delete", "session-ended", "ma-session-ended"),
    *("ma-server-error", "ma-reset-refused", "ma-reset-tab-lost", "ma-first-test-fails", "ma-save-refused"),
    *("ma-save-forgotten", "ma-net-cut", "ma-sync-refused"),
)
_THEIRS: Final = "Added by another administrator"
_SIGNS_IN: Final = ("--approve", "sign-in", "--approve", "sign-in-to-ma-portal")

places = st.one_of(st.just("never"), st.sampled_from(_CRITICAL), st.sampled_from(_PRESSED), st.sampled_from(_PLACES))
hows = st.sampled_from(("approves", "approves", "approves", "asks", "impatient"))
untils = st.one_of(st.just(""), st.sampled_from((*CHANGING, "test-connection")))


class Broken(AssertionError):
    """A promise does not hold."""


class Explorer(RuleBasedStateMachine):
    """Explores at a desk on paper."""

    tally: ClassVar[Counter[str]] = Counter()  # how often what began came to what

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="explored-"))
        self.stack = ExitStack()
        self.stack.callback(shutil.rmtree, self.home)

    @initialize(
        scenario=st.sampled_from(SCENARIOS),
        fault=st.sampled_from(("", *_FAULTS)),
        until=untils,
        killed=places,
        how=hows,
    )
    def sits_down(self, scenario: str, fault: str, until: str, killed: str, how: How) -> None:
        """Begin with a run: whatever came before one would be how things stand."""
        self.at = self.stack.enter_context(self.desk(scenario))
        self.watcher = Watcher(self.at, self.at.colleagues)
        self.first = self.portal.integration
        self.last: past.Past | None = None  # of the runs
        if fault:
            self.a_fault_comes(fault)
        self.a_run(until, killed, how)

    def desk(self, scenario: str) -> AbstractContextManager[PaperDesk | BrowserDesk]:
        """Return the desk at which is explored."""
        return paper_desk(self.home, scenario)

    def teardown(self) -> None:
        self.stack.close()

    # --- keyturn
    @precondition(lambda self: not self.is_open())
    @rule(until=untils, killed=places, how=hows)
    def a_run(self, until: str, killed: str, how: How) -> None:
        options = ("--until", until) if until else ()
        self.judge(self.carried(self.at.run, how, *options, killed=killed))

    @precondition(lambda self: self.is_open())
    @rule(beside=st.booleans())
    def a_second_run(self, beside: bool) -> None:
        ended = self.at.beside_another() if beside else self.at.run()
        assert ended.code == Exit.CANNOT_START, f"a second run was not refused: {ended}"
        self.judge(ended)

    @precondition(lambda self: self.can_go_on())
    @rule(killed=places, how=hows)
    def a_resume(self, killed: str, how: How) -> None:
        self.judge(self.carried(self.at.resume, how, *self.spared(), killed=killed))

    @precondition(lambda self: self.can_go_on())
    @rule(how=hows)
    def a_resume_to_its_end(self, how: How) -> None:
        self.judge(self.carried(self.at.resume, how, killed="never"))

    @precondition(lambda self: self.last and self.last.status != "rolled back")
    @rule(killed=places, how=hows)
    def a_rollback(self, killed: str, how: How) -> None:
        self.judge(self.carried(self.at.rollback, how, killed=killed))

    def carried(self, act: Callable[..., Ended], how: How, *options: str, killed: str) -> Ended:
        """Carry a command out with the person and their approvals as `how` has it."""
        self.at.impatient = how == "impatient"
        return act(*options, *(_SIGNS_IN if how == "asks" else ()), killed=killed)

    def spared(self) -> list[str]:
        """Return the options that name what is known to be a colleague's."""
        return [word for one in sorted(self.watcher.colleagues) for word in ("--spare", one)]

    # --- the browser and the portals
    @precondition(lambda self: self.at.has_pages)
    @rule(wholly=st.booleans())
    def a_browser_or_tab_is_gone(self, wholly: bool) -> None:
        if wholly:
            self.at.kill_browser()
        else:
            self.at.close_tab()

    @rule(name=st.sampled_from(_FAULTS))
    def a_fault_comes(self, name: str) -> None:
        self.at.world.faults.chosen[name] = ""

    @precondition(lambda self: self.at.world.faults.chosen)
    @rule()
    def the_faults_are_over(self) -> None:
        self.at.world.faults.chosen.clear()
        self.at.world.faults.struck.clear()

    # --- colleagues
    @precondition(lambda self: self.has_begun())
    @rule(act=st.sampled_from(("makes", "makes the same", "deletes the old", "deletes the new", "resets", "saves")))
    def a_colleague(self, act: str) -> None:
        if act.startswith("makes"):
            now = self.at.world.clock()
            text = "Arctic Wolf Secret" if act == "makes the same" else _THEIRS
            made = self.at.world.new_secret(self.registration, text, now, now + timedelta(days=300))
            self.watcher.colleagues.add(made.secret_id)
            return
        self.watcher.meddled = True
        if act == "resets":
            self.portal.reset()
        elif act == "saves" and self.portal.integration is None:
            by_hand = replace(self.first.credentials, nickname="By hand")
            self.portal.integration = Integration(by_hand, self.first.group_id)
        elif act.startswith("deletes"):
            self.deletes(old=act == "deletes the old")
        self.watcher.was = self.watcher.at.state()  # What a run finds already so was the colleague's doing.

    def deletes(self, *, old: bool) -> None:
        """Let a colleague delete the first secret that was there before, or that a run has made."""
        for one in self.registration.secrets:
            if one.secret_id not in self.watcher.colleagues and (one.secret_id in self.watcher.old) is old:
                self.registration.secrets.remove(one)
                self.watcher.taken.add(one.secret_id)
                return

    # --- and judged
    def judge(self, ended: Ended) -> None:
        self.tally["killed" if ended.code == KILLED else status_of(ended.code)] += 1
        note(f"  it came to {ended.code}: {ended.told.strip()}")
        self.watcher.colleagues |= {
            one["secret_id"] for one in secrets(self.at.state(), self.at.before) if one["description"] == _THEIRS
        }
        if wrong := self.watcher.wrong(ended):
            raise Broken("; ".join(wrong))
        folders = self.at.recordings
        self.last = past_reading.read(folders[-1]) if folders and journal(folders[-1]) else None

    def has_begun(self) -> bool:
        return self.last is not None

    def can_go_on(self) -> bool:
        """Whether the last run has not come to its end, or left a secret in doubt, and was not taken back."""
        if self.last is None or not self.last.is_sealed:
            return self.last is not None
        return self.last.status != "rolled back" and (self.last.status != "done" or bool(self.last.unfinished.intended))

    def is_open(self) -> bool:
        """Whether the last run has something left to do and may have left something in the portals, by its own word."""
        return self.last is not None and self.can_go_on() and (self.last.left_something or self.last.being_taken_back)

    @property
    def registration(self) -> Any:
        return self.at.world.registration(self.at.world.application_id)

    @property
    def portal(self) -> Any:
        return self.at.world.portals["ma_portal"]


class BrowserExplorer(Explorer):
    """Explores with a browser, and with every keyturn in a process of its own."""

    tally: ClassVar[Counter[str]] = Counter()

    def desk(self, scenario: str) -> AbstractContextManager[PaperDesk | BrowserDesk]:
        return browser_desk(self.home, scenario)
