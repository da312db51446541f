"""Pasting a secret that this run holds: its value is on the clipboard for just as long, and delivered if it stayed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from keyturn.clipboard import CLEARED, ClipboardFailed
from keyturn.errors import KeyturnError
from keyturn.events import ClipboardLeft, Pasted
from keyturn.gates import Answer, Choice
from keyturn.run.by_hand import do_by_hand
from pages.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.model import Scalar, Step
    from keyturn.run.engine import Engine
    from pages.page import Page
    from secrets_store import Secret


def paste(
    engine: Engine, step: Step, page: Page, args: dict[str, Scalar], *, by_hand: bool = False
) -> tuple[Any, Answer]:
    """Carry out the pasting action, or let the person paste, with the value on the clipboard for just as long."""
    held = engine.state.held.get(step.pastes)
    if held is None:
        raise KeyturnError(f"this run does not hold {step.pastes}", hint="capture it in a step before this one")
    with engine.clipboard.turn():
        engine.recorder.conceal()
        with _on_the_clipboard(engine, held.secret, by_hand=by_hand):
            engine.announce(step, args)
            if by_hand:
                result, answer = do_by_hand(engine, step, page)
            else:
                result, answer = getattr(page, step.do)(**args), Answer(Choice.SEEN, "the page")
    if answer.choice is Choice.GIVE_BACK:
        return None, answer
    with engine.whole():
        engine.store.note(held.entry.id, "delivered")
    engine.emit(Pasted(step.id, step.pastes))
    return result, answer


@contextmanager
def _on_the_clipboard(engine: Engine, secret: Secret, *, by_hand: bool) -> Iterator[None]:
    """Hold the value there meanwhile.

    Raises `ClipboardFailed` when it did not stay there: nobody knows then what was pasted. Not where it is pasted
    `by_hand`: that person may copy something else once it is done.
    """
    broke: PageError | None = None
    engine.clipboard.put(secret)
    try:
        yield
    except PageError as error:
        broke = error
    finally:
        left = engine.clipboard.clear()
        engine.emit(ClipboardLeft(left))
    if left != CLEARED and not by_hand:
        raise ClipboardFailed(
            "another program changed the clipboard while the value was being pasted: the field may hold anything",
            hint="close that program, then resume: the value is pasted anew",
        )
    if broke:
        raise broke
