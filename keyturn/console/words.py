"""Words and colours that every view of a run shares. Colour never carries meaning alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.events import Result
from keyturn.gates import About, Choice, Mode
from keyturn.model import Effect, Gate

if TYPE_CHECKING:
    from keyturn.gates import Question
    from keyturn.model import Step

MARKS = {
    Result.DONE: ("✓", "green"),
    Result.ALREADY: ("=", "green"),
    Result.SKIPPED: ("–", "dim"),
    Result.BY_OPERATOR: ("✓", "cyan"),
    Result.OVERRIDDEN: ("!", "yellow"),
    Result.FAILED: ("✗", "bold red"),
}
EFFECTS = {"read": "", "create": "creates", "change": "changes", "delete": "deletes"}
SEARCHING = {
    True: "Searching everything that was recorded for a secret, pictures too. This takes a minute or two.",
    False: "Searching everything that was recorded for a secret.",
}
MODES = {
    Mode.GUIDED: "every change waits for your yes",
    Mode.AUTO: "it stops at gates only",
    Mode.MANUAL: "you do it, keyturn looks and records",
}
SAID_BY = {
    Choice.GO_ON: "yes",
    Choice.AGAIN: "try again",
    Choice.BY_HAND: "I do it by hand",
    Choice.TAKE_OVER: "take over the browser",
    Choice.GIVE_BACK: "give back to keyturn",
    Choice.CHANGE_MODE: "change the mode",
    Choice.SKIP: "skip it, with a reason",
    Choice.OVERRIDE: "it is as it should be, with a reason",
    Choice.STOP: "stop the run",
}
_YES = {
    About.GATE: "yes, go on",
    About.CHANGE: "yes, do it",
    About.BY_HAND: "it is done",
    About.ORPHAN: "yes, nobody made it by hand: delete it",
    About.BEYOND: "yes, it is from before: do this now",
    About.RUN: "yes",
}
_ASKS = {
    About.GATE: "Go on?",
    About.CHANGE: "Do it now?",
    About.TAKEN_OVER: "The browser is yours until you give it back.",
    About.FAILURE: "This did not go as it should. What now?",
    About.ORPHAN: "Is it nobody's, and to be deleted?",
    About.BEYOND: "Is that from before, or was it done by hand, and this too?",
    About.RUN: "Go on?",
}


def said_by(choice: Choice, about: About) -> str:
    """Return what choosing `choice` says, in a question about that."""
    return _YES.get(about, "yes") if choice is Choice.GO_ON else SAID_BY[choice]


def asks(question: Question) -> str:
    """Return the sentence that asks, or tells what is waited for."""
    if question.gate is Gate.SIGN_IN and question.about is About.GATE:
        return "Sign in, in the browser. keyturn neither types nor sees a password, and goes on by itself."
    if question.about is About.BY_HAND:
        until = f"keyturn waits for {question.expected}, and then goes on by itself." if question.expected else ""
        return f"Do this in the browser. {until or 'Say so when it is done: nothing on the page can tell.'}"
    if question.about is About.SECOND_PERSON:
        return "Somebody else is to sign this. keyturn waits for their signature, and then goes on by itself."
    if question.gate is Gate.MANUAL and question.about is About.GATE:
        return "This step is yours to do. Begin?"
    return _ASKS[question.about]


def effect(step: Step) -> str:
    """Say what `step` does to what the portal holds."""
    return {
        Effect.READ: "This changes nothing that the portal holds.",
        Effect.CREATE: "This creates something in the portal.",
        Effect.CHANGE: "This changes what the portal holds.",
        Effect.DELETE: "This deletes something in the portal.",
    }[step.effect]


def undo(step: Step) -> tuple[str, str]:
    """Return whether `step` can be taken back, and the runbook's words for it; nothing for a step that only reads."""
    if step.undo is None:
        return ("", "") if step.effect is Effect.READ else ("no undo", "the runbook knows no way to take it back")
    if not step.undo.do:
        return "no undo", step.undo.say
    unless = "".join(f"; but not when {fact.say}" for fact in step.undo.guard)
    return "undo", f"{step.undo.say}{unless}"


def clean(text: str) -> str:
    """Return `text` without what a terminal would obey: a portal's words are shown, never carried out."""
    return "".join(char if char.isprintable() else " " for char in text)


def instructions(covers: tuple[int, ...] | list[int]) -> str:
    """Return the numbers of the procedure as it writes them: `P09–P11`, `P02 P05`."""
    numbers = sorted(covers)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(f"P{run[0]:02}" if len(run) == 1 else f"P{run[0]:02}–P{run[-1]:02}" for run in runs)


def duration(seconds: float) -> str:
    """Return a time for people: `0.4 s`, `12 s`, `2 min 05 s`."""
    if seconds < 10:  # noqa: PLR2004  # below ten seconds the tenth is worth reading
        return f"{seconds:.1f} s"
    if seconds < 60:  # noqa: PLR2004  # a minute
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02} s"
