"""How one step goes until it has an end: done, failed and tried again, passed over, or taken over by the person."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple, TypeVarTuple

from playwright.sync_api import Error as BrowserError

from evidence import EvidenceError
from keyturn.errors import KeyturnError, NobodyThere, StepFailed
from keyturn.events import Changed, Failed, PageLost, Result, SessionLost, StepEnded
from keyturn.gates import About, Choice, Mode, Question
from keyturn.model import Effect
from keyturn.run.attendance import Passed, TakeOver
from keyturn.run.became import note_what_became
from keyturn.run.beyond import Beyond
from keyturn.run.doubt import note_doubt
from keyturn.run.entrusted import check
from keyturn.run.failure import LAST_WORD, offers, told
from keyturn.run.stages import ExpectationMissed, Skip, carry_out, is_already
from keyturn.run.taken_over import passed, taken_over
from keyturn.run.way_back import portal
from pages.errors import NoEffect, PageError, ScreenNotReached, SessionEnded
from secrets_store import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyturn.gates import Answer
    from keyturn.model import Step
    from keyturn.run.engine import Engine
    from keyturn.run.taken_over import Found

Given = TypeVarTuple("Given")
_SIGN_INS = 3  # times that a session may end in one step before something else is wrong
_OURS = {Result.DONE, Result.ALREADY}  # ends that the last picture shows, with nobody else at the browser
_ANSWERS = 2000  # ms in which a tab that is there says so, also while a page takes another's place in it


class Ending(NamedTuple):
    """How a step ended."""

    result: Result
    reason: str = ""
    outputs: Mapping[str, str] = {}
    applies: bool = True  # false where the runbook's own `when` skips it


class BrowserGone(StepFailed):
    """The browser, or the tab, went away in the middle of a step."""

    expected = "the browser to answer"
    seen = "a browser or tab that is gone"

    def __init__(self) -> None:
        super().__init__("the browser no longer answers", hint="`keyturn resume` goes on from here")


class PageLeft(StepFailed):
    """The page was left, or loaded anew, while it was being asked something; the browser is alive and well."""

    expected = "the page to stay"
    seen = "a page that was left or loaded anew meanwhile"

    def __init__(self) -> None:
        super().__init__(
            "the page was left or loaded anew while it was being asked",
            hint="let the page come to rest and try again; `keyturn resume` goes on from here",
        )


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
                found = _tried(_signed_in_again, engine, step, found)
            elif not lost and _went_away(engine, step, found, loads):
                lost = True  # Once: what is gone again has another reason.
                found = _tried(_looked_for, engine, step)
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


def end(engine: Engine, step: Step, ending: Ending, began: float) -> None:
    """Keep how `step` ended and tell it, with what has changed since it was told last."""
    engine.state.results[step.id] = ending.result
    if ending.result in {Result.DONE, Result.BY_OPERATOR} and step.effect in {Effect.CHANGE, Effect.DELETE}:
        who = "done by the operator" if ending.result is Result.BY_OPERATOR else "done"
        engine.state.changed.append(f"portal: {step.title} – {who}")
    engine.recorder.uncover()
    if engine.attendance.mode is Mode.MANUAL or ending.result not in _OURS:
        engine.recorder.disturbed()
    if engine.state.is_done(step.id):
        engine.state.doubtful.discard(step.id)
        engine.state.unfinished.end(step.id)
        note_what_became(engine, step)
    for what in engine.state.changed[engine.told :]:  # Only now: nothing comes between a button and its proof.
        engine.emit(Changed(what))
    engine.told = len(engine.state.changed)
    seconds = round(time.monotonic() - began, 3)
    outputs = dict(ending.outputs)
    engine.emit(StepEnded(step.id, ending.result.value, ending.reason, outputs, seconds, ending.applies))


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
    return _broke_off(engine, step)


def _broke_off(engine: Engine, step: Step) -> StepFailed:
    """Return what it was that broke off under a question: the page alone, or the browser or tab as well."""
    try:
        if tab := engine.session.tabs().get(portal(step)):
            tab.locator("html").wait_for(state="attached", timeout=_ANSWERS)
            return PageLeft()
    except BrowserError:
        pass  # As above.
    return BrowserGone()


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
    return _as_found(engine, step, taken_over(engine, step, by))


def _gone_beyond(engine: Engine, step: Step, beyond: Beyond) -> Ending | None:
    """Let the step end, with all up to what is seen after it."""
    return _as_found(engine, step, passed(engine, step, beyond))


def _as_found(engine: Engine, step: Step, all_found: list[Found]) -> Ending | None:
    """End each step as it was found; return that of `step` itself, for it to end with, None without one."""
    own = None
    steps = engine.state.runbook.steps
    for found in all_found:
        ending = Ending(found.result, found.reason, found.outputs)
        if found.step is step:
            own = ending
            continue
        began = time.monotonic()
        engine.begin(found.step, steps.index(found.step) + 1)
        engine.picture(found.step, "after")
        end(engine, found.step, ending, began)
    return own


def _signed_in_again(engine: Engine, step: Step, lost: SessionEnded) -> Ending | None:
    """Bring the sign-in back by the way to the step's page. What was pressed already is looked for, never repeated."""
    engine.emit(SessionLost(step.id, lost.seen))
    engine.session.unsure.add(portal(step))
    if not lost.pressed:
        note_doubt(engine, step, lost)
        return None
    if step.id in engine.state.unfinished.sealed:  # Its value is safe, so that the step ends with that.
        return None
    if not step.copies:
        with engine.under_way(step):
            engine.reach(step)
            if is_already(engine, step):
                return Ending(Result.DONE, "seen to be done after signing in again")
    raise lost


def _went_away(engine: Engine, step: Step, error: Exception, loads: int) -> bool:
    """Return whether the portal was loaded anew, by nobody's press, under a step that only reads.

    That is so when a session ends and the person is quick to sign in again, or the browser is still known to the
    sign-in service: no sign-in page is left to be seen. `loads`: how many documents there were when the step began.
    """
    gone = isinstance(error, (ScreenNotReached, NoEffect, ExpectationMissed, PageLeft))
    return gone and step.effect is Effect.READ and engine.session.loads[portal(step)] != loads


def _looked_for(engine: Engine, step: Step) -> None:
    """Bring the way to the step's page back."""
    engine.emit(PageLost(step.id, engine.session.page(step.page).seen()))
    engine.session.unsure.add(portal(step))


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
