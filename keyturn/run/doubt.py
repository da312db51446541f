"""What a step that was stopped may have changed all the same: told as long as nobody has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.events import NotDone
from keyturn.model import Effect
from pages.errors import PageError

if TYPE_CHECKING:
    from keyturn.model import Step
    from keyturn.run.engine import Engine


def note_doubt(engine: Engine, step: Step, error: BaseException) -> None:
    """Add to what has changed that `step` may have had its effect, if it may, when `error` stopped it.

    A page says whether its button had been pressed. Of anything else that went wrong, such as a disk or a browser that
    was gone, only that the action had been called is known. Told once for each call: what stops the step later, at a
    question or a gate, says nothing of it.
    """
    if step.effect is Effect.READ or engine.acting != step.id:
        return
    engine.acting = ""
    if isinstance(error, PageError) and not error.pressed:
        if engine.first_press:
            engine.state.doubtful.discard(step.id)
            engine.state.unfinished.announced.discard(step.id)
            engine.emit(NotDone(step.id, "its button was not pressed"))
        return
    engine.first_press = False  # What goes wrong from here on says nothing of this press.
    if step.id in engine.state.created:
        return  # Told already, by the secret's ID.
    pressed = getattr(error, "pressed", False)
    how = "the button was pressed" if pressed else "the button may have been pressed"
    engine.state.note_change(f"portal: {step.title} – {how}, the result was not seen")
