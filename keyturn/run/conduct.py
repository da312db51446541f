"""A whole attended run: checked before anything is touched, recorded as it goes, searched and packaged at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keyturn import browser, keeper, profile, system
from keyturn.catalogue import Catalogue
from keyturn.check import check, resolve_inputs
from keyturn.document import load
from keyturn.errors import CannotStart, Invalid
from keyturn.events import RunStarted
from keyturn.gates import check_approvals
from keyturn.interruption import Interruption
from keyturn.run import alone, elsewhere
from keyturn.run.part import Part
from keyturn.run.provenance import instructions_of, plan_of
from keyturn.run.recording import Recording
from keyturn.run.state import RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from playwright.sync_api import BrowserContext

    from keyturn.events import Listener
    from keyturn.gates import Gatekeeper
    from keyturn.keeper import Keeper
    from keyturn.model import Runbook
    from keyturn.outcome import Summary
    from keyturn.run.browsing import Browsing
    from keyturn.run.engine import Engine
    from keyturn.run.second_person import Approvers
    from secrets_store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the operator asked for, a field for each option of the command line.

    `browser_open`: it was kept open for this run, with the profile that is asked for.
    """

    runbook: Path
    given: Mapping[str, str]
    browser: str = "auto"
    profile: Path | None = None
    browser_open: bool = False
    headed: bool = False
    mode: str = "auto"
    pace: float = 0.0  # seconds
    keep_open: bool = False
    despite_interrupted: bool = False
    despite_elsewhere: bool = False
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a run is given by whoever starts it.

    `kind` is `run` or `rehearsal`, and only a word on the recording: nothing is done differently.
    `ready` is a keeper that waits for its order to open the browser. `open_browser` opens one of somebody else's
    instead, which ends with the run. `outlives`: the portals are still there when keyturn has ended, so that a browser
    left open is of use; where they are not, `before_close` lets a person look before it is closed.
    `read_pictures`: the leak gate reads pictures too, where an OCR engine is installed; it takes half a second for
    each. `tsa`: address of an RFC 3161 authority that is asked for a timestamp over the recording's signature.
    `interruption` is how the run is told to end. `approvers`: whose signatures count as a second person's.
    """

    recordings: Path
    store: Store
    signing_key: Ed25519PrivateKey
    gatekeeper: Gatekeeper
    listeners: tuple[Listener, ...]
    kind: str = "run"
    ready: Keeper | None = None
    open_browser: Callable[[Prepared], AbstractContextManager[BrowserContext]] | None = None
    outlives: bool = True
    before_close: Callable[[], None] = lambda: None
    read_pictures: bool = True
    tsa: str = ""
    interruption: Interruption = field(default_factory=Interruption)
    approvers: Approvers | None = None


def prepare(wish: Wish) -> Prepared:
    """Check runbook, inputs, approvals, display and browser. Raises `Invalid` or `CannotStart`; nothing is touched."""
    runbook = load(wish.runbook)
    catalogue = Catalogue.of(portal.pages for portal in runbook.portals.values())
    check(runbook, catalogue)
    inputs = resolve_inputs(runbook, wish.given)
    check_approvals(wish.approved, runbook)
    steps = [step.id for step in runbook.steps]
    for option, step in (("--from", wish.first), ("--until", wish.last)):
        if step and step not in steps:
            raise Invalid(f"{option} names no step of {runbook.name}: {step}", hint="`keyturn plan` lists the steps")
    if wish.first and wish.last and steps.index(wish.last) < steps.index(wish.first):
        hint = "`keyturn plan` lists the steps in order"
        raise Invalid(f"--until {wish.last} comes before --from {wish.first}", hint=hint)
    browser.refuse_debugging()
    if wish.headed and not system.has_display():
        raise CannotStart("there is no display for a visible browser", hint="use --headless, or start under a desktop")
    installed = browser.find_browser(wish.browser)
    if wish.profile:
        profile.check(wish.profile)
        if not wish.browser_open:
            profile.refuse_in_use(wish.profile)
    return Prepared(wish=wish, runbook=runbook, catalogue=catalogue, inputs=inputs, browser=installed)


def conduct(prepared: Prepared, around: Around) -> tuple[Summary, BaseException | None]:
    """Carry the run out. Returns what it came to and what stopped it, if something did; the recording is sealed.

    Raises `CannotStart`, with nothing touched, while another run is at work on the same registration, and where an
    earlier one was interrupted and the operator did not say that this one begins all the same.
    """
    wish, applications = prepared.wish, alone.applications_of(prepared.runbook, prepared.inputs)
    if not around.outlives:
        applications = ()  # The registrations of a rehearsal are its own.
    with (
        alone.holding(applications) as tell,
        elsewhere.holding(around.recordings, applications, despite=wish.despite_elsewhere) as held,
    ):
        left = alone.interrupted(applications, around.store, around.recordings)
        if not wish.despite_interrupted:
            alone.refuse_interrupted(left, around.recordings)
        recording = Recording.begin(
            around.recordings,
            prepared.runbook,
            prepared.inputs,
            around.signing_key,
            around.kind,
            applications=list(applications),
            despite_interrupted=list(left),
            **({"despite_elsewhere": held.despite} if held.despite else {}),
            asked={
                "mode": wish.mode,
                "headed": wish.headed,
                "browser": wish.browser,
                "from": wish.first,
                "until": wish.last,
            },
            **({"profile": wish.profile.name} if wish.profile else {}),
        )
        tell(recording.folder.name)
        held.tell(recording.folder.name)
        with keeper.attending(recording.folder.name):
            return _carried_out(prepared, around, recording)


def _carried_out(prepared: Prepared, around: Around, recording: Recording) -> tuple[Summary, BaseException | None]:
    book, wish = prepared.runbook, prepared.wish
    state = RunState(recording.folder.name, book, prepared.inputs)

    def act(engine: Engine, _browsing: Browsing) -> None:
        engine.emit(
            RunStarted(
                state.run,
                book.name,
                book.revision,
                book.title,
                wish.mode,
                recording.facts["operator"],
                dict(recording.facts["versions"]),
                dict(prepared.inputs),
                len(book.steps),
                instructions_of(book),
                plan_of(book),
                recording.is_rehearsal,
            )
        )
        engine.run(wish.first, wish.last)

    return Part(prepared, around, recording, state).carry_out(act)
