"""Secrets that stand in a portal while a person has the browser there: what was listed before is looked for afterwards.

Whoever deletes a row by hand may take another one for it, and nobody would know: a secret that is gone is seen by
nothing but a list from before. So that list is journalled before, and compared as soon as it is on screen again, at the
latest when the run is at its end. What is missing then, and no step was to delete, is told and stops the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as BrowserError

from keyturn.errors import GuardRefused, StepFailed
from keyturn.events import SecretsCompared, SecretsEntrusted
from keyturn.interpolate import NotYetKnown
from keyturn.model import Effect
from keyturn.run.way_back import portal
from pages.errors import PageError
from pages.waiting import looks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.model import Step
    from keyturn.run.engine import Engine

_SETTLING = 5.0  # seconds in which a list that was just brought up has come to be whole


class DeletedBeside(GuardRefused):
    """A secret is gone that no step was to delete."""


class NotCompared(StepFailed):
    """Nobody can say whether a secret is gone: the list is not to be seen."""


def entrust(engine: Engine, step: Step, *, everywhere: bool = False) -> None:
    """Journal which secrets stand there before a person has the browser for `step`, or for any portal's steps."""
    unfinished = engine.state.unfinished
    for one in _making(engine):
        if not everywhere and portal(one) != portal(step):
            continue
        now = _ids_now(engine, one)
        stood = set(unfinished.entrusted.listed.get(one.id, ()) if now is None else now)
        if intended := unfinished.intended.get(one.id):  # What came since may be an orphan, and theirs to delete.
            stood &= set(intended.known_ids)
        if stood:
            engine.emit(SecretsEntrusted(step.id, one.id, tuple(sorted(stood))))
            unfinished.entrusted.lend(one.id, stood)


def check(engine: Engine, step: Step) -> None:
    """Compare each list that is on screen before `step` goes on. Raises `DeletedBeside` when more than due is gone."""
    entrusted = engine.state.unfinished.entrusted
    fresh, entrusted.fresh = entrusted.fresh, False
    for one in _making(engine):
        if one.id in entrusted.unchecked and (fresh or portal(one) == portal(step)):
            _compare(engine, step, one, _ids_now(engine, one))


def check_last(engine: Engine, step: Step) -> None:
    """Compare what was not on screen since, now that the run is at its end with `step`: each list is brought up.

    Raises `DeletedBeside`, `NotCompared`, and what a person who is to sign in again may want instead.
    """
    for one in _making(engine):
        if one.id in engine.state.unfinished.entrusted.unchecked:
            now = _ids_now(engine, one)
            _compare(engine, step, one, _brought(engine, one) if now is None else now)
            if one.id in engine.state.unfinished.entrusted.unchecked:
                stood = ", ".join(sorted(engine.state.unfinished.entrusted.listed[one.id]))
                raise NotCompared(
                    "whether a secret was deleted that no step was to delete could not be seen",
                    hint=f"look in the portal whether these stand there still: {stood}; `keyturn resume` looks again",
                )


def _compare(engine: Engine, step: Step, of: Step, now: tuple[str, ...] | None) -> None:
    if now is None:
        return
    entrusted = engine.state.unfinished.entrusted
    missing = sorted(entrusted.listed[of.id] - set(now) - set(_to_be_deleted(engine)))
    entrusted.compared(of.id, now)
    engine.emit(SecretsCompared(step.id, of.id, now, tuple(missing)))
    for secret_id in missing:
        engine.state.note_change(f"portal: the secret {secret_id} is gone, and no step was to delete it")
    if missing:
        raise DeletedBeside(
            f"since a person had the browser this is gone, and no step was to delete it: {', '.join(missing)}",
            hint="a deleted secret cannot be brought back: find out at once what used it; `keyturn resume` goes on",
        )


def _making(engine: Engine) -> Iterator[Step]:
    return (step for step in engine.state.runbook.steps if step.copies)


def _to_be_deleted(engine: Engine) -> Iterator[str]:
    """Yield what the runbook's steps are to delete, done or not: when that may be is for their guards to say."""
    for step in engine.state.runbook.steps:
        if step.effect is Effect.DELETE:
            try:
                yield from map(str, engine.state.fill_all(step.args).values())
            except NotYetKnown:
                continue


def _ids_now(engine: Engine, step: Step) -> tuple[str, ...] | None:
    """Return what is listed at this moment where `step` makes its secret; None where that is not to be seen."""
    if not engine.session.is_open(portal(step)):
        return None
    try:
        args = engine.state.bound(step.args, engine.action(step).parameters)
        page: Any = engine.session.page(step.page)
        found: tuple[str, ...] | None = page.ids_now(**args)
    except (NotYetKnown, PageError, BrowserError):
        return None
    return found


def _brought(engine: Engine, step: Step) -> tuple[str, ...] | None:
    """Bring the list up and return what it holds, None where it does not come."""
    try:
        engine.bring(step.done_when[0].page)
    except (PageError, BrowserError):
        return None
    looked = (_ids_now(engine, step) for _ in looks(_SETTLING, engine.breathe))
    return next((now for now in looked if now is not None), None)
