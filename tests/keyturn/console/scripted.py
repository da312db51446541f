"""A run without a browser, for a terminal: what is told and asked stands in a script, the console around it is real.

Usage: `python scripted.py SCRIPT`, one word a thing: `gate`, `delete`, `sign-in`, `taken-over`, `failure`, `resumed`,
`work`, `break`. It prints the answers when it is over.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from keyturn import events
from keyturn.console import watching
from keyturn.gates import About, Choice, Mode, Nobody
from keyturn.interruption import Interruption, listening
from tests.keyturn.console.scenery import BOOK, PLACES, asked, failed, started

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNED_IN = signal.SIGUSR1  # tells that the page of a scripted sign-in has answered
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
    signed_in: list[int] = []
    signal.signal(SIGNED_IN, lambda number, _: signed_in.append(number))
    try:
        with (
            listening(interruption),
            watching(console, BOOK, PLACES, Mode.GUIDED, Path("/recordings"), plain="--plain" in sys.argv) as watch,
        ):
            interruption.tell = watch.tell
            watch.listener(
                events.RunStarted(
                    "run", "b", 2, BOOK.title, "guided", "m@h", {}, {}, len(BOOK.steps), (), (), rehearsal=False
                )
            )
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
                    watch.listener(
                        events.Resumed("run", BOOK.title, "auto", "m@h", {}, len(BOOK.steps), (), (), False, {}, found)
                    )
                else:
                    question = QUESTIONS[word]
                    number = 1 + [step.id for step in BOOK.steps].index(question.step)
                    watch.listener(started(number))
                    answer = person.ask(question, lambda word=word: pump(word, signed_in))  # type: ignore[misc]
                    answers.append(f"{answer.choice} {answer.reason or answer.mode or ''}".strip())
    except KeyboardInterrupt:
        answers.append("interrupted")
    print(f"answers: {'; '.join(answers)}")  # noqa: T201  # what the test reads


def pump(word: str, signed_in: Sequence[int]) -> bool:
    """Work as a browser would; a sign-in ends when the page says so."""
    time.sleep(0.05)
    return word == "sign-in" and bool(signed_in)


if __name__ == "__main__":
    main()
