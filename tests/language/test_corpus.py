"""Each bad runbook is told apart by the message beside it, word for word, and the good ones pass."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyturn.check import check_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyturn.catalogue import Catalogue

RUNBOOKS = Path(__file__).parent.parent / "runbooks"
BAD = sorted(path.stem for path in (RUNBOOKS / "bad").glob("*.yaml") if not path.stem.startswith("part-"))
ROOMS = ("keyturn/document", "keyturn/check", "keyturn/interpolate.py")
# What no file of this folder can show: told in test_document, test_flow and test_inputs.
ELSEWHERE = {
    "the document is larger than 1 MiB",
    "the document is not UTF-8 text; save it as UTF-8",
    "it cannot be read:",
    "no such runbook beside this one",
    "missing",
    "; give it with --set",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_runbook_is_told_everything_that_is_wrong_with_it(
    name: str, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(RUNBOOKS / "bad")
    _, faults = check_file(Path(f"{name}.yaml"), lambda _packages: catalogue)
    told = "\n\n".join(str(fault) for fault in faults.sorted()) + "\n"
    assert told == Path(f"{name}.txt").read_text(encoding="utf-8")


def messages(source: str) -> Iterator[str]:
    """Yield the fixed parts of every message that `source` may add as a fault, there or by way of a `message`."""
    calls = {"fault", "add", "Misuse", "_odd_key"}
    for node in ast.walk(ast.parse(source)):
        told: list[ast.expr] = []
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in calls:
            told = node.args
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "message":
            told = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
        for one in told:
            texts = [part.value for part in getattr(one, "values", [one]) if isinstance(part, ast.Constant)]
            yield from (text.strip() for text in texts if isinstance(text, str) and " " in text.strip(" `"))


def test_every_message_has_its_bad_runbook() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in (RUNBOOKS / "bad").glob("*.txt"))
    root = RUNBOOKS.parent.parent
    files = [file for room in ROOMS for file in ([root / room] if room.endswith(".py") else (root / room).glob("*.py"))]
    found = {message for file in files for message in messages(file.read_text(encoding="utf-8"))}
    assert len(found) > 60
    assert sorted(message for message in found - ELSEWHERE if message not in told) == []


def test_what_bad_runbooks_take_in_is_good(catalogue: Catalogue) -> None:
    for path in (RUNBOOKS / "bad").glob("part-*.yaml"):
        runbook, faults = check_file(path, lambda _packages: catalogue)
        assert [fault.path for fault in faults.sorted()] == ["procedure.file"] * 4  # It covers nothing itself.
        assert runbook


def test_a_good_runbook_has_no_fault(catalogue: Catalogue) -> None:
    runbook, faults = check_file(RUNBOOKS / "good" / "practice.yaml", lambda _packages: catalogue)
    assert runbook
    assert faults.sorted() == ()
    assert [step.id for step in runbook.steps] == ["open", "sign-in", "add-key", "paste", "delete-old"]
