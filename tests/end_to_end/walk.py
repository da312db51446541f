"""A rehearsal at a terminal whose person has hands in the browser too: what is theirs to do is done there, for a test.

Usage: `python -m tests.end_to_end.walk FOLDER MODE [STEP=STEP,STEP…]…`; a step before which the browser is taken over
in the terminal is followed by the steps that are then done by hand. The replica's operator signs in.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keyturn import browser
from keyturn.cli.attended import attend
from keyturn.cli.replica import StepTold, inputs_for, open_replicas
from keyturn.console import Person
from keyturn.document import load
from keyturn.gates import About, Answer, Nobody, Question
from keyturn.run.conduct import Around, Prepared, Wish, prepare
from rehearsal import Operator
from secrets_store import Store
from tests.end_to_end.conftest import ROTATION
from tests.end_to_end.hands import Hands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

    from keyturn.gates import Pump


def main(folder: str, mode: str, *taken_over: str) -> int:
    """Rehearse, and return the exit code."""
    book, home = load(ROTATION), Path(folder)
    by_hand = {step: tuple(steps.split(",")) for step, _, steps in (one.partition("=") for one in taken_over)}
    hands = Hands(book)
    asks = Person.ask

    def ask(self: Person, question: Question, pump: Pump) -> Answer:
        todo = [question.step] if question.about is About.BY_HAND else []
        if question.about is About.TAKEN_OVER:
            todo = list(by_hand.get(question.step, ()))

        def working() -> bool:
            while todo:
                hands.do(todo.pop(0))
            return pump()

        return asks(self, question, working)

    @contextmanager
    def opened(prepared: Prepared) -> Iterator[BrowserContext]:
        with browser.open_browser(prepared.browser, headed=prepared.wish.headed) as context:
            hands.context = context
            yield context

    Person.ask = ask  # type: ignore[method-assign]
    key = Ed25519PrivateKey.generate()
    store, _ = Store.throw_away(home / "store", key)
    with open_replicas("expired", []) as replicas, Operator(replicas):
        wish = Wish(runbook=ROTATION, given=inputs_for(book, replicas), headed=True, mode=mode)
        around = Around(
            recordings=home / "recordings",
            store=store,
            signing_key=key,
            gatekeeper=Nobody(),
            listeners=(StepTold(replicas), hands),
            kind="rehearsal",
            open_browser=opened,
            read_pictures=False,
        )
        return attend(prepare(wish), around, argparse.Namespace(plain=False, keep_open=False, json=True))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
