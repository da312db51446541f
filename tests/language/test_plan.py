from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from keyturn.document import load
from keyturn.model import Fact, FactKind
from keyturn.plan import holds, plan_json, plan_text, planned
from keyturn.run import facts
from keyturn.run.state import RunState

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.model import Runbook

INPUTS = {"portal_url": "https://x.example", "ends": "", "kind": "long", "days": "60", "note": "mine"}


@pytest.fixture
def book(folder: Path) -> Runbook:
    return load(folder / "practice.yaml")


def test_what_is_known_is_filled_in_and_the_rest_stays_a_name(book: Runbook) -> None:
    add = planned(book, INPUTS)[2]
    assert add.args == {"description": "mine {{ run.id }}", "days": "60", "kind": "long"}
    assert planned(book, INPUTS)[4].args == {"secret_id": "{{ inputs.application_id }}"}


def test_facts_and_probes_are_filled_in_as_arguments_are(book: Runbook) -> None:
    delete = planned(book, INPUTS | {"application_id": "an-id"})[4].step
    assert ("an-id", "{{ steps.add-key.secret_id }}") in [fact.of for fact in delete.guard]
    assert [probe.args for probe in (*delete.done_when, *delete.expect)] == [{"secret_id": "an-id"}] * 2


def test_a_step_that_the_inputs_rule_out_is_told_with_its_reason(book: Runbook) -> None:
    assert planned(book, INPUTS)[2].skipped == ""
    assert planned(book, INPUTS | {"note": ""})[2].skipped == "no key is wanted"
    assert planned(book, INPUTS | {"kind": "None"})[2].skipped == "no kind is wanted"


def test_points_of_no_return_are_what_changes_something_and_has_no_way_back(book: Runbook) -> None:
    assert [item.step.id for item in planned(book, INPUTS) if item.no_return] == ["delete-old"]


def test_the_text_tells_effects_gates_guards_and_the_point_of_no_return(book: Runbook) -> None:
    text = plan_text(book, INPUTS, ["application_id"])
    for part in (
        "application_id is still to be given, for example 00000000-0000-4000-8000-000000000000\n",
        "  3. add-key: Add a key [P02]",
        "create, gate confirm, practice.keys add_and_copy(",
        "captures the secret key into the store",
        "only when not same long, none (else skipped: no kind is wanted)",
        "guard: stored key (else stopped: the value is not in the store)",
        "undo: delete it, by practice.keys delete_key(secret_id: {{ steps.add-key.secret_id }}, quietly: true)\n",
        "     undo guard: not done paste (else not taken back: it is in use)\n",
        "  evidence for the controls ia-5, au-3\n",
        "undo: it cannot be brought back\n     POINT OF NO RETURN",
        "however it ends: clear clipboard, tell what is open",
    ):
        assert part in text


def test_a_guard_that_the_inputs_alone_decide_is_told_so(folder: Path) -> None:
    path = folder / "practice.yaml"
    asked = 'differ: ["{{ inputs.application_id }}", "{{ steps.add-key.secret_id }}"]'
    path.write_text(
        path.read_text("utf-8").replace(asked, 'differ: ["{{ inputs.kind }}", "{{ inputs.note }}"]'), "utf-8"
    )
    book = load(path)
    assert "guard: differ long, mine, which holds (else stopped: it is the new one)" in plan_text(book, INPUTS, [])
    told = plan_text(book, INPUTS | {"note": "long"}, [])
    assert "guard: differ long, long, which does not hold (else stopped: it is the new one)" in told


def test_the_plan_as_json_holds_every_step(book: Runbook) -> None:
    found = plan_json(book, INPUTS, ["application_id"])
    assert [step["id"] for step in found["steps"]] == [step.id for step in book.steps]
    assert found["steps"][4]["point_of_no_return"]
    assert found["unknown"] == ["application_id"]
    assert found["controls"] == ["ia-5", "au-3"]
    assert found["steps"][2]["undo"]["guard"] == ["not done paste", "given {{ steps.add-key.secret_id }}"]
    assert found["steps"][4]["undo"]["do"] == ""


@pytest.mark.parametrize("kind", [FactKind.SAME, FactKind.DIFFER, FactKind.AGREES, FactKind.GIVEN])
@pytest.mark.parametrize("negated", [True, False])
def test_a_fact_is_decided_as_the_engine_decides_it(book: Runbook, kind: FactKind, *, negated: bool) -> None:
    texts = ("", "a", "A", "b")
    pairs: list[tuple[Any, ...]] = [(text,) for text in texts] if kind is FactKind.GIVEN else []
    pairs = pairs or [(one, two) for one in texts for two in texts]
    state = RunState("run", book, {})
    for of in pairs:
        fact = Fact(kind=kind, of=of, negated=negated, say="")
        assert holds(fact, {}) is facts.holds(fact, state)


def test_what_only_the_run_can_tell_is_left_open() -> None:
    assert holds(Fact(kind=FactKind.STORED, of=("key",), negated=False, say=""), {}) is None
    assert holds(Fact(kind=FactKind.GIVEN, of=("{{ steps.a.b }}",), negated=False, say=""), {}) is None
