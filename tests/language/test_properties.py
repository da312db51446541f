"""Whatever is done to a valid file, the checker tells faults at places of that file and never falls over."""

from __future__ import annotations

import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyturn.check import check_file, notices
from keyturn.document import load
from keyturn.interpolate import fill, references
from keyturn.plan import plan_text
from keyturn.show import html

if TYPE_CHECKING:
    from keyturn.catalogue import Catalogue
    from keyturn.fault import Fault

GOOD = (Path(__file__).parent.parent / "runbooks" / "good" / "practice.yaml").read_text(encoding="utf-8")
LINES = GOOD.splitlines()
ODD = st.sampled_from(
    [
        "",
        " ",
        "{{",
        "}}",
        "- ",
        ": ",
        "\t",
        "&a ",
        "*a",
        "!!int ",
        "?",
        "[",
        "}",
        "'",
        '"',
        "|",
        ">",
        "%",
        "\x00",
        "é",
        "\u2028",
    ]
)
EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def told(text: str, folder: Path, catalogue: Catalogue) -> tuple[Fault, ...]:
    (folder / "practice.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    _, faults = check_file(folder / "practice.yaml", lambda _packages: catalogue)
    return faults.sorted()


@EXAMPLES
@given(at=st.integers(0, len(GOOD)), cut=st.integers(0, 40), put=st.one_of(ODD, st.text(max_size=6)))
def test_no_edit_makes_the_checker_fall_over_or_lose_the_place(
    folder: Path, catalogue: Catalogue, at: int, cut: int, put: str
) -> None:
    text = GOOD[:at] + put + GOOD[at + cut :]
    lines = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").splitlines()
    for fault in told(text, folder, catalogue):
        assert fault.message
        assert fault.place
        assert fault.place.file.endswith("practice.yaml")
        assert 1 <= fault.place.line <= len(lines) + 1
        assert fault.place.column >= 1


EDIT = st.tuples(st.sampled_from(["drop", "double", "deepen", "swap"]), st.integers(0, len(LINES) - 1))


def edited(edits: list[tuple[str, int]]) -> str:
    lines = list(LINES)
    for kind, index in edits:
        at = index % len(lines)
        if kind == "drop" and len(lines) > 1:
            del lines[at]
        elif kind == "double":
            lines.insert(at, lines[at])
        elif kind == "deepen":
            lines[at] = f"  {lines[at]}"
        else:
            lines[at], lines[at - 1] = lines[at - 1], lines[at]
    return "\n".join(lines) + "\n"


@EXAMPLES
@given(st.lists(EDIT, min_size=1, max_size=3))
def test_whatever_still_passes_can_be_planned_and_shown(
    folder: Path, catalogue: Catalogue, edits: list[tuple[str, int]]
) -> None:
    text = edited(edits)
    faults = told(text, folder, catalogue)
    assert all(fault.place and 1 <= fault.place.line <= len(text.splitlines()) + 1 for fault in faults)
    if not faults:
        book = load(folder / "practice.yaml")
        plan = plan_text(book, {}, list(book.inputs))
        assert all(f" {step.id}: " in plan for step in book.steps)
        assert "{{" not in html(book, catalogue)
        notices(book)


@EXAMPLES
@given(st.data())
def test_a_fault_keeps_its_place_when_lines_are_put_in_above_it(
    folder: Path, catalogue: Catalogue, data: st.DataObject
) -> None:
    broken = GOOD.replace("do: paste_value", "do: paste_valu").replace("timeout: 5m", "timeout: soon")
    lines = broken.splitlines(keepends=True)
    blank = data.draw(st.lists(st.integers(0, len(lines)), max_size=8))
    for index in sorted(blank, reverse=True):
        lines.insert(index, data.draw(st.sampled_from(["\n", "# a remark\n", "    # deeper\n"])))
    found = told("".join(lines), folder, catalogue)
    assert [fault.path for fault in found] == ["steps.sign-in.timeout", "steps.paste.do"]
    for fault, word in zip(found, ("soon", "paste_valu"), strict=True):
        assert fault.place
        assert lines[fault.place.line - 1][fault.place.column - 1 :].startswith(word)


@EXAMPLES
@given(line=st.integers(0, len(LINES) - 1), letters=st.text(string.ascii_lowercase, min_size=12, max_size=16))
def test_an_unknown_key_anywhere_is_told_where_it_stands(
    folder: Path, catalogue: Catalogue, line: int, letters: str
) -> None:
    head, colon, _ = LINES[line].partition(": ")
    key = head.strip().removeprefix("- ")
    if not colon or not key.replace("_", "").isalpha() or LINES[line].lstrip().startswith("- "):
        return
    indent = " " * (len(head) - len(head.lstrip()))
    text = "\n".join([*LINES[:line], f"{indent}{letters}: {{}}", *LINES[line:]])
    places = {(fault.place.line, fault.place.column) for fault in told(text, folder, catalogue) if fault.place}
    assert (line + 1, len(indent) + 1) in places or (line + 1, len(indent) + len(letters) + 3) in places


@EXAMPLES
@given(
    st.dictionaries(st.sampled_from(["inputs.a", "steps.b.c", "run.id"]), st.text(max_size=20), min_size=3),
    st.text(max_size=20),
)
def test_what_is_filled_in_stands_there_letter_for_letter(names: dict[str, str], around: str) -> None:
    around = around.replace("{", "").replace("}", "")
    text = "".join(f"{around}{{{{ {name} }}}}" for name in names)
    assert fill(text, names) == "".join(f"{around}{value}" for value in names.values())
    assert [reference.name for reference in references(text)] == list(names)


@pytest.mark.soak
@settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw=st.binary(max_size=400))
def test_no_bytes_at_all_make_the_checker_fall_over(folder: Path, catalogue: Catalogue, raw: bytes) -> None:
    (folder / "practice.yaml").write_bytes(raw)
    _, faults = check_file(folder / "practice.yaml", lambda _packages: catalogue)
    assert faults
