"""A run without a browser, for a terminal: what is told and asked stands in a script, the console around it is real.

Usage: `python scripted.py SCRIPT`, one word a thing: `gate`, `delete`, `sign-in`, `taken-over`, `failure`, `resumed`,
`work`, `break`. It prints the answers when it is over.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rich.console import Console

from keyturn import events
from keyturn.console import watching
from keyturn.gates import About, Choice, Mode, Nobody
from keyturn.interruption import Interruption, listening
from tests.keyturn.console.scenery import BOOK, PLACES, asked, failed, started

SIGNED_IN = 0.5  # seconds after which the page of a scripted sign-in has answered
QUESTIONS = {
    "gate": asked(13),
    "delete": asked(14),
    "sign-in": asked(2, offers=(Choice.CHANGE_MODE, Choice.STOP)),
    "taken-over": asked(7, About.TAKEN_OVER, (Choice.GIVE_BACK, Choice.STOP)),
    "failure": failed(),
}


def main() -> None:
    """Do what the script says."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    console = Console(stderr=True, highlight=False, emoji=False)
    interruption = Interruption()
    answers = []
    try:
        with (
            listening(interruption),
            watching(console, BOOK, PLACES, Mode.GUIDED, Path("/recordings"), plain="--plain" in sys.argv) as watch,
        ):
            interruption.tell = watch.tell
            watch.listener(events.RunStarted("run", "b", 2, BOOK.title, "guided", "m@h", {}, {}, len(BOOK.steps)))
            person = watch.person or Nobody()
            for word in words:
                if word == "work":
                    watch.listener(started(12))
                    time.sleep(1.0)
                    wish = person.wish()
                    answers.append(f"wish {wish.choice if wish else None}")
                elif word == "break":
                    raise ValueError
                elif word == "resumed":
                    found = ("the browser is still open",)
                    watch.listener(events.Resumed("run", BOOK.title, "auto", "m@h", {}, len(BOOK.steps), {}, found))
                else:
                    question = QUESTIONS[word]
                    number = 1 + [step.id for step in BOOK.steps].index(question.step)
                    watch.listener(started(number))
                    until = time.monotonic() + SIGNED_IN
                    answer = person.ask(question, lambda until=until, word=word: pump(until, word))  # type: ignore[misc]
                    answers.append(f"{answer.choice} {answer.reason or answer.mode or ''}".strip())
    except KeyboardInterrupt:
        answers.append("interrupted")
    print(f"answers: {'; '.join(answers)}")  # noqa: T201  # what the test reads


def pump(until: float, word: str) -> bool:
    """Work as a browser would; a sign-in ends by itself."""
    time.sleep(0.05)
    return word == "sign-in" and time.monotonic() > until


if __name__ == "__main__":
    main()
