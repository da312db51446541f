"""The closed list of facts that `guard` and `when` may ask for, each decided from what the run knows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from keyturn.interpolate import NotYetKnown, references
from keyturn.model import FactKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.model import Fact
    from keyturn.run.state import RunState


def holds(fact: Fact, state: RunState, today: Callable[[], date] = date.today) -> bool:
    """Return whether `fact` holds now. A fact about something not known does not hold, negated or not."""
    try:
        texts = [str(state.fill(text)) for text in fact.of]
        return _DECIDE[fact.kind](texts, state, today) is not fact.negated
    except (NotYetKnown, ValueError):
        return False


def fails_for_good(fact: Fact, state: RunState) -> bool:
    """Return whether `fact` does not hold and nothing that the run has still to do can change that."""
    if holds(fact, state):
        return False
    if fact.kind is FactKind.STORED:
        return fact.negated
    if fact.kind is FactKind.DONE:
        return fact.of[0] in state.results and fact.of[0] not in state.doubtful
    named = [reference for text in fact.of for reference in references(text)]
    return all(reference.root != "steps" or reference.name in state.outputs for reference in named)


def worded(fact: Fact, state: RunState) -> str:
    """Return the fact for the journal, with what it was decided from; what is not known stands as in the runbook."""
    text = f"{fact.kind.value}: {', '.join(_told(one, state) for one in fact.of)}"
    return f"not {text}" if fact.negated else text


def _told(text: str, state: RunState) -> str:
    try:
        return str(state.fill(text)) or "nothing"
    except NotYetKnown:
        return text


def _stored(texts: list[str], state: RunState, _today: Callable[[], date]) -> bool:
    return texts[0] in state.held


def _done(texts: list[str], state: RunState, _today: Callable[[], date]) -> bool:
    if texts[0] in state.doubtful and not state.is_done(texts[0]):
        raise NotYetKnown(texts[0])
    return state.is_done(texts[0])


def _expired(texts: list[str], _state: RunState, today: Callable[[], date]) -> bool:
    return date.fromisoformat(texts[0]) < today()


def _same(texts: list[str], _state: RunState, _today: Callable[[], date]) -> bool:
    return texts[0].casefold() == texts[1].casefold()


def _agrees(texts: list[str], state: RunState, today: Callable[[], date]) -> bool:
    return not texts[0] or _same(texts, state, today)


def _given(texts: list[str], _state: RunState, _today: Callable[[], date]) -> bool:
    return bool(texts[0])


def _differ(texts: list[str], state: RunState, today: Callable[[], date]) -> bool:
    # An empty text is no identity: "nothing" differs from everything, and a guard must not pass on that.
    return all(texts) and not _same(texts, state, today)


_DECIDE = {
    FactKind.STORED: _stored,
    FactKind.DONE: _done,
    FactKind.EXPIRED: _expired,
    FactKind.SAME: _same,
    FactKind.DIFFER: _differ,
    FactKind.AGREES: _agrees,
    FactKind.GIVEN: _given,
}
