"""The page lost from under a step: its session ended, it was left or loaded anew, or the browser went away with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Error as BrowserError

from keyturn.errors import StepFailed
from keyturn.events import PageLost, Result, SessionLost
from keyturn.model import Effect
from keyturn.run.doubt import note_doubt
from keyturn.run.stages import ExpectationMissed, is_already
from keyturn.run.step_end import Ending
from keyturn.run.way_back import portal
from pages.errors import NoEffect, ScreenNotReached, SessionEnded

if TYPE_CHECKING:
    from keyturn.model import Step
    from keyturn.run.engine import Engine

_ANSWERS = 2000  # ms in which a tab that is there says so, also while a page takes another's place in it


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


def broke_off(engine: Engine, step: Step) -> StepFailed:
    """Return what it was that broke off under a question: the page alone, or the browser or tab as well."""
    try:
        if tab := engine.session.tabs().get(portal(step)):
            tab.locator("html").wait_for(state="attached", timeout=_ANSWERS)
            return PageLeft()
    except BrowserError:
        pass  # Its text may hold page content.
    return BrowserGone()


def signed_in_again(engine: Engine, step: Step, lost: SessionEnded) -> Ending | None:
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


def went_away(engine: Engine, step: Step, error: Exception, loads: int) -> bool:
    """Return whether the portal was loaded anew, by nobody's press, under a step that only reads.

    That is so when a session ends and the person is quick to sign in again, or the browser is still known to the
    sign-in service: no sign-in page is left to be seen. `loads`: how many documents there were when the step began.
    """
    gone = isinstance(error, (ScreenNotReached, NoEffect, ExpectationMissed, PageLeft))
    return gone and step.effect is Effect.READ and engine.session.loads[portal(step)] != loads


def looked_for(engine: Engine, step: Step) -> None:
    """Bring the way to the step's page back."""
    engine.emit(PageLost(step.id, engine.session.page(step.page).seen()))
    engine.session.unsure.add(portal(step))
