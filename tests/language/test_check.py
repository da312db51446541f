from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyturn.check import check, notices
from keyturn.document import load
from keyturn.document.procedure import read_procedure
from keyturn.fault import Faulty, excerpt, nearest
from keyturn.model import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyturn.catalogue import Catalogue
    from keyturn.fault import Fault
    from keyturn.model import Runbook

    Changed = Callable[..., tuple[Runbook | None, tuple[Fault, ...]]]


def test_a_loaded_runbook_is_checked_with_every_fault_at_once(folder: Path, catalogue: Catalogue) -> None:
    path = folder / "practice.yaml"
    check(load(path), catalogue)
    path.write_text(path.read_text("utf-8").replace("do: paste_value", "do: paste").replace("days: many", ""), "utf-8")
    (folder / "practice.procedure.md").unlink()
    with pytest.raises(Faulty) as caught:
        check(load(path), catalogue)
    assert [fault.path for fault in caught.value.faults] == ["procedure.file", "steps.paste.do"]
    assert "  104 |     do: paste\n" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("effect: create", "effect: read")], "a step that captures a secret has the effect `create`"),
        ([("effect: read\n    gate: sign_in", "effect: change\n    gate: sign_in")], "signing in changes nothing"),
        ([("with: {secret: key}", "with: {secret: kee}")], "no such secret in `secrets`"),
        ([("    with: {secret: key}\n", "")], "paste_value pastes a secret: `with` needs `secret: NAME`"),
        ([("      do: delete_key\n", "      page: practice.kees\n      do: delete_key\n")], "no such page"),
        ([("      do: delete_key\n", "      do: paste_value\n")], "an action that handles a secret takes nothing back"),
        ([("type: url", "type: text")], "an input of type `url` belongs here"),
        ([('expired: "{{ inputs.ends }}"', "expired: 2026-01-31")], "a date belongs here"),
        ([('expired: "{{ inputs.ends }}"', 'expired: "{{ run.id }}"')], "a date belongs here"),
        ([('directory: "{{ steps.sign-in', 'directory: "{{ steps.paste')], "this step does not come before"),
        ([("- stored: key", "- stored: kee")], "no such secret in `secrets`"),
        ([("- done: paste", "- done: paist")], "no such step"),
        ([("not: {done: paste}", "not: {done: paist}")], "no such step"),
        ([("not: {done: paste}", "stored: kee")], "no such secret in `secrets`"),
        ([('given: "{{ steps.add-key.secret_id }}"', 'given: "{{ steps.paste.when }}"')], "paste has no such output"),
        ([('given: "{{ steps.add-key.secret_id }}"', 'given: "{{ inputs.kinde }}"')], "no such input"),
        ([("{{ run.id }}", "//div[@id]"), ("{{ inputs.note }} ", "")], "this looks like a selector"),
        ([("has_account: {account:", "has_account: {user:")], "has_account of practice.sign-in has no such argument"),
        ([("sha256: 9", "sha256: 8")], "practice.procedure.md has changed since"),
    ],
)  # fmt: skip
def test_each_rule_has_its_fault(changed: Changed, changes: list[tuple[str, str]], told: str) -> None:
    _, faults = changed(*changes)
    assert told in "\n".join(fault.message for fault in faults)


@pytest.mark.parametrize(
    "text",
    [
        "css=.a",
        "xpath=//a",
        "//a",
        "#save",
        ".fxs-row",
        ".a > .b",
        "[data-x=1]",
        "div[id=1]",
        "div >> span",
        "role=button",
    ],
)
def test_a_selector_is_refused(changed: Changed, text: str) -> None:
    _, faults = changed(('description: "{{ inputs.note }} {{ run.id }}"', f'description: "{text}"'))
    assert ["this looks like a selector" in fault.message for fault in faults] == [True]


@pytest.mark.parametrize(
    "text", ["Arctic Wolf Secret", "key #2", "https://a.b/c", "a.b.c", "[old] key", "1 / 2", "v1.2 (new)"]
)
def test_an_ordinary_text_is_no_selector(changed: Changed, text: str) -> None:
    _, faults = changed(('description: "{{ inputs.note }} {{ run.id }}"', f'description: "{text}"'))
    assert faults == ()


def test_every_probe_and_way_back_may_name_the_steps_own_outputs_and_only_they(changed: Changed) -> None:
    _, faults = changed(('description: "{{ inputs.note }}', 'description: "{{ steps.add-key.secret_id }}'))
    assert [fault.message for fault in faults] == ["this step does not come before"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"no table", "no table of numbered instructions"),
        (b"\xff", "the procedure is not UTF-8 text"),
        (b"| P01 | a |\n| P02 | b |\n| P03 | c |\n| P04 | d |\n| P04 | e |\n", "instruction 4 stands there 2 times"),
        (b"| P01 | a |\n| P02 | b |\n| P03 | c |\n| P04 | d |\n| P05 | e |\n", "no step carries out instruction 5: e"),
        (b"| P01 | a |\n| P02 | b |\n| P03 | c |\n", "the procedure has no such instruction"),
    ],
)
def test_the_procedure_is_covered_whole(changed: Changed, folder: Path, text: bytes, told: str) -> None:
    (folder / "practice.procedure.md").write_bytes(text)
    _, faults = changed()
    assert told in "\n".join(fault.message for fault in faults)


def test_a_procedure_that_names_no_file_is_told_once_and_nothing_of_what_it_holds(changed: Changed) -> None:
    _, faults = changed(("practice.procedure.md", "''"))
    assert [fault.path for fault in faults] == ["procedure.file"]


def test_the_procedure_may_have_line_ends_of_windows(folder: Path, catalogue: Catalogue) -> None:
    path = folder / "practice.procedure.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    check(load(folder / "practice.yaml"), catalogue)
    rows = read_procedure(path).rows
    assert [(row.number, row.text, row.where) for row in rows][3] == (4, "Delete the old key | both of them", "Keys")


def test_the_guard_of_an_undo_may_name_any_step_and_a_steps_own_guard_only_those_before(changed: Changed) -> None:
    _, faults = changed(("not: {done: paste}", "not: {done: delete-old}"))
    assert faults == ()
    _, faults = changed(("- stored: key\n", "- not: {done: delete-old}\n        say: x\n      - stored: key\n"))
    assert [(fault.path, fault.message) for fault in faults] == [
        ("steps.delete-old.guard[1].not.done", "this step does not come before")
    ]


def test_a_step_that_carries_out_no_instruction_is_noted_and_no_fault(changed: Changed) -> None:
    runbook, faults = changed(
        ("    covers: [1]\n    page: practice.sign-in\n    do: open", "    page: practice.sign-in\n    do: open")
    )
    assert faults == ()
    assert runbook
    assert [note.partition(": ")[2] for note in notices(runbook)] == [
        "open carries out no instruction of the procedure"
    ]


def test_a_sign_in_that_would_be_recorded_is_noted(changed: Changed) -> None:
    runbook, faults = changed(("    evidence: dark\n\n  - id: add-key", "\n  - id: add-key"))
    assert faults == ()
    assert runbook
    assert [note.partition(": ")[2] for note in notices(runbook)] == [
        "sign-in records how a person signs in; with `evidence: dark` nothing of it is"
    ]


ASKS = "    when:\n      - given: '{{ inputs.note }}'\n        say: no note\n"


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        ([], 0),  # delete-old needs a key of a step that may be skipped in its guard only: there it does not hold
        ([("    expect:\n      - has_account: {", f"{ASKS}    expect:\n      - has_account: {{")], 1),
        (
            [
                ("    expect:\n      - has_account: {", f"{ASKS}    expect:\n      - has_account: {{"),
                ("    retry:", "    when:\n      - done: sign-in\n        say: not signed in\n    retry:"),
            ],
            0,
        ),
        (
            [
                ("    expect:\n      - has_account: {", f"{ASKS}    expect:\n      - has_account: {{"),
                ("    retry:", f"{ASKS}    retry:"),
            ],
            0,
        ),
    ],
    ids=["as it is", "skipped alone", "asked whether done", "the same condition"],
)
def test_what_a_step_needs_of_one_that_may_be_skipped_is_noted(
    changed: Changed, changes: list[tuple[str, str]], noted: int
) -> None:
    runbook, faults = changed(*changes)
    assert faults == ()
    assert runbook
    told = [note for note in notices(runbook) if "paste needs the account of sign-in, which may be skipped" in note]
    assert len(notices(runbook)) == len(told) == noted


def test_an_excerpt_shows_the_column_even_of_a_very_long_line() -> None:
    text = "x" * 500 + "HERE" + "y" * 500
    line, caret = excerpt(text, Place("f", 1, 501)).splitlines()
    assert len(line) < 130
    assert line[caret.index("^") :].startswith("HERE")
    assert excerpt("", Place("f", 9, 1)).startswith("  9 | ")


def test_an_excerpt_holds_nothing_that_a_terminal_obeys() -> None:
    line, caret = excerpt("a: \x1b[31m\tHERE", Place("f", 1, 10)).splitlines()
    assert line == "  1 | a:  [31m HERE"
    assert line[caret.index("^") :] == "HERE"


def test_the_nearest_match_is_near_or_none() -> None:
    assert nearest("Descripton", ["description", "days"]) == "description"
    assert nearest("zzz", ["description", "days"]) == ""


@pytest.mark.parametrize("command", ["check", "plan", "show"])
def test_checking_loads_neither_the_browser_library_nor_another_room(command: str) -> None:
    book = Path(__file__).parents[2] / "runbooks" / "update-entra-client-secret.yaml"
    code = (
        f"import sys; from keyturn.cli import main; code = main([{command!r}, {str(book)!r}]);"
        "rooms = ('playwright', 'secrets_store', 'cryptography', 'flask', 'rehearsal', 'evidence');"
        "print([name for name in rooms if name in sys.modules], code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.splitlines()[-1] == "[] 0"
