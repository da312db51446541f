"""A secret that a person makes by hand: seen as soon as its value can be copied, and copied whatever they want next.

It is keyturn that copies it, always: what the person has copied meanwhile may be anything, the Secret ID beside it too.

Whether they pressed the button, nothing but the portal can tell, and it takes its time. So their word that there is no
secret counts only when the portal has had that time and its list holds none; else the intent stays open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from keyturn.errors import StepFailed, Stopped
from keyturn.events import Acting, SecretLookedFor
from keyturn.gates import Answer, Choice
from keyturn.run.attendance import Passed, TakeOver
from keyturn.run.by_hand import shown, wait
from pages.errors import PageError
from pages.waiting import looks

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.model import Step
    from keyturn.run.engine import Engine

SETTLING: Final = 10.0  # seconds in which a portal that was asked for a secret has made it


def make(engine: Engine, step: Step, page: Any, known: tuple[str, ...]) -> tuple[Any, Answer, KeyboardInterrupt | None]:
    """Let the person make a secret beside those in `known`; return it, its value on the clipboard, and their answer.

    None is made when they give the step back and the list shows that it is none. The interruption is to be obeyed when
    the value is sealed. Raises what the person wants instead, and `StepFailed`, where no secret is seen by then.
    """
    look = shown(engine, step, page, known)
    wanted = None

    def seen() -> bool:
        engine.breathe()
        return look() is not None

    try:
        answer = wait(engine, step, seen)
    except (Stopped, TakeOver, Passed, KeyboardInterrupt) as said:
        answer, wanted = Answer(Choice.SEEN, "the page"), said
    made = _settled(engine, step, look)
    if made is not None:  # It exists: whatever the person wants next, its value is not left behind.
        copied_again(engine, step, page, made)
        if isinstance(wanted, Stopped):
            engine.attendance.stop_next()
        return made, answer, wanted if isinstance(wanted, KeyboardInterrupt) else None
    if wanted:
        raise wanted
    if answer.choice is Choice.GIVE_BACK and set(_listed(page)) <= set(known):
        return None, answer, None
    raise StepFailed(
        "no new secret is on the page whose value can be copied",
        hint="take over and make one, or stop; `keyturn resume` finds out whether there is one already",
    )


def copied_again(engine: Engine, step: Step, page: Any, made: Any) -> None:
    """Copy the value of `made`, which its page still shows. What stops that leaves a secret whose value nobody has."""
    engine.emit(Acting(step.id, step.page, "copy_again", {"secret_id": made.secret_id}))
    engine.state.note_created(step, made.secret_id, made.expires_on)
    engine.clipboard.await_copy()  # Afresh: nothing that was copied before is taken for it.
    try:
        page.copy_again(made.secret_id)
    except PageError as error:
        error.pressed = True
        raise


def _settled(engine: Engine, step: Step, look: Callable[[], Any]) -> Any:
    """Return what `look` shows, None when the portal has had its time and nothing is to be seen.

    That whoever has said something was heard is told at once: to them it is a silence.
    """
    if (made := look()) is None:
        engine.emit(SecretLookedFor(step.id, SETTLING))
        made = next((seen for _ in looks(SETTLING, engine.breathe) if (seen := look()) is not None), None)
    return made


def _listed(page: Any) -> tuple[str, ...]:
    """Return what the list holds. Where that is not to be seen, the button may have been pressed."""
    try:
        found: tuple[str, ...] = page.known_ids()
    except PageError as error:
        error.pressed = True
        raise
    return found
