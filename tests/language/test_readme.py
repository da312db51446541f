"""The page of grammar says what the grammar is, and its examples load."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from keyturn.check import check_file
from keyturn.document.grammar import RUNBOOK, STEP
from keyturn.document.kind import Reader
from keyturn.document.tree import Entries, compose
from keyturn.fault import Faults
from keyturn.model import Always, Effect, FactKind, Gate, InputType, Pictures
from keyturn.secret_format import make
from rehearsal import Replicas
from rehearsal.ma_portal.people import GROUPS

if TYPE_CHECKING:
    from keyturn.catalogue import Catalogue

RUNBOOKS = Path(__file__).parent.parent.parent / "runbooks"
README = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
ROOT = RUNBOOKS.parent
KEPT = subprocess.run(
    ["git", "ls-files", "*.md", ":!tests"], check=True, capture_output=True, text=True, cwd=ROOT
).stdout.split()
TEXTS = [(ROOT / name).read_text(encoding="utf-8") for name in KEPT]  # every document of the project
EXAMPLES = [example for text in TEXTS for example in re.findall(r"```ya?ml\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_is_read_without_a_fault(number: int) -> None:
    faults = Faults()
    _, root = compose(EXAMPLES[number].encode(), "README.md", faults)
    assert isinstance(root, Entries)
    reader = Reader(faults)
    for key, value in root.entries:
        found: Any = RUNBOOK.keys[key.value].kind.read(value, (key.value,), reader)
        assert found
    assert faults.sorted() == ()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("words", [RUNBOOK.keys, STEP.keys])
def test_every_key_is_told(words: dict[str, object]) -> None:
    told = set(re.findall(r"`([a-z_]+)`", "".join(line for line in README.splitlines() if line.startswith("| `"))))
    assert set(words) <= told


@pytest.mark.parametrize("words", [Always, Effect, FactKind, Gate, InputType, Pictures])
def test_every_word_of_a_closed_list_is_told(words: Any) -> None:
    assert [word.value for word in words if not re.search(rf"\b{word.value}\b", README)] == []


def test_the_inputs_that_a_rehearsal_fills_in_are_told() -> None:
    told = README.partition("A rehearsal fills in the inputs called")[2].partition(";")[0]
    assert set(re.findall(r"`(\w+)`", told)) == set(replicas_inputs())


def test_what_the_replicas_hold_is_told() -> None:
    told = README.partition("so that you can see in a browser what they hold: ")[2].partition(". `pytest")[0]
    assert set(re.findall("“([^”]+)”", told)) == {group.name for group in GROUPS}
    with Replicas(make_secret=make) as replicas:
        assert len(replicas.world.registrations) == 10
    assert told.startswith("ten registrations")


def replicas_inputs() -> dict[str, str]:
    with Replicas(make_secret=make) as replicas:
        return replicas.inputs


def test_every_runbook_here_is_told() -> None:
    assert [path.stem for path in RUNBOOKS.glob("*.yaml") if f"`{path.stem}`" not in README] == []


def test_a_runbook_put_together_from_the_page_passes_check(folder: Path, catalogue: Catalogue) -> None:
    """A new author takes the page's shapes and fills in the words of another portal."""
    sha = re.search(r"sha256: (\w+)", (folder / "practice.yaml").read_text(encoding="utf-8"))
    assert sha
    (folder / "mine.yaml").write_text(
        f"""\
runbook: mine
format: 1
revision: 1
title: Mine
procedure:
  file: practice.procedure.md
  sha256: {sha[1]}
  source: {{name: Theirs, sha256: {sha[1]}}}
inputs:
  url: {{type: url, default: https://portal.example}}
  old: {{type: text, default: ""}}
portals:
  p: {{pages: practice, url: "{{{{ inputs.url }}}}"}}
steps:
  - id: delete-old
    title: Delete the old key
    covers: [1, 2, 3, 4]
    page: p.keys
    do: delete_key
    with: {{secret_id: "{{{{ inputs.old }}}}"}}
    effect: delete
    gate: confirm
    guard:
      - given: "{{{{ inputs.old }}}}"
        say: there is no old key
    done_when:
      - has_no_key: {{secret_id: "{{{{ inputs.old }}}}"}}
    expect:
      - has_no_key: {{secret_id: "{{{{ inputs.old }}}}"}}
""",
        encoding="utf-8",
    )
    _, faults = check_file(folder / "mine.yaml", lambda _packages: catalogue)
    assert faults.sorted() == ()
