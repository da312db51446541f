"""Going on with a run after an interruption: nothing is replayed, the journal and the pages say what is done.

Before anything is touched: the recording verifies, its run is one that can go on, runbook and inputs are as they were
or somebody says yes to the change, and the values that the run sealed can be opened.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keyturn import keeper
from keyturn.events import Resumed
from keyturn.model import Effect
from keyturn.run import alone, elsewhere
from keyturn.run.changed_since import accepted, changes
from keyturn.run.intent import give_up_untold
from keyturn.run.part import Part
from keyturn.run.past import refuse_stale
from keyturn.run.provenance import instructions_of, plan_of
from keyturn.run.recording import Recording
from keyturn.run.resumable import check_known
from keyturn.run.state import Held, RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from keyturn.outcome import Summary
    from keyturn.run.browsing import Browsing
    from keyturn.run.conduct import Around, Prepared
    from keyturn.run.engine import Engine
    from keyturn.run.past import Past
    from secrets_store import Store
    from secrets_store.age import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """How a run goes on: what it did so far, who opens what it sealed, and what the operator says beforehand.

    `accepts`: changes need no further yes. `spared`: secrets in the portal that are somebody else's.
    """

    past: Past
    identities: Sequence[Identity]
    accepts: bool = False
    spared: tuple[str, ...] = ()


def resume(prepared: Prepared, around: Around, again: Again) -> tuple[Summary, BaseException | None]:
    """Go on with the run in its own recording. Returns as `conduct` does; raises before anything is touched."""
    with taken_up(prepared, around, again) as part:

        def act(engine: Engine, browsing: Browsing) -> None:
            come_back(engine, browsing, part, again.past)
            engine.run(prepared.wish.first, prepared.wish.last)

        return part.carry_out(act)


@contextmanager
def taken_up(
    prepared: Prepared,
    around: Around,
    again: Again,
    what: str = "resume",
    check: Callable[[RunState], None] = lambda _: None,
) -> Iterator[Part]:
    """Take the run up in its own recording, as the only one that does; `what` is noted of it.

    Raises before anything is touched: where somebody must say yes to a change and does not, another run is at work, the
    run went on since its past was read, or `check` does not like what the run knows.
    """
    past = again.past
    applications = alone.applications_of(prepared.runbook, prepared.inputs)
    despite = prepared.wish.despite_elsewhere
    with (
        alone.holding(applications) as tell,
        elsewhere.holding(past.folder.parent, applications, despite=despite) as held,
        keeper.attending(past.run),
    ):
        refuse_stale(past)  # It was read before anybody was asked for a passphrase.
        check_known(past, prepared.runbook)
        changed = changes(past, prepared)
        by = accepted(changed, around.gatekeeper, beforehand=again.accepts)
        state = state_of(prepared, around.store, again)
        check(state)
        tell(past.run)
        held.tell(past.run)
        recording = Recording.reopen(
            past.folder,
            prepared.runbook,
            prepared.inputs,
            around.signing_key,
            what=what,
            journal_before=past.head,
            changes=list(changed),
            accepted_by=by,
            **({"despite_elsewhere": held.despite} if held.despite else {}),
        )
        part = Part(prepared, around, recording, state)
        part.summary.steps = [_told(past, prepared, step) for step in past.results]
        yield part


def come_back(engine: Engine, browsing: Browsing, part: Part, past: Past) -> None:
    """Take in what an earlier part left in the browser, and tell how things stand."""
    engine.come_back()
    noted = part.recording.facts["resumed"][-1]
    engine.emit(
        Resumed(
            past.run,
            part.prepared.runbook.title,
            part.prepared.wish.mode,
            noted["operator"],
            dict(part.recording.facts["versions"]),
            len(part.prepared.runbook.steps),
            instructions_of(part.prepared.runbook),
            plan_of(part.prepared.runbook),
            part.recording.is_rehearsal,
            {step: result.value for step, result in past.results.items()},
            _found(past, part.prepared, tuple(engine.session.tabs()), again=browsing.again),
            tuple(noted["changes"]),
            noted["accepted_by"],
            dict(part.prepared.inputs),
        )
    )
    give_up_untold(engine)
    for held in part.state.held.values():
        engine.clipboard.forget(held.secret)


def state_of(prepared: Prepared, store: Store, again: Again) -> RunState:
    """Return what the run knows, rebuilt from its journal, with the values that it sealed opened."""
    past = again.past
    state = RunState(past.run, prepared.runbook, prepared.inputs)
    state.results, state.outputs, state.changed = dict(past.results), dict(past.outputs), list(past.changed)
    state.unfinished, state.spared = past.unfinished, again.spared
    state.secret_before = past.ever_intended
    changing = {step.id for step in prepared.runbook.steps if step.effect is not Effect.READ}
    state.doubtful = past.doubtful & changing
    for sealed in store.entries(run=past.run):
        secret = store.read(sealed, again.identities)
        entry = store.entry(sealed.id)  # One that was adopted knows only now which secret it is.
        expires_on = entry.metadata.expires_on
        ends = expires_on.isoformat() if expires_on else ""
        state.held[entry.metadata.name] = Held(secret, entry, entry.metadata.secret_id or "", ends)
        state.values.append(secret)
    return state


def _found(past: Past, prepared: Prepared, tabs: tuple[str, ...], *, again: bool) -> tuple[str, ...]:
    """Say in words how things stand."""
    total, left = len(prepared.runbook.steps), past.unfinished
    where = f"; it ended in {past.last_step}" if past.last_step and past.last_step not in past.results else ""
    found = [f"{len(past.results)} of {total} steps have an end{where}"]
    if not again:
        found.append("its browser is gone; another one was started")
    else:
        found.append(f"its browser is still open, with {', '.join(tabs) or 'no page of a portal'}")
    steps = prepared.runbook.steps
    begun = [step.id for step in steps if step.id in left.announced and step.effect is not Effect.READ]
    found += [f"whether {step} was done is not known: it was begun and has no end" for step in begun]
    for intended in left.intended.values():
        lost = "nobody has its value" if intended.lost else "whose value the journal does not know to be in the store"
        found.append(f"a secret may stand in the portal, {intended.secret}, {lost}")
    return tuple(found)


def _told(past: Past, prepared: Prepared, step_id: str) -> dict[str, object]:
    """Return a step that an earlier part ended, as the summary lists it."""
    step = next((one for one in prepared.runbook.steps if one.id == step_id), None)
    entry = past.ended[step_id]
    told = {name: entry[name] for name in ("result", "reason", "outputs", "seconds")}
    return {
        "id": step_id, "title": step.title if step else step_id, "covers": list(step.covers) if step else [], **told
    }  # fmt: skip
