from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from keyturn import fault
from keyturn.check import check_file
from keyturn.document import load, read, tree
from keyturn.errors import Exit, Invalid
from keyturn.fault import Faults, Faulty
from keyturn.model import KEY, Effect, FactKind, Gate, Pictures, Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyturn.catalogue import Catalogue
    from keyturn.fault import Fault
    from keyturn.model import Runbook

    Changed = Callable[..., tuple[Runbook | None, tuple[Fault, ...]]]


DEEP = "nested more than 16 levels deep; nothing behind this was read"


def messages(raw: bytes, tmp_path: Path) -> list[str]:
    path = tmp_path / "x.yaml"
    path.write_bytes(raw)
    faults = Faults()
    read(path, faults)
    return [f"{fault.place.line}:{fault.place.column} {fault.message}" for fault in faults.sorted() if fault.place]


def test_every_part_of_a_step_is_read(folder: Path) -> None:
    runbook = load(folder / "practice.yaml")
    step = runbook.steps[2]
    assert (step.id, step.effect, step.gate, step.covers) == ("add-key", Effect.CREATE, Gate.CONFIRM, (2,))
    assert (step.copies, step.pastes, runbook.steps[3].pastes) == ("key", "", "key")
    assert step.outputs == {"secret_id": "secret_id", "expires_on": "expires_on"}
    assert step.when[1].negated
    assert step.when[1].kind is FactKind.SAME
    assert step.when[1].of == ("{{ inputs.kind }}", "none")
    assert [probe.page for probe in (*step.done_when, *step.expect)] == ["practice.keys", "practice.keys"]
    assert runbook.steps[3].expect[0].page == "practice.sign-in"
    assert step.undo
    assert (step.undo.page, step.undo.do) == ("practice.keys", "delete_key")
    assert step.undo.args["quietly"] is True
    assert [(fact.kind, fact.negated, fact.of) for fact in step.undo.guard] == [
        (FactKind.DONE, True, ("paste",)),
        (FactKind.GIVEN, False, ("{{ steps.add-key.secret_id }}",)),
    ]
    assert runbook.controls == ("ia-5", "au-3")
    assert runbook.steps[1].timeout == 300.0
    assert runbook.steps[3].retry
    assert (runbook.steps[3].retry.within, runbook.steps[3].retry.every) == (120.0, 5.0)
    assert runbook.steps[0].evidence is Pictures.DARK
    assert runbook.text == (folder / "practice.yaml").read_text(encoding="utf-8")


def test_a_word_that_yaml_takes_for_a_truth_value_stays_the_text_it_is(changed: Changed) -> None:
    for word in ("no", "on", "off", "yes", "y", "true", "12:30", "0x1f", "1_000", "2026-01-31", "1e3"):
        runbook, faults = changed(("type: text\n    default: no", f"type: text\n    default: {word}"))
        assert faults == ()
        assert runbook
        assert runbook.inputs["note"].default == word
        changed((f"default: {word}", "default: no"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [("7", 7), ("-7", -7), ("true", True), ("'7'", "7"), ("'true'", "true"), ("yes", "yes"), ("07", "07")],
)
def test_an_argument_is_a_number_or_a_truth_value_only_without_quotes(
    changed: Changed, written: str, meant: object
) -> None:
    runbook, _ = changed(("quietly: true", f"quietly: {written}"))
    assert runbook
    assert runbook.steps[2].undo
    found = runbook.steps[2].undo.args["quietly"]
    assert (type(found), found) == (type(meant), meant)


def test_every_value_and_key_knows_its_place(folder: Path) -> None:
    path = folder / "practice.yaml"
    places = load(path).places
    lines = path.read_text(encoding="utf-8").splitlines()
    for keys, text in {
        ("steps", 2, "undo", "with", "quietly", KEY): "quietly: true",
        ("steps", 2, "undo", "with", "quietly"): "true",
        ("inputs", "application_id", "type"): "guid",
        ("steps", 4, "guard", 1, "done"): "paste",
        ("steps", 2, "when", 1, "not", "same"): '["{{ inputs.kind }}"',
    }.items():
        place = places[keys]
        assert lines[place.line - 1][place.column - 1 :].startswith(text)


def test_line_ends_of_windows_and_a_byte_order_mark_change_nothing(folder: Path) -> None:
    path = folder / "practice.yaml"
    before = load(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    after = load(path)
    assert (after.steps, after.places) == (before.steps, before.places)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "1:1 the document is empty"),
        (b"# only a remark\n", "1:1 the document is empty"),
        (b"---\n", "1:1 the document is empty"),
        (b'""\n', "1:1 a mapping belongs here"),
        (b"\xff\xfea", "1:1 the document is not UTF-8 text; save it as UTF-8"),
        ("a: b\nc: ä\n".encode("latin-1"), "2:4 the document is not UTF-8 text; save it as UTF-8"),
        ("a: b\n".encode("utf-16-le"), "1:2 the document is not UTF-8 text; save it as UTF-8"),
        (b"a: b\nc: \x07d\n", "2:4 a character that may not stand in YAML"),
        (b'a: b\nc: "d\\a"\n', "2:4 a character that may not stand in YAML, written as an escape"),
        (b'a: b\n"\\e[2J": c\n', "2:1 a character that may not stand in YAML, written as an escape"),
        (b"- a\n", "1:1 a mapping belongs here"),
        (b"a: b\n\tc: d\n", "2:1 a tab in the indentation; use spaces"),
        (b"a: [b\n", "2:1 not YAML: the `[` on line 1 is not closed before this"),
        (b"a: " + b"[" * 40 + b"]" * 40, f"1:19 {DEEP}"),
        (b"? [a]\n: b\n", "1:3 a key must be a plain word"),
        (b"a: &x [*x]\n", "1:8 an alias; write it out"),
        (b"? *x\n: b\n", "1:3 an alias; write it out"),
    ],
)
def test_what_is_no_runbook_at_all_is_told_at_its_place(raw: bytes, told: str, tmp_path: Path) -> None:
    assert told in messages(raw, tmp_path)


_DEEP = "keys that belong together stand equally deep, and so do the dashes of a list"
_COLON = "a text with `: ` in it, or a colon at its end, must be in quotes"
_COMMA = "a comma, or what closes the `{`, belongs here; a text with brackets in it must be in quotes"
_SPACE = "a space belongs behind the colon of a key"
_NO_COLON = "there is no `: ` here, which belongs behind a key"
_QUOTED = "behind a closing quotation mark or bracket nothing more may stand; see that the whole text is in quotes"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\n  b: 2\n", f"2:4 {_DEEP}"),
        ("a:\n  b: 1\n c: 2\n", f"3:2 {_DEEP}"),
        ("- a: 1\n  b: 2\n  - c: 3\n", f"3:3 {_DEEP}"),
        ("a: first: second\n", f"1:9 {_COLON}"),
        ("a: “b”: c\n", f"1:7 {_COLON}"),
        ("a: b\u00a0: c\n", f"1:6 {_COLON}"),
        ("  - a: last:\n", f"1:12 {_COLON}"),
        ("a: 1\nb 2\nc: 3\n", "2:1 there is no `: ` here, which belongs behind a key"),
        ("- a: 1\n-b: 2\n", "2:1 a space belongs behind the dash of a list"),
        ('a:\n  - b.has_c:{d: "e"}\n', f"2:12 {_SPACE}"),
        ('a:\n  - b.has_c {d: "e"}\n', f"2:11 {_NO_COLON}"),
        ("a:\n  b:c\n  d: e\n", f"2:4 {_SPACE}"),
        ("a:\n  - b:c\n    d: e\n", f"2:6 {_SPACE}"),
        ("a:\n  - b [c, d]\n    e: f\n", f"2:5 {_NO_COLON}"),
        ("a:\n  b\n  d: e\n", f"2:3 {_NO_COLON}"),
        ("a:\n  - b:c\n  - d: e: f\n", f"3:9 {_COLON}"),
        ('a: "b" c\n', f"1:8 {_QUOTED}"),
        ("a: [b] c\n", f"1:8 {_QUOTED}"),
        ("a: {b: 1\nc: 2\n", "2:2 the `{` on line 1 is not closed before this"),
        ("a: @b\n", "1:4 begun so, a text must be in quotes"),
        ("a: - b\n", "1:4 begun so, a text must be in quotes"),
        ('a: "\\d"\n', "1:6 a backslash stands for itself only in single quotes"),
        ("a: {b: c {d}}\n", f"1:10 {_COMMA}"),
        ('a: 1\nb: "c\nd: 2\n', "2:4 these quotation marks are not closed"),
        ("a: x {{ inputs.b }} c: {{ d\n", "1:22 a value that begins with {{ must be in quotes"),
        ("a: ]\n", "1:4 expected the node content, but found ']'"),
        ("a: b\nc:\u00a0d\ne: f\n", "2:3 U+00A0 (no-break space) only looks like a plain character"),
        ("a:\n  b: 1\n\u00a0 c: 2\n  d: 3\n", "3:1 U+00A0 (no-break space) only looks like a plain character"),
        ("a: {b: “{{ c }}”}\n", "1:8 U+201C (left double quotation mark) only looks like a plain character"),
        ("a: 1\nb：2\nc: 3\n", "2:2 U+FF1A (fullwidth colon) only looks like a plain character"),
        ("- a\n– b\nc: d\n", "2:1 U+2013 (en dash) only looks like a plain character"),
    ],
)
def test_what_the_parser_refuses_is_told_where_it_began_and_what_to_write(text: str, told: str, tmp_path: Path) -> None:
    place, _, message = told.partition(" ")
    assert messages(text.encode(), tmp_path) == [f"{place} not YAML: {message}"]


def test_a_character_that_is_not_seen_is_told_by_its_number(changed: Changed) -> None:
    _, faults = changed(("effect: delete", "effect: \u200bdelete"))
    assert [(fault.found, fault.nearest) for fault in faults] == [("<U+200B>delete", "delete")]


def test_what_is_no_text_is_not_sent_to_the_terminal(tmp_path: Path) -> None:
    faults = Faults()
    (tmp_path / "x.yaml").write_bytes(b"a: \x1b[31mred\n")
    read(tmp_path / "x.yaml", faults)
    assert "\x1b" not in "".join(map(str, faults.sorted()))


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"a: " + b"[" * 40 + b"]" * 40, "1:19"),
        (b"a: " + b"[" * 50_000, "1:19"),  # the fast parser gives up before it has come so far
        (b"".join(b" " * depth + b"a:\n" for depth in range(400)), "17:17"),
        (b"? " * 20_000, "1:33"),
    ],
)
def test_what_is_nested_very_deep_is_told_as_that_alone_and_at_once(raw: bytes, place: str, tmp_path: Path) -> None:
    assert messages(raw, tmp_path) == [f"{place} {DEEP}"]


def test_of_thousands_of_faults_some_are_told_and_how_many_more(folder: Path, catalogue: Catalogue) -> None:
    path = folder / "practice.yaml"
    lines = "".join(f"stepz{number}: 1\n" for number in range(1500))
    path.write_text(path.read_text("utf-8").replace("do: paste_value", "do: paste_valu") + lines, "utf-8")
    _, faults = check_file(path, lambda _packages: catalogue)
    *told, last = faults.sorted()
    assert (len(told), len(faults)) == (1001, 1501)
    assert told[0].nearest == "paste_value"
    assert last.message == "and 500 more; put these right first"
    others = Faults()
    others.take(faults, lambda _: True)
    assert others.sorted() == faults.sorted()


def test_thousands_of_faults_in_one_long_line_are_told_in_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = messages(b"a\n" + b"\x01" * 250_000, tmp_path)  # each read from the beginning again: minutes
    assert last == "2:1000 and 249000 more; put these right first"
    looked_through: list[str] = []

    def disguised(text: str) -> str:
        looked_through.append(text)
        return text

    monkeypatch.setattr(fault, "disguised", disguised)
    line = ",".join(f"a{number}: 1" for number in range(2000))
    messages(f"{{{line}}}".encode(), tmp_path)
    assert sum(len(text) > len(line) for text in looked_through) == 1  # for its excerpts


def test_a_document_of_more_than_a_mebibyte_is_refused_unread(tmp_path: Path) -> None:
    assert messages(b"#" * (tree.LARGEST + 1), tmp_path) == ["1:1 the document is larger than 1 MiB"]
    assert messages(b"#" * tree.LARGEST, tmp_path) == ["1:1 the document is empty"]


def test_aliases_that_would_explode_are_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert any("an alias" in message for message in messages("\n".join(lines).encode(), tmp_path))


def test_a_file_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"nowhere\.yaml:1:1: it cannot be read: no such file") as caught:
        load(tmp_path / "nowhere.yaml")
    assert caught.value.exit is Exit.INVALID


def test_a_file_that_is_not_there_has_a_place_for_editors_too(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.yaml"
    faults = Faults()
    read(path, faults)
    assert [fault.place for fault in faults.sorted()] == [Place(str(path), 1, 1)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of Unix")
def test_a_pipe_is_not_waited_for(folder: Path, catalogue: Catalogue) -> None:
    os.mkfifo(folder / "pipe.yaml")
    (folder / "practice.procedure.md").unlink()
    os.mkfifo(folder / "practice.procedure.md")
    for name, told in (
        ("pipe", "it cannot be read: it is not a file"),
        ("practice", "no such file beside the runbook"),
    ):
        _, faults = check_file(folder / f"{name}.yaml", lambda _packages: catalogue)
        assert [fault.message for fault in faults.sorted()] == [told]


def test_without_the_fast_parser_all_is_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = load(folder / "practice.yaml")
    monkeypatch.setattr(tree, "_FAST", yaml.SafeLoader)
    slow = load(folder / "practice.yaml")
    assert (slow.steps, slow.places) == (fast.steps, fast.places)


def test_where_only_the_fast_parser_refuses_there_still_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(yaml.SafeLoader):
        def check_event(self, *_choices: Any) -> bool:
            raise yaml.YAMLError

    monkeypatch.setattr(tree, "_FAST", Refusing)
    assert messages(b"a: b\n", tmp_path) == ["1:1 not YAML"]


def test_all_faults_come_at_once_sorted_by_place(folder: Path) -> None:
    path = folder / "practice.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("effect: delete", "effect: destroy").replace("format: any", "format: none"), "utf-8")
    with pytest.raises(Faulty) as caught:
        load(path)
    assert [fault.path for fault in caught.value.faults] == ["secrets.key.format", "steps.delete-old.effect"]
    assert str(caught.value).count(f"{path}:") == 2


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("retry: {within: 2m, every: 5s}", "retry: {within: 5s, every: 2m}", "`every` is longer than `within`"),
        ("retry: {within: 2m, every: 5s}", "retry: 2m", "a mapping belongs here"),
        ("timeout: 5m", "timeout: 25h", "a length of time such as 30s, 2m or 1h belongs here"),
        ("timeout: 5m", "timeout: [5m]", "a length of time such as 30s, 2m or 1h belongs here"),
        ("revision: 3", "revision: 0", "a whole number from 1 belongs here"),
        ("revision: 3", "revision: {}", "a whole number belongs here"),
        ("title: Turn a key, for practice", "title: ''", "a text belongs here, and this is empty"),
        ("title: Turn a key, for practice", "title: '{{ run.id }}'", "{{ }} is not filled in here"),
        ("title: Turn a key, for practice", "title: [a]", "a text belongs here"),
        ("gate: sign_in", "gate: [sign_in]", "this word is not known here"),
        (
            "type: choice\n    choices: [short, long]",
            "type: text\n    choices: [short]",
            "only the type `choice` has `choices`",
        ),
        ("choices: [short, long]", "choices: [short, short]", "this is in the list already"),
        ("choices: [short, long]", "choices: []", "a list of at least 1 belongs here"),
        ('same: ["{{ inputs.kind }}", none]', 'same: ["{{ inputs.kind }}"]', "a list of 2 belongs here"),
        ("type: guid", "type: guid\n    default: 1", "not a GUID"),
        ("example: 0", "example: 1-0", "not a GUID"),
        ("example: 00000000-0000-4000-8000-000000000000", "example: ''", "a text belongs here, and this is empty"),
        ("      do: delete_key\n", "", "`page`, `with` and `guard` need `do`"),
        ("controls: [ia-5, au-3]", "controls: [ia-5, ia-5]", "this is in the list already"),
        ("controls: [ia-5, au-3]", "controls: [IA-5 (1)]", "this is not a control's identifier"),
        ("- stored: key\n        say: the value", "- say: the value", "one fact belongs here"),
        ("- stored: key\n        say: the value is not in the store", "- stored", "one fact with its `say`"),
        ("say: the value is not in use", "say: ''", "a text belongs here, and this is empty"),
        ('not: {same: ["{{ inputs.kind }}", none]}', "not: same", "one fact belongs here"),
        ("- keys.has_key: {", "- has_account: {}\n        keys.has_key: {", "one question with its arguments"),
        ("- keys.has_key: {", "- keys.is_key: {", "this is not a question"),
        ("has_account: {account:", "has_account: [{account:", "not YAML"),
        ('label: "Key of {{ inputs.application_id }}"', 'label: "Key of {{ inputs"', "{{ without its other half"),
        ("portals:\n  practice:", "portals: {}\nportal:\n  practice:", "this is empty"),
        ("inputs:\n", "inputs: none\nin:\n", "a mapping belongs here"),
        ("always: [", "steps_: [", "this key is not known"),
        ("quietly: true", 'quietly: ""', "takes true or false"),
        ("quietly: true", "quietly: [true]", "a text, a whole number, true or false belongs here"),
        ("quietly: true", "Quietly: true", "this is not a name in lower case"),
        ("  - id: open\n", "  - nothing\n  - id: open\n", "a mapping belongs here"),
        ("format: 1\n", "format: one\n", "a whole number from 1 belongs here"),
        ("quietly: true", "quietly: ~", "nothing is written here"),
        ("quietly: true", "quietly: '}}'", "}} without its other half"),
    ],
)
def test_each_fault_of_form_is_told(changed: Changed, old: str, new: str, told: str) -> None:
    _, faults = changed((old, new))
    assert told in "\n".join(fault.message for fault in faults)
    assert all(isinstance(fault.place, Place) for fault in faults)


def test_an_action_that_cannot_be_read_is_not_told_as_missing(changed: Changed) -> None:
    _, faults = changed(("do: delete_key\n      with", "do: Delete_Key\n      with"))
    assert [fault.path for fault in faults] == ["steps.add-key.undo.do"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  application_id:\n", "  application-id:\n", ["inputs.application-id"]),
        ('{secret_id: "{{ steps.add-key.secret_id }}", quietly', "{secret_id: {{ x }}, quietly", [""]),
        ("steps:\n", "step:\n", ["", "step"]),
    ],
    ids=["a name", "an argument", "all steps"],
)
def test_what_only_follows_from_what_cannot_be_read_is_not_told(
    changed: Changed, old: str, new: str, told: list[str]
) -> None:
    _, faults = changed((old, new))
    assert [fault.path for fault in faults] == told


def test_what_stands_below_and_not_deep_enough_is_told_as_nothing(changed: Changed) -> None:
    _, faults = changed(("    with: {secret: key}\n", "    with:\n    secret: key\n"))
    assert [fault.found for fault in faults if fault.message == "a mapping belongs here"] == ["nothing"]


def test_steps_that_are_no_list_are_told(changed: Changed, folder: Path) -> None:
    text = (folder / "practice.yaml").read_text(encoding="utf-8")
    _, faults = changed((text[text.index("steps:\n") : text.index("always:")], "steps: none\n"))
    assert "a list of steps belongs here" in [fault.message for fault in faults]


def test_a_part_that_cannot_be_read_does_not_hide_what_is_wrong_elsewhere(changed: Changed) -> None:
    _, faults = changed(
        ("expect:\n      - has_no_key: {", "expect:\n      - nonsense\n      - has_no_kee: {"),
        ("do: paste_value", "do: paste_valu"),
    )
    assert [(fault.path, fault.nearest) for fault in faults] == [
        ("steps.paste.do", "paste_value"),
        ("steps.delete-old.expect[1]", ""),
        ("steps.delete-old.expect[1].has_no_kee", "has_no_key"),
    ]
    assert faults[2].place
    assert faults[1].place
    assert faults[2].place.line == faults[1].place.line + 1
