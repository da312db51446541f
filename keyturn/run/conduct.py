"""A whole attended run: checked before anything is touched, recorded as it goes, searched and packaged at the end."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import Recorder
from evidence.chain import ChainedLog
from keyturn import browser, settings, system
from keyturn.catalogue import Catalogue
from keyturn.check import check, resolve_inputs
from keyturn.clipboard import BrowserClipboard
from keyturn.document import load
from keyturn.errors import CannotStart, Invalid
from keyturn.events import Event, LeakGate, RunEnded, RunStarted, SearchBegan, StepEnded
from keyturn.gates import Mode, check_approvals
from keyturn.outcome import Summary, exit_of, status_of
from keyturn.overlay import Overlay
from keyturn.run.engine import Engine
from keyturn.run.journal import Journal
from keyturn.run.recording import FirstIntent, Recording, reads_pictures
from keyturn.run.state import RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from playwright.sync_api import BrowserContext

    from keyturn.events import Listener
    from keyturn.gates import Gatekeeper
    from keyturn.model import Runbook
    from secrets_store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the operator asked for, a field for each option of the command line."""

    runbook: Path
    given: Mapping[str, str]
    browser: str = "auto"
    headed: bool = False
    mode: str = "auto"
    pace: float = 0.0  # seconds
    approved: Collection[str] = ()
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A run that may begin: everything that can be wrong without a browser has been ruled out."""

    wish: Wish
    runbook: Runbook
    catalogue: Catalogue
    inputs: Mapping[str, str]
    browser: browser.Installed


def own_browser(prepared: Prepared) -> AbstractContextManager[BrowserContext]:
    """Open a browser for this run alone."""
    return browser.open_browser(prepared.browser, headed=prepared.wish.headed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a run is given by whoever starts it.

    `before_close` is called with the exit code while the browser is still open, so that a person can look.
    `kind` is `run` or `rehearsal`, and only a word on the recording: nothing is done differently.
    `open_browser` opens the context of the run, and ends everything in it. `read_pictures`: the leak gate reads
    pictures too, where an OCR engine is installed; it takes half a second for each. `tsa`: address of an RFC 3161
    authority that is asked for a timestamp over the recording's signature.
    """

    recordings: Path
    store: Store
    signing_key: Ed25519PrivateKey
    gatekeeper: Gatekeeper
    listeners: tuple[Listener, ...]
    before_close: Callable[[int], None]
    kind: str = "run"
    open_browser: Callable[[Prepared], AbstractContextManager[BrowserContext]] = own_browser
    read_pictures: bool = True
    tsa: str = ""


def prepare(wish: Wish) -> Prepared:
    """Check runbook, inputs, approvals, display and browser. Raises `Invalid` or `CannotStart`; nothing is touched."""
    runbook = load(wish.runbook)
    catalogue = Catalogue.of(portal.pages for portal in runbook.portals.values())
    check(runbook, catalogue)
    inputs = resolve_inputs(runbook, wish.given)
    check_approvals(wish.approved, runbook)
    steps = {step.id for step in runbook.steps}
    for option, step in (("--from", wish.first), ("--until", wish.last)):
        if step and step not in steps:
            raise Invalid(f"{option} names no step of {runbook.name}: {step}", hint="`keyturn plan` lists the steps")
    browser.refuse_debugging()
    if wish.headed and not system.has_display():
        raise CannotStart("there is no display for a visible browser", hint="use --headless, or start under a desktop")
    installed = browser.find_browser(wish.browser)
    return Prepared(wish=wish, runbook=runbook, catalogue=catalogue, inputs=inputs, browser=installed)


def conduct(prepared: Prepared, around: Around) -> tuple[Summary, BaseException | None]:
    """Carry the run out. Returns what it came to and what stopped it, if something did; the recording is sealed."""
    began = time.monotonic()
    recording = Recording.begin(around.recordings, prepared.runbook, prepared.inputs, around.signing_key, around.kind)
    state = RunState(recording.folder.name, prepared.runbook, prepared.inputs)
    summary = Summary(state.run, str(recording.folder))
    error: BaseException | None = None
    with ChainedLog(recording.data / "journal.jsonl") as log:
        intent = FirstIntent()
        listeners: tuple[Listener, ...] = (
            Journal(log),
            intent,
            recording.signed_in,
            _Collect(summary, prepared.runbook),
            *around.listeners,
        )
        try:
            _browse(prepared, around, recording, state, listeners)
        except BaseException as stopped:  # noqa: BLE001  # whatever it was: the recording is closed and says so
            error = stopped
        _tell(listeners, SearchBegan(reads_pictures(wanted=around.read_pictures)))
        values = [secret.reveal().encode() for secret in state.values]
        seconds = recording.search(values, optical=around.read_pictures, since=intent.since)
        _tell(listeners, LeakGate(tuple(recording.findings), seconds, recording.pictures_read, len(values)))
        summary.search = {"seconds": seconds, "pictures_read": recording.pictures_read}
        error = recording.leak or error
        summary.exit = int(exit_of(error))
        summary.status = status_of(summary.exit)
        summary.changed = state.changed
        summary.secrets = [
            {"name": held.secret.label, "secret_id": held.secret_id, "expires_on": held.expires_on}
            for held in state.held.values()
        ]
        summary.seconds = round(time.monotonic() - began, 3)
        _tell(listeners, RunEnded(summary.status, summary.exit, tuple(state.changed), summary.seconds))
    ended = {"status": summary.status, "exit": summary.exit, "changed": summary.changed}
    recording.end(**ended, store_head=around.store.head())
    recording.seal(around.tsa)
    summary.recording, summary.timestamp = str(recording.folder), recording.timestamp
    if recording.leak:  # Found before, or only now in the report.
        error, summary.exit = recording.leak, int(exit_of(recording.leak))
        summary.status = status_of(summary.exit)
    return summary, error


def _tell(listeners: tuple[Listener, ...], event: Event) -> None:
    for listener in listeners:
        listener(event)


class _Collect:
    """A listener that fills the summary's steps."""

    def __init__(self, summary: Summary, runbook: Runbook) -> None:
        self._summary = summary
        self._steps = {step.id: step for step in runbook.steps}

    def __call__(self, event: Event) -> None:
        if isinstance(event, StepEnded):
            step = self._steps[event.step]
            self._summary.steps.append(
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


def _browse(
    prepared: Prepared, around: Around, recording: Recording, state: RunState, listeners: tuple[Listener, ...]
) -> None:
    wish = prepared.wish
    with ExitStack() as stack:
        context = stack.enter_context(around.open_browser(prepared))
        versions = recording.facts["versions"]
        versions["browser"] = f"{prepared.browser.name} {context.browser.version if context.browser else ''}".strip()
        recorder = Recorder(recording.data, banner=recording.banner, window=wish.headed)
        stack.callback(lambda: recording.facts.update(not_recorded=recorder.close()))
        recorder.attach(context)
        lock = settings.clipboard_lock() if wish.headed else None
        engine = Engine(
            state,
            context=context,
            catalogue=prepared.catalogue,
            clipboard=stack.enter_context(BrowserClipboard(context, lock)),
            store=around.store,
            recorder=recorder,
            gatekeeper=around.gatekeeper,
            mode=Mode(wish.mode),
            overlay=Overlay(context, state.run) if wish.headed else None,
            pace=wish.pace,
            listeners=listeners,
        )
        book = prepared.runbook
        engine.emit(
            RunStarted(
                state.run,
                book.name,
                book.revision,
                book.title,
                wish.mode,
                recording.facts["operator"],
                dict(versions),
                dict(prepared.inputs),
                len(book.steps),
            )
        )
        try:
            engine.run(wish.first, wish.last)
        except BaseException as stopped:
            around.before_close(int(exit_of(stopped)))
            raise
        around.before_close(0)
