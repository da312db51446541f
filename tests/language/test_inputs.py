from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.check import resolve_inputs
from keyturn.cli.replica import inputs_for
from keyturn.document import load
from keyturn.errors import Exit
from keyturn.fault import Faulty

if TYPE_CHECKING:
    from pathlib import Path

GUID = "0A1B2C3D-0000-4000-8000-0123456789AB"


def test_inputs_are_resolved_with_defaults_and_in_canonical_form(folder: Path) -> None:
    given = {"application_id": GUID, "portal_url": "https://other.example/", "ends": "2026-01-31"}
    assert resolve_inputs(load(folder / "practice.yaml"), given) == {
        "portal_url": "https://other.example",
        "application_id": GUID.lower(),
        "ends": "2026-01-31",
        "kind": "short",
        "days": "30",
        "note": "no",
    }


def test_all_that_is_wrong_with_the_inputs_is_told_at_once(folder: Path) -> None:
    given = {"aplication_id": GUID, "kind": "shirt", "ends": "31.1.2026", "portal_url": "portal"}
    with pytest.raises(Faulty) as caught:
        resolve_inputs(load(folder / "practice.yaml"), given)
    assert caught.value.exit is Exit.INVALID
    text = str(caught.value)
    for part in (
        "input aplication_id: no such input",
        "did you mean: application_id",
        "input application_id: missing: Which application?, for example 00000000-0000-4000-8000-000000000000; give",
        "give it with --set application_id=…",
        "input kind: not one of the choices",
        "did you mean: short",
        "input ends: not a date",
        "input portal_url: not an address",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("application_id", ""),
        ("application_id", "0A1B2C3D"),
        ("application_id", GUID + "0"),
        ("portal_url", "ftp://portal.example"),
        ("portal_url", "https://"),
        ("portal_url", "https://me@portal.example"),
        ("portal_url", "https://portal.example:port"),
        ("portal_url", "https://portal .example"),
        ("portal_url", ""),
        ("ends", "20260131"),
        ("ends", "2026-02-30"),
        ("note", " "),
        ("note", "two\nlines"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(folder: Path, name: str, value: str) -> None:
    given = {"application_id": GUID, name: value}
    with pytest.raises(Faulty, match=f"input {name}: "):
        resolve_inputs(load(folder / "practice.yaml"), given)


def test_an_input_whose_default_is_empty_may_stay_empty(folder: Path) -> None:
    assert resolve_inputs(load(folder / "practice.yaml"), {"application_id": GUID, "ends": ""})["ends"] == ""


def test_a_secret_given_as_an_input_is_refused_and_not_shown(folder: Path) -> None:
    secret = "Abc8Q~deFGhijKLmnopQRstuvWXyzABCDefGHijk"
    with pytest.raises(Faulty) as caught:
        resolve_inputs(load(folder / "practice.yaml"), {"application_id": secret, "note": secret, secret: "x"})
    assert "8Q~" not in str(caught.value)
    assert "8Q~" not in str([fault.as_json() for fault in caught.value.faults])
    assert "an input is written into the recording" in str(caught.value)


def test_a_rehearsal_takes_the_example_where_no_replica_knows_better(folder: Path) -> None:
    book = load(folder / "practice.yaml")
    portals: Any = SimpleNamespace(inputs={"portal_url": "http://127.0.0.1:1", "of_another_runbook": "x"})
    example = {"application_id": "00000000-0000-4000-8000-000000000000"}
    assert inputs_for(book, portals) == example | {"portal_url": "http://127.0.0.1:1"}
    portals.inputs["application_id"] = GUID
    assert inputs_for(book, portals)["application_id"] == GUID


def test_an_example_never_stands_for_what_has_a_usual_value(folder: Path) -> None:
    path = folder / "practice.yaml"
    path.write_text(path.read_text("utf-8").replace("default: no\n", "default: no\n    example: mine\n"), "utf-8")
    assert "note" not in inputs_for(load(path), SimpleNamespace(inputs={}))  # type: ignore[arg-type]


def test_an_open_input_is_left_out(folder: Path) -> None:
    found = resolve_inputs(load(folder / "practice.yaml"), {}, open_ended=["application_id"])
    assert "application_id" not in found
