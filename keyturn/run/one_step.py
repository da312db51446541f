"""How one step goes until it has an end: done, failed and tried again, passed over, or taken over by the person."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVarTuple

from playwright.sync_api import Error as BrowserError

from evidence import EvidenceError
from keyturn.errors import KeyturnError, NobodyThere
from keyturn.events import Failed, Result
from keyturn.gates import About, Choice, Question
from keyturn.run.attendance import Passed, TakeOver
from keyturn.run.beyond import Beyond
from keyturn.run.doubt import note_doubt
from keyturn.run.entrusted import check
from keyturn.run.failure import LAST_WORD, offers, told
from keyturn.run.lost_page import broke_off, looked_for, signed_in_again, went_away
from keyturn.run.stages import Skip, carry_out
from keyturn.run.step_end import Ending, as_found, end
from keyturn.run.taken_over import passed, taken_over
from keyturn.run.way_back import portal
from pages.errors import PageError, SessionEnded
from secrets_store import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.gates import Answer
    from keyturn.model import Step
    from keyturn.run.engine import Engine

Given = TypeVarTuple("Given")
_SIGN_INS = 3  # times that a session may end in one step before something else is wrong


def take_step(engine: Engine, step: Step, number: int) -> None:
    """Take `step` to its end. Raises what stops the run, after telling it whole."""
    began = time.monotonic()
    sign_ins = 0
    lost, loads = False, engine.session.loads[portal(step)]
    try:
        found = _tried(_begun, engine, step, number)
        while not isinstance(found, Ending):
            if found is None:
                found = _tried(_carried_out, engine, step)
            elif isinstance(found, TakeOver):
                found = _tried(_taken_over, engine, step, found.by)
            elif isinstance(found, Beyond):
                found = _tried(_gone_beyond, engine, step, found)
            elif isinstance(found, SessionEnded) and sign_ins < _SIGN_INS:
                sign_ins = _SIGN_INS if found.pressed else sign_ins + 1
                found = _tried(signed_in_again, engine, step, found)
            elif not lost and went_away(engine, step, found, loads):
                lost = True  # Once: what is gone again has another reason.
                found = _tried(looked_for, engine, step)
            else:
                found = _failed(engine, step, found)
    except KeyboardInterrupt as interrupt:
        note_doubt(engine, step, interrupt)
        end(engine, step, Ending(Result.FAILED, "interrupted"), began)
        raise
    except (PageError, StoreError, EvidenceError, KeyturnError) as error:
        end(engine, step, Ending(Result.FAILED, told(step, error)[1]), began)
        raise
    end(engine, step, found, began)


def _tried(
    act: Callable[[Engine, Step, *Given], Ending | None], engine: Engine, step: Step, *given: *Given
) -> Ending | TakeOver | Beyond | Exception | None:
    """Return what `act` returns, or what is to be dealt with: the person's wish, or an error that a step may meet."""
    try:
        return act(engine, step, *given)
    except Skip as skip:
        return Ending(Result.SKIPPED, skip.reason, applies=False)
    except Passed as passed:
        return Ending(Result.SKIPPED, passed.reason)
    except (TakeOver, Beyond, PageError, StoreError, EvidenceError, KeyturnError) as met:
        return met
    except BrowserError:
        pass  # Its text may hold page content.
    return broke_off(engine, step)


def _begun(engine: Engine, step: Step, number: int) -> None:
    engine.begin(step, number)
    if by := engine.state.unfinished.taken_over.pop(step.id, ""):
        raise TakeOver(by)  # An interruption left it in the person's hands.


def _carried_out(engine: Engine, step: Step) -> Ending:
    check(engine, step)
    engine.attendance.wish(step)
    with engine.under_way(step):
        return Ending(*carry_out(engine, step))


def _taken_over(engine: Engine, step: Step, by: str) -> Ending | None:
    """Let the person have the browser; return the step's end if it is seen to be done, None when it is still to do."""
    return as_found(engine, step, taken_over(engine, step, by))


def _gone_beyond(engine: Engine, step: Step, beyond: Beyond) -> Ending | None:
    """Let the step end, with all up to what is seen after it."""
    return as_found(engine, step, passed(engine, step, beyond))


def _failed(engine: Engine, step: Step, error: Exception) -> Ending | TakeOver | None:
    """Tell a failure whole and ask the person, if there is one, what now. Returns the step's end, None to try again.

    Raises `error` when the person stops, when nobody is there, and where no choice is left.
    """
    note_doubt(engine, step, error)
    if isinstance(error, EvidenceError):
        engine.recorder.make_room()  # Where the disk is full, this is told in the room that was kept for it.
    expected, seen, do_next = told(step, error)
    picture = "" if isinstance(error, EvidenceError) else engine.picture(step, "after")
    engine.recorder.disturbed()  # It is of an attempt, and no step's end.
    changed = tuple(engine.state.changed)
    engine.emit(Failed(step.id, step.title, expected, seen, changed, do_next))
    if isinstance(error, LAST_WORD):
        raise error
    question = Question(
        step.id, step.title, step.gate, step.note, About.FAILURE, offers(step, error),
        details=engine.state.told(step), expected=expected, seen=seen, changed=changed, next=do_next, picture=picture,
    )  # fmt: skip
    try:
        answer = engine.attendance.ask(question, engine.no_answer)
    except NobodyThere:
        answer = None
    if answer is None or answer.choice is Choice.STOP or answer.choice not in question.offers:
        raise error
    return _as_chosen(engine, step, answer)


def _as_chosen(engine: Engine, step: Step, answer: Answer) -> Ending | TakeOver | None:
    reason = f"{answer.reason} ({answer.by})"
    if answer.choice is Choice.SKIP:
        return Ending(Result.SKIPPED, reason)
    if answer.choice is Choice.OVERRIDE:
        return Ending(Result.OVERRIDDEN, reason)
    if answer.choice is Choice.TAKE_OVER:
        return TakeOver(answer.by)
    if answer.choice is Choice.BY_HAND:
        engine.attendance.hand_over(step)
    if answer.choice is Choice.AGAIN:
        # Its page may have gone; it is looked for, and found at once if it has not.
        engine.session.unsure.add(portal(step))
    return None
