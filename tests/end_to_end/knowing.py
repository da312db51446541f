"""A person who knows what a colleague did: the one answer at these desks that no approval can give beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyturn.gates import About, Answer, Choice, Nobody

if TYPE_CHECKING:
    from collections.abc import Collection

    from keyturn.gates import Gatekeeper, Pump, Question


class Knowing:
    """Lets a new secret be deleted unless a colleague made it, which `theirs` says; all else is asked `onward`.

    That collection may grow while the desk is in use.
    """

    def __init__(self, theirs: Collection[str], onward: Gatekeeper | None = None) -> None:
        self._theirs = theirs
        self._onward = onward or Nobody()

    def ask(self, question: Question, pump: Pump) -> Answer:
        """Say whether the secret that the question names is nobody's."""
        if question.about is not About.ORPHAN:
            return self._onward.ask(question, pump)
        known = any(secret_id in question.title for secret_id in self._theirs)
        return Answer(Choice.STOP if known else Choice.GO_ON, "a person who knows")

    def wish(self) -> Answer | None:
        """Ask onward."""
        return self._onward.wish()
