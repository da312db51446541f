"""`use` takes another runbook in: its steps, with our inputs, under our name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyturn.check import check_file
from keyturn.document import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyturn.catalogue import Catalogue
    from keyturn.fault import Fault
    from keyturn.model import Runbook

    Main = Callable[..., tuple[Runbook | None, tuple[Fault, ...]]]

HEAD = """\
runbook: {name}
format: 1
revision: 1
title: {name}
procedure: {{file: practice.procedure.md, sha256: {sha}, source: {{name: x, sha256: {sha}}}}}
"""
ENTER = """\
inputs:
  address: {type: url}
  who: {type: text, default: me}
  id: {type: guid, default: ""}
portals:
  practice: {pages: practice, url: "{{ inputs.address }}"}
steps:
  - id: open
    title: Open
    page: practice.sign-in
    do: open
    effect: read
  - id: choose
    title: Choose
    page: practice.sign-in
    do: wait_until_signed_in
    effect: read
    outputs: {account: account}
    when:
      - done: open
        say: it is not open
      - given: "{{ inputs.who }}"
        say: nobody
    expect:
      - has_account: {account: "{{ steps.choose.account }}"}
always: [tell_what_is_open]
"""
MAIN = """\
inputs:
  url: {type: url, default: "https://portal.example"}
  name: {type: text, default: someone}
portals:
  practice: {pages: practice, url: "{{ inputs.url }}"}
steps:
  - use: enter.yaml
    id: sign-in
    covers: [1, 2, 3, 4]
    with: {address: "{{ inputs.url }}", who: "{{ inputs.name }} {{ run.id }}"}
    outputs: {account: choose.account}
    when:
      - given: "{{ inputs.name }}"
        say: no name
  - id: wait
    title: Wait
    page: practice.sign-in
    do: wait_until_signed_in
    effect: read
    guard:
      - done: sign-in
        say: not signed in
    expect:
      - has_account: {account: "{{ steps.sign-in.account }}"}
"""


@pytest.fixture
def main(folder: Path, catalogue: Catalogue) -> Main:
    """Check the main runbook after changes to it, or to the sub-flow with `sub=`."""
    sha = load(folder / "practice.yaml").procedure.sha256

    def check(
        *changes: tuple[str, str], sub: tuple[tuple[str, str], ...] = ()
    ) -> tuple[Runbook | None, tuple[Fault, ...]]:
        for name, body, edits in (("main", MAIN, changes), ("enter", ENTER, sub)):
            text = HEAD.format(name=name, sha=sha) + body
            for old, new in edits:
                assert old in text, old
                text = text.replace(old, new, 1)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        runbook, faults = check_file(folder / "main.yaml", lambda _packages: catalogue)
        return runbook, faults.sorted()

    return check


def test_the_steps_stand_in_place_under_our_name(main: Main, folder: Path) -> None:
    runbook, faults = main()
    assert faults == ()
    assert runbook
    assert [step.id for step in runbook.steps] == ["sign-in/open", "sign-in/choose", "wait"]
    assert all(step.covers == (1, 2, 3, 4) for step in runbook.steps[:2])
    assert runbook.portals["practice"].url == "{{ inputs.url }}"
    assert runbook.always
    sub = str(folder / "enter.yaml")
    assert runbook.included == {sub: (folder / "enter.yaml").read_text(encoding="utf-8")}
    assert runbook.places["steps", 1, "do"].file == sub
    assert runbook.places["steps", 2, "do"].file == runbook.path


def test_inputs_and_outputs_pass_in_and_out(main: Main) -> None:
    runbook, _ = main()
    assert runbook
    choose, wait = runbook.steps[1:]
    assert [(fact.kind, fact.of) for fact in choose.when] == [
        ("given", ("{{ inputs.name }}",)),
        ("done", ("sign-in/open",)),
        ("given", ("{{ inputs.name }} {{ run.id }}",)),
    ]
    assert choose.expect[0].args == {"account": "{{ steps.sign-in/choose.account }}"}
    assert wait.expect[0].args == {"account": "{{ steps.sign-in/choose.account }}"}
    assert wait.guard[0].of == ("sign-in/choose",)


def test_a_default_stands_for_an_input_that_is_not_given(main: Main) -> None:
    runbook, _ = main((', who: "{{ inputs.name }} {{ run.id }}"', ""))
    assert runbook
    assert runbook.steps[1].when[2].of == ("me",)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([('address: "{{ inputs.url }}", ', "")], "enter.yaml needs the input `address`"),
        ([("who:", "whom:")], "enter.yaml has no such input"),
        ([('with: {address: "{{ inputs.url }}"', "with: {address: portal")], "not an address"),
        ([('with: {address: "{{ inputs.url }}"', 'with: {address: "{{ inputs.name }}"')], "type `text` cannot stand"),
        ([('with: {address: "{{ inputs.url }}"', 'with: {address: "{{ inputs.urls }}"')], "no such input in `inputs`"),
        ([("who:", "id: true, who:")], "not a GUID"),
        ([("who:", "id: 00000000-0000-4000-8000-000000000000, whom:")], "enter.yaml has no such input"),
        ([("choose.account", "choose.acount")], "enter.yaml has no such output"),
        ([("steps.sign-in.account", "steps.sign-in.acount")], "the `outputs` of this `use` have no such name"),
        ([('url: "{{ inputs.url }}"', "url: https://other.example")], "both runbooks have `practice`"),
        ([("use: enter.yaml", "use: entre.yaml")], "no such runbook beside this one"),
        ([("use: enter.yaml", "use: ../enter.yaml")], "this is not the name of a runbook beside this one"),
        ([("id: wait", "id: sign-in")], "this id is taken"),
        ([("use: enter.yaml", "use: main.yaml")], "this runbook leads back to itself"),
    ],
)  # fmt: skip
def test_what_does_not_fit_between_the_two_is_told(main: Main, changes: list[tuple[str, str]], told: str) -> None:
    _, faults = main(*changes)
    assert told in "\n".join(fault.message for fault in faults)


@pytest.mark.parametrize("output", ["choose.acount", "account"])
def test_an_output_that_the_other_runbook_has_not_is_told_where_it_is_taken_and_nowhere_else(
    main: Main, output: str
) -> None:
    _, faults = main(("choose.account", output))
    assert [fault.path for fault in faults] == ["steps.sign-in.outputs.account"]


def test_a_fault_in_the_sub_flow_is_told_in_its_own_file(main: Main, folder: Path) -> None:
    _, faults = main(sub=(("do: open", "do: opne"), ("effect: read", "effect: raed")))
    assert [(fault.place.file, fault.nearest) for fault in faults if fault.place] == [
        (str(folder / "enter.yaml"), "open"),
        (str(folder / "enter.yaml"), "read"),
    ]


def test_the_condition_of_the_whole_sub_flow_knows_its_place(main: Main, folder: Path) -> None:
    _, faults = main(('given: "{{ inputs.name }}"', 'given: "{{ inputs.nam }}"'), sub=(("done: open", "done: opne"),))
    assert {(fault.place.file, fault.place.line, fault.found) for fault in faults if fault.place} == {
        (str(folder / "main.yaml"), 18, "nam"),
        (str(folder / "enter.yaml"), 25, "sign-in/opne"),
    }


def test_a_circle_through_a_third_runbook_is_refused(main: Main, folder: Path) -> None:
    _, faults = main(sub=(("  - id: open\n", "  - {use: main.yaml, id: back}\n  - id: open\n"),))
    (fault,) = [fault for fault in faults if "leads back" in fault.message]
    assert fault.place
    assert fault.place.file == str(folder / "enter.yaml")


def test_a_secret_and_its_undo_come_along(folder: Path, catalogue: Catalogue) -> None:
    good = (folder / "practice.yaml").read_text(encoding="utf-8")
    steps = '  - {use: practice.yaml, id: turn, covers: [1, 2, 3, 4], with: {application_id: "{{ inputs.app }}"}}\n'
    head = good[: good.index("inputs:")].replace("runbook: practice", "runbook: outer")
    inputs = "inputs:\n  app: {type: guid}\n  url: {type: url, default: 'https://x.example'}\n"
    portals = "portals:\n  other: {pages: practice, url: '{{ inputs.url }}'}\n"
    (folder / "outer.yaml").write_text(f"{head}{inputs}{portals}steps:\n{steps}", encoding="utf-8")
    runbook, faults = check_file(folder / "outer.yaml", lambda _packages: catalogue)
    assert runbook
    assert runbook.secrets["key"].label == "Key of {{ inputs.app }}"
    assert runbook.secrets["key"].directory == "{{ steps.turn/sign-in.account }}"
    assert runbook.steps[2].undo
    assert runbook.steps[2].undo.args["secret_id"] == "{{ steps.turn/add-key.secret_id }}"
    assert [fact.of for fact in runbook.steps[2].undo.guard] == [
        ("turn/paste",),
        ("{{ steps.turn/add-key.secret_id }}",),
    ]
    # A portal's address must be an input that can be set; an inner input left at its default is none.
    assert [fault.message.partition(",")[0] for fault in faults.sorted()] == [
        "an input of type `url` belongs here",
        "a date belongs here: an output",
    ]
