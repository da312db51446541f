"""One part of a run, from its browser to the sealed package. A run that goes on after an interruption has several."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from evidence import EvidenceError, Recorder, package
from evidence.chain import GENESIS, ChainedLog
from keyturn import settings
from keyturn.clipboard import BrowserClipboard
from keyturn.errors import Exit
from keyturn.events import Event, LeakGate, PicturesRead, RunEnded, SearchBegan, SecretIntended, StepEnded
from keyturn.gates import Mode
from keyturn.outcome import Summary, exit_of, status_of
from keyturn.overlay import Overlay
from keyturn.run.browsing import Browsing, kept_browser
from keyturn.run.engine import Engine
from keyturn.run.journal import Journal
from keyturn.run.leak_search import FirstIntent, reads_pictures
from keyturn.run.own_profile import OwnProfile, forget
from keyturn.run.second_person import SecondPerson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyturn.events import Listener
    from keyturn.run.conduct import Around, Prepared
    from keyturn.run.recording import Recording
    from keyturn.run.state import RunState


class Part:
    """One part of a run in the making. Whoever begins it is attending the run."""

    def __init__(self, prepared: Prepared, around: Around, recording: Recording, state: RunState) -> None:
        self.prepared = prepared
        self.around = around
        self.recording = recording
        self.state = state
        asked = {"from": prepared.wish.first, "until": prepared.wish.last}
        self.summary = Summary(state.run, str(recording.folder), asked=asked)
        self.came_to = status_of(Exit.DONE)  # the word for it when nothing stops it
        self._listeners: tuple[Listener, ...] = ()
        self._error: BaseException | None = None
        self._profile: OwnProfile | None = None
        self._intended = False
        self._told_whole = False  # the journal has its last line
        self._head: Callable[[], str] = lambda: GENESIS  # digest of the journal's last line
        self._began = time.monotonic()

    def carry_out(self, act: Callable[[Engine, Browsing], None]) -> tuple[Summary, BaseException | None]:
        """Open the browser, do `act`, and close the recording whatever came of it.

        Returns what it came to and what stopped it, if something did. The browser ends too, unless there is a reason
        to leave it open.
        """
        with ExitStack() as stack:
            browsing = self._recorded(stack, act)
            try:
                if self._told_whole or self.recording.search.leak:
                    self._seal()
            except OSError as error:  # As a full disk.
                self._unsealed(error)
            if browsing and not self._profile:  # Only now: until the package is whole, a later part may need its pages.
                self._let_go(browsing)
        return self.summary, self._error

    def _recorded(self, stack: ExitStack, act: Callable[[Engine, Browsing], None]) -> Browsing | None:
        """Do `act` with everything recorded, and search what was; return the browser, None when there was none."""
        browsing = None
        with ChainedLog(self.recording.data / "journal.jsonl") as log:
            intent = FirstIntent(earlier=self.state.secret_before)
            self._head = lambda: log.head
            journal = Journal(log, self.around.interruption.held)
            self._listeners = (journal, intent, self.recording.signed_in, self._collect, *self.around.listeners)
            try:
                browsing = stack.enter_context(self._browser())
                self._browse(browsing, act)
            except BaseException as stopped:  # noqa: BLE001  # whatever it was: the recording is closed and says so
                self._error = stopped
            self._leave_profile(browsing)
            try:
                self._search(intent)
                self._sum_up()
                ended = self.summary
                self._tell(RunEnded(ended.status, ended.exit, tuple(ended.changed), ended.seconds))
                self._told_whole = True
            except EvidenceError as untold:  # It cannot be written; whoever goes on with the run ends it.
                self._error = self.recording.search.leak or untold
                self._sum_up()
        return browsing

    @contextmanager
    def _browser(self) -> Iterator[Browsing]:
        wish, around = self.prepared.wish, self.around
        if around.open_browser:
            with around.open_browser(self.prepared) as context:
                yield Browsing(context, ends=True)
            return
        if wish.profile:
            anew = not self.recording.facts.get("resumed")
            self._profile = OwnProfile.of(self.state.run, wish.profile, anew=anew)
        with kept_browser(
            self.state.run,
            self.prepared.browser,
            headed=wish.headed,
            ready=around.ready,
            outlives=around.outlives,
            profile=wish.profile,
        ) as browsing:
            yield browsing

    def _browse(self, browsing: Browsing, act: Callable[[Engine, Browsing], None]) -> None:
        wish, facts, context = self.prepared.wish, self.recording.facts, browsing.context
        version = context.browser.version if context.browser else ""
        facts["versions"]["browser"] = f"{self.prepared.browser.name} {version}".strip()
        with ExitStack() as stack:
            recorder = Recorder(
                self.recording.data, banner=self.recording.banner, window=wish.headed, disguise=browsing.disguise
            )
            stack.callback(lambda: facts.update(not_recorded=recorder.close()))
            browsing.remember(recorder.disguise)
            recorder.attach(context)
            lock = settings.clipboard_lock() if wish.headed else None
            engine = Engine(
                self.state,
                context=context,
                catalogue=self.prepared.catalogue,
                clipboard=stack.enter_context(BrowserClipboard(context, lock)),
                store=self.around.store,
                recorder=recorder,
                gatekeeper=self.around.gatekeeper,
                mode=Mode(wish.mode),
                overlay=Overlay(context, self.state.run) if wish.headed else None,
                pace=wish.pace,
                whole=self.around.interruption.held,
                second=self._second_person(),
                listeners=self._listeners,
            )
            try:
                act(engine, browsing)
            finally:
                self.around.interruption.end()

    def _second_person(self) -> SecondPerson | None:
        around = self.around
        if around.approvers is None:
            return None
        return SecondPerson(
            around.approvers,
            key=around.signing_key,
            operator=str(self.recording.facts["operator"]),
            kept=self.recording.data,
            head=self._head,
        )

    def _leave_profile(self, browsing: Browsing | None) -> None:
        """End a browser that has a profile before that is searched: it writes there until it has ended."""
        if browsing and self._profile:
            self._let_go(browsing)
            if browsing.ends and not browsing.end():
                self.recording.search.still_written(self._profile)

    def _search(self, intent: FirstIntent) -> None:
        """Search everything that was written for the values of the run."""
        search = self.recording.search
        search.told = self._read_so_far
        values = [secret.reveal().encode() for secret in self.state.values]
        self._tell(SearchBegan(bool(values) and reads_pictures(wanted=self.around.read_pictures)))
        seconds = search.everything(
            values,
            optical=self.around.read_pictures,
            since=intent.since,
            more=self.state.secret_before,
            beside=self._profile,
        )
        self._tell(LeakGate(tuple(search.findings), seconds, search.pictures_read, len(values)))
        self.summary.search = {"seconds": seconds, "pictures_read": search.pictures_read, "values": len(values)}
        self._error = search.leak or self._error

    def _read_so_far(self, read: int, total: int) -> None:
        """Tell those who wait how far the search is; nothing that the journal should keep."""
        for listener in self.around.listeners:
            listener(PicturesRead(read, total))

    def _sum_up(self) -> None:
        summary = self.summary
        summary.exit = int(exit_of(self._error))
        summary.status = status_of(summary.exit) if self._error else self.came_to
        summary.changed = self.state.changed
        summary.secrets = [
            {"name": held.entry.metadata.description, "secret_id": held.secret_id, "expires_on": held.expires_on}
            for held in self.state.held.values()
        ]
        summary.seconds = round(time.monotonic() - self._began, 3)

    def _seal(self) -> None:
        summary, recording = self.summary, self.recording
        ended = {"status": summary.status, "exit": summary.exit, "changed": summary.changed}
        recording.end(**ended, store_head=self.around.store.head())
        recording.seal(self.around.tsa)
        if self._profile and (summary.exit == Exit.DONE or not self.around.outlives):  # Nothing goes on with it.
            forget(self.state.run)
        summary.recording, summary.timestamp = str(recording.folder), recording.timestamp
        if leak := recording.search.leak:  # Found before, or only now in the report.
            self._error, summary.exit = leak, int(exit_of(leak))
            summary.status = status_of(summary.exit)

    def _unsealed(self, error: OSError) -> None:
        """End with a recording that is no package yet."""
        again = "rollback" if self.came_to == package.TAKEN_BACK else "resume"
        self._error = self.recording.not_packaged(error, f"keyturn {again} {self.recording.folder.name}")
        self._sum_up()

    def _let_go(self, browsing: Browsing) -> None:
        """End the browser, or leave it open: for a person to look, or because its page may show an unsealed value."""
        wish, store = self.prepared.wish, self.around.store
        wanted = wish.keep_open or (wish.headed and self._error is not None)
        shows_value = self._intended or browsing.again
        stays = wanted or (shows_value and bool(store.open_intents(run=self.state.run)))
        if stays and not self.around.outlives:
            self.around.before_close()
            stays = False
        browsing.ends = not stays
        self.summary.browser_open = stays and browsing.is_open()

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)

    def _collect(self, event: Event) -> None:
        """Listen for the summary's steps, and for whether a secret may have been made in this part."""
        self._intended = self._intended or isinstance(event, SecretIntended)
        if not isinstance(event, StepEnded):
            return
        step = next(one for one in self.prepared.runbook.steps if one.id == event.step)
        self.summary.steps.append(
            {
                "id": step.id,
                "title": step.title,
                "covers": list(step.covers),
                "result": event.result,
                "reason": event.reason,
                "outputs": dict(event.outputs),
                "seconds": event.seconds,
            }
        )
