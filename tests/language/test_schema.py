"""The schema is made from the tables that read a runbook, and says the same as they do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from keyturn.document import load
from keyturn.schema import runbook_schema, schema_text

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent.parent
RUNBOOKS = TESTS.parent / "runbooks"
SHIPPED = sorted(RUNBOOKS.glob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = runbook_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def plain(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_committed_schema_is_current() -> None:
    assert (RUNBOOKS / "runbook.schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("path", [*SHIPPED, TESTS / "runbooks" / "good" / "practice.yaml"], ids=lambda path: path.stem)
def test_it_accepts_every_good_runbook(path: Path, validator: Draft202012Validator) -> None:
    assert [error.message for error in validator.iter_errors(plain(path))] == []


FORM = [
    "choices-of-a-text",
    "control-unknown-shape",
    "covers-twice",
    "fact-unknown",
    "fact-without-say",
    "fact-with-one-text",
    "format-unknown",
    "gate-unknown",
    "id-in-capitals",
    "id-that-is-a-number-to-yaml",
    "key-missing",
    "key-unknown",
    "portals-empty",
    "probe-as-a-text",
    "revision-in-quotes",
    "revision-no-number",
    "steps-no-list",
    "timeout-without-unit",
    "title-empty",
]


@pytest.mark.parametrize("name", FORM)
def test_it_refuses_what_the_loader_refuses_for_its_form(name: str, validator: Draft202012Validator) -> None:
    assert not validator.is_valid(plain(TESTS / "runbooks" / "bad" / f"{name}.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_runbook_tells_editors_of_it(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=runbook.schema.json"


def described(schema: Any, trail: str = "") -> Iterator[tuple[str, str]]:
    """Yield every key of a record with its description."""
    if isinstance(schema, dict):
        for name, part in schema.get("properties", {}).items():
            yield f"{trail}.{name}", part.get("description", "")
        for name, part in schema.items():
            yield from described(part if name != "if" else None, f"{trail}.{name}")
    elif isinstance(schema, list):
        for part in schema:
            yield from described(part, trail)


def test_every_key_has_a_description() -> None:
    keys = [(name, text) for name, text in described(runbook_schema()) if not name.endswith("properties.say.say")]
    assert len(keys) > 60
    assert [name for name, text in keys if not text] == []


def test_it_says_of_a_sub_flow_that_it_is_one(validator: Draft202012Validator) -> None:
    book = plain(TESTS / "runbooks" / "good" / "practice.yaml")
    book["steps"].insert(0, {"use": "sign-in.yaml", "id": "in", "with": {"a": 1}, "outputs": {"b": "c.d"}})
    assert validator.is_valid(book)
    book["steps"][0]["do"] = "open"
    assert not validator.is_valid(book)


def test_its_text_is_json() -> None:
    assert json.loads(schema_text()) == runbook_schema()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_runbook_that_makes_no_secret_says_that_it_is_no_evidence_for_how_they_are_changed(path: Path) -> None:
    runbook = load(path)
    assert runbook.secrets or (runbook.controls and "ia-5" not in runbook.controls)
