from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from keyturn.events import Result
from keyturn.model import Fact, FactKind
from keyturn.run.facts import fails_for_good, holds, worded
from keyturn.run.state import RunState

TODAY = date(2026, 11, 24)


def state(**known: Any) -> RunState:
    made = RunState("run", None, {"id": "AAAA", "empty": ""})  # type: ignore[arg-type]  # facts look at no runbook
    made.outputs |= {"steps.read.id": "aaaa", "steps.read.other": "bbbb", "steps.read.none": ""}
    made.results |= known.get("results", {})
    made.held |= known.get("held", {})
    return made


def fact(kind: str, *of: str, negated: bool = False) -> Fact:
    return Fact(kind=FactKind(kind), of=of, negated=negated, say="say")


def decide(*args: Any, negated: bool = False, **known: Any) -> bool:
    return holds(fact(*args, negated=negated), state(**known), lambda: TODAY)


@pytest.mark.parametrize(("day", "expired"), [("2026-11-23", True), ("2026-11-24", False), ("2026-11-25", False)])
def test_a_secret_has_expired_only_when_its_day_lies_before_today(day: str, expired: bool) -> None:
    assert decide("expired", day) is expired


@pytest.mark.parametrize("day", ["", "11/23/2026", "soon"])
def test_a_date_that_cannot_be_read_never_counts_as_expired(day: str) -> None:
    assert not decide("expired", day)
    assert not decide("expired", day, negated=True)


def test_what_no_step_has_told_yet_holds_in_no_way() -> None:
    assert not decide("same", "{{ steps.later.id }}", "x")
    assert not decide("same", "{{ steps.later.id }}", "x", negated=True)


def test_equal_texts_are_the_same_whatever_their_case() -> None:
    assert decide("same", "{{ inputs.id }}", "{{ steps.read.id }}")
    assert not decide("same", "{{ inputs.id }}", "{{ steps.read.other }}")


def test_nothing_wanted_agrees_with_anything_found() -> None:
    assert decide("agrees", "{{ inputs.empty }}", "{{ steps.read.id }}")
    assert decide("agrees", "{{ inputs.id }}", "{{ steps.read.id }}")
    assert not decide("agrees", "{{ inputs.id }}", "{{ steps.read.other }}")


def test_an_empty_identity_differs_from_nothing() -> None:
    assert decide("differ", "{{ steps.read.id }}", "{{ steps.read.other }}")
    assert not decide("differ", "{{ steps.read.id }}", "{{ inputs.id }}")
    assert not decide("differ", "{{ steps.read.id }}", "{{ steps.read.none }}")


def test_given_means_not_empty() -> None:
    assert decide("given", "{{ inputs.id }}")
    assert not decide("given", "{{ inputs.empty }}")


@pytest.mark.parametrize("result", list(Result))
def test_a_step_counts_as_done_only_with_what_it_is_for(result: Result) -> None:
    good = result in {Result.DONE, Result.ALREADY, Result.BY_OPERATOR}
    assert decide("done", "test-connection", results={"test-connection": result}) is good
    assert not decide("done", "another", results={"test-connection": result})


def test_whether_a_step_was_done_that_may_have_been_is_not_known() -> None:
    known = state(results={"save": Result.SKIPPED})
    known.doubtful.add("save")
    assert not holds(fact("done", "save"), known)
    assert not holds(fact("done", "save", negated=True), known)
    known.results["save"] = Result.DONE
    assert holds(fact("done", "save"), known)


def test_a_secret_counts_as_stored_only_when_this_run_holds_it() -> None:
    assert decide("stored", "client_secret", held={"client_secret": object()})
    assert not decide("stored", "client_secret")


def lost(*args: Any, negated: bool = False, **known: Any) -> bool:
    return fails_for_good(fact(*args, negated=negated), state(**known))


def test_what_does_not_hold_yet_may_come_to_hold() -> None:
    assert lost("same", "{{ steps.read.id }}", "b")
    assert not lost("same", "{{ steps.read.id }}", "aaaa")  # It holds.
    assert not lost("same", "{{ steps.later.id }}", "b")  # What it is decided from is not known.
    assert not lost("stored", "client_secret")
    assert lost("stored", "client_secret", negated=True, held={"client_secret": object()})


def test_whether_a_step_was_done_is_certain_only_when_it_has_an_end() -> None:
    assert not lost("done", "save")
    assert lost("done", "save", results={"save": Result.SKIPPED})
    assert lost("done", "save", negated=True, results={"save": Result.DONE})
    known = state(results={"save": Result.SKIPPED})
    known.doubtful.add("save")
    assert not fails_for_good(fact("done", "save"), known)
    assert not fails_for_good(fact("done", "save", negated=True), known)


def test_facts_are_worded_with_what_they_were_decided_from() -> None:
    assert worded(fact("differ", "{{ steps.read.other }}", "x"), state()) == "differ: bbbb, x"
    assert worded(fact("expired", "{{ steps.later.x }}"), state()) == "expired: {{ steps.later.x }}"
    assert worded(fact("same", "a", "{{ steps.read.none }}", negated=True), state()) == "not same: a, nothing"
