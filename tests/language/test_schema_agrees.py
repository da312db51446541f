"""The schema and the check judge alike: a stock validator is asked for the one, the loader for the other.

What a validator never sees is how something was written, `0x1` for 1; there, and in what a schema cannot say, the check
is the stricter of the two. It is never the more lenient.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from keyturn.document import read, shape
from keyturn.document.grammar import FILLED, FREE
from keyturn.document.kind import BROKEN, Reader
from keyturn.document.scalar import Argument, Duration, Text, Whole, Word
from keyturn.document.tree import Entries, Scalar, compose
from keyturn.fault import SECRET_SHAPE, Faults
from keyturn.model import Effect
from keyturn.schema import runbook_schema

if TYPE_CHECKING:
    from pathlib import Path

    from keyturn.document.kind import Kind

SHAPES = {name: kind for name, kind in vars(shape).items() if name.isupper() and isinstance(kind, Text)}
KINDS: dict[str, Kind] = {
    **SHAPES,
    "free": FREE,
    "filled": FILLED,
    "default": Text(empty=True),
    "whole": Whole(),
    "duration": Duration(),
    "argument": Argument(),
    "word": Word(Effect),
}
ODD = [
    *("1", "0", "-1", "01", "0x1f", "0b1", "0o17", "1_000", "1.0", "1e3", "1.5e3", ".inf", "190:20:30", "999999999", "1" * 64),
    *("no", "on", "off", "yes", "true", "False", "y", "~", "null", "", " ", "2026-01-31", "2026-01-31 10:00:00"),
    *("sign-in", "sign-in\n", "sign_in", "a.b", "a.b-c", "has_it", "x.yaml", "übung.md", "read", "destroy", "a" * 64),
    *("1s", "86400s", "86401s", "90000s", "1440m", "1441m", "24h", "25h", "99999h", "0s", "01m", "5m\n"),
    *("{{ inputs.a }}", "{{", "}}", "{x}", "\u00a0", "\u2028", "# no remark", "<<", "="),
]  # fmt: skip
NUMBER = re.compile("0o[0-7]+|[0-9]+[eE][0-9]+")  # to YAML 1.2, which editors read, and not to the stock loader
VALIDATORS = {name: Draft202012Validator(kind.schema()) for name, kind in KINDS.items()}
TEXTS = st.one_of(
    st.sampled_from(ODD),
    st.text(max_size=8),
    st.sampled_from(list(SHAPES.values())).flatmap(lambda kind: st.from_regex(kind.shape, fullmatch=True)),
    st.from_regex("[0-9]{1,5}[smh]", fullmatch=True),
    st.integers(-5, 10**10).map(str),
)


class Loader(yaml.SafeLoader):
    """The stock loader, with dates as the texts that they are to JSON."""


Loader.yaml_implicit_resolvers = {
    first: [one for one in each if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, each in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def loaded(text: str) -> Any:
    return yaml.load(text, Loader)  # noqa: S506  # it is the safe one


def written(text: str, *, quoted: bool) -> tuple[Scalar, Any] | None:
    """Return what the document and a stock loader make of `text`; None where either makes nothing of it."""
    line = f"k: {json.dumps(text) if quoted else text}\n"
    faults = Faults()
    _, root = compose(line.encode("utf-8", "replace"), "k.yaml", faults)
    if faults or not isinstance(root, Entries) or len(root.entries) != 1 or not isinstance(root.entries[0][1], Scalar):
        return None
    try:
        return root.entries[0][1], loaded(line)["k"]
    except (yaml.YAMLError, ValueError):
        return None


def judged(name: str, node: Scalar, value: Any) -> tuple[bool, bool]:
    """Return whether the check takes it, and whether the schema does."""
    faults = Faults()
    taken = KINDS[name].read(node, ("k",), Reader(faults)) is not BROKEN
    assert taken is not bool(faults)
    return taken, VALIDATORS[name].is_valid(value)


def unseen(name: str, node: Scalar) -> bool:
    """Return whether only the check can see what is wrong.

    That is how a number or a date is written, more than a day, a secret, names in braces, and a line end after a name,
    which Python's `$` passes over and JavaScript's does not.
    """
    braces = "{{" in node.value or "}}" in node.value
    to_others = name in SHAPES and node.plain and bool(NUMBER.fullmatch(node.value) or node.value[:4].isdigit())
    ends = node.value.endswith("\n")
    return name in {"whole", "duration"} or braces or to_others or ends or bool(SECRET_SHAPE.search(node.value))


@settings(max_examples=60, deadline=None)
@example(text="sign-in\n", quoted=True)
@given(text=TEXTS, quoted=st.booleans())
def test_a_text_or_a_number_is_judged_alike_wherever_it_stands(text: str, *, quoted: bool) -> None:
    both = written(text, quoted=quoted)
    assume(both)
    assert both
    for name in KINDS:
        check, schema = judged(name, *both)
        assert schema or not check, (name, both)
        assert check or not schema or unseen(name, both[0]), (name, both)


@pytest.mark.parametrize("quoted", [False, True], ids=["plain", "quoted"])
def test_every_odd_one_is_judged_alike(*, quoted: bool) -> None:
    apart = []
    for text in ODD:
        both = written(text, quoted=quoted)
        for name in KINDS if both else ():
            check, schema = judged(name, *both)  # type: ignore[misc]  # it was just asked for
            if check is not schema and not (schema and unseen(name, both[0])):  # type: ignore[index]  # the same
                apart.append((name, text, check, schema))
    assert apart == []


def test_an_ordinary_whole_number_is_judged_alike() -> None:
    for text, taken in {
        "1": True,
        "0": False,
        "999999999": True,
        "1000000000": False,
        "1.5": False,
        "no": False,
    }.items():
        assert judged("whole", *(written(text, quoted=False) or pytest.fail(text))) == (taken, taken)


@pytest.mark.parametrize("text", ["1e3", "0o17"])
def test_what_editors_take_for_a_number_is_to_be_in_quotes(text: str) -> None:
    for quoted in (False, True):
        assert judged("ID", *(written(text, quoted=quoted) or pytest.fail(text)))[0] is quoted


@pytest.mark.parametrize(
    ("old", "new", "good"),
    [
        ("format: 1\n", 'format: "1"\n', False),
        ("revision: 3\n", 'revision: "3"\n', False),
        ("covers: [2]", 'covers: ["2"]', False),
        ("title: Turn a key, for practice", "title: 2026-01-01", True),
        ("title: Turn a key, for practice", "title: '  '", False),
        ("id: open\n", "id: 123\n", False),
        ("id: open\n", 'id: "123"\n', True),
        ("id: open\n", "id: on\n", False),
        ("choices: [short, long]", "choices: [no, off, short]", True),
        ('choices: ["30", "60"]', 'choices: [30, 30.0, "60"]', True),
        ("type: choice\n    choices: [short, long]\n    default: short", "type: choice", False),
        ("type: guid\n", "type: guid\n    choices: [a]\n", False),
        ("      do: delete_key\n", "", False),
        ('      do: delete_key\n      with: {secret_id: "{{ steps.add-key.secret_id }}", quietly: true}\n', "      with: {}\n", False),
        ("    undo:\n      say: it cannot", "    undo:\n      page: practice.keys\n      say: it cannot", False),
        ("controls: [ia-5, au-3]", "controls: [ia-5, ia-5]", False),
    ],
)  # fmt: skip
def test_a_part_is_judged_alike(folder: Path, old: str, new: str, *, good: bool) -> None:
    path = folder / "practice.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = Faults()
    read(path, faults)
    valid = Draft202012Validator(runbook_schema()).is_valid(loaded(path.read_text(encoding="utf-8")))
    assert (not faults, valid) == (good, good), faults
