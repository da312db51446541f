"""What the tests of the console share: the shipped runbook, a console that keeps its text, the engine's questions."""

from __future__ import annotations

import io

from rich.console import Console

from keyturn import events
from keyturn.document import load
from keyturn.gates import About, Choice, Question
from keyturn.model import Gate
from keyturn.settings import shipped_runbooks

BOOK = load(shipped_runbooks() / "update-entra-client-secret.yaml")
BEFORE = (Choice.GO_ON, Choice.BY_HAND, Choice.TAKE_OVER, Choice.CHANGE_MODE, Choice.SKIP, Choice.STOP)
AFTER_A_FAILURE = (Choice.AGAIN, Choice.BY_HAND, Choice.OVERRIDE, Choice.TAKE_OVER, Choice.SKIP, Choice.STOP)
PLACES = {"add-secret": "Add a client secret", "delete-expired-secret": "Certificates & secrets"}


def console(width: int = 80, height: int = 24) -> Console:
    return Console(file=io.StringIO(), width=width, height=height, force_terminal=False, highlight=False)


def text(of: Console) -> str:
    """Return what was printed, without the spaces that only fill lines."""
    assert isinstance(of.file, io.StringIO)
    return "\n".join(line.rstrip() for line in of.file.getvalue().splitlines())


def started(number: int) -> events.StepStarted:
    step = BOOK.steps[number - 1]
    return events.StepStarted(step.id, number, len(BOOK.steps), step.title, step.covers, step.effect.value, step.note)


def asked(number: int, about: About = About.GATE, offers: tuple[Choice, ...] = BEFORE) -> Question:
    """Return the question before a step, as the engine asks it."""
    step = BOOK.steps[number - 1]
    warning = {
        "create": "This creates something that only its own deletion takes back.",
        "delete": "This cannot be undone.",
    }
    details = (("secret id", "661c667d-0b80-45d5-bba6-eebae3f1166a"),) if step.id == "delete-expired-secret" else ()
    return Question(
        step.id, step.title, step.gate, step.note, about, offers, warning.get(step.effect.value, ""), details
    )


def failed() -> Question:
    """Return the question after a failure."""
    step = BOOK.steps[18]
    return Question(
        step.id, step.title, Gate.CONFIRM, step.note, About.FAILURE, AFTER_A_FAILURE,
        expected="“New Integration” to answer has form", seen="the page “Saved Credentials”",
        changed=("portal: a secret was created, ID 595938ec, expires 2028-11-24", "store: its value was sealed"),
        next="look in the portal whether it happened", picture="pictures/19-reset-integration-after.png",
    )  # fmt: skip
