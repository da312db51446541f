"""`{{ inputs.x }}`, `{{ steps.id.output }}` and `{{ run.id }}`: names that are filled in, and nothing else.

There is no expression language. What is filled in is never looked at again, so that a text from a portal that
happens to hold braces stays a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyturn.model import Scalar

NAMES = ("inputs.NAME", "steps.ID.OUTPUT", "run.id")

_BRACES = re.compile(r"\{\{\s*(?P<inside>[^{}]*?)\s*\}\}")
_ONE_BRACE = re.compile(r"(?<!\{)\{\s*(?:inputs|steps|run)\.[^{}]*\}(?!\})")  # as other languages of templates write it
_STEP = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_NAME = re.compile(
    rf"inputs\.(?P<input>[a-z][a-z0-9_]*)|steps\.(?P<step>{_STEP}(?:/{_STEP})*)\.(?P<output>[a-z][a-z0-9_]*)|run\.id"
)


class NotYetKnown(Exception):
    """The text names an output that no step has given yet. `name` is as written, `steps.id.output`."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


@dataclass(frozen=True, slots=True)
class Reference:
    """One name inside a text. `of` is the input's name or the step's id, empty for `run.id`."""

    name: str  # `inputs.x`, `steps.id.output` or `run.id`
    root: str  # `inputs`, `steps` or `run`
    of: str
    output: str
    written: str  # with its braces, as it stands in the text


@dataclass(frozen=True, slots=True)
class Misuse:
    """Something in braces that is no name of ours."""

    written: str
    message: str
    meant: str = ""  # what was probably to stand there


def parts(text: str) -> Iterator[Reference | Misuse]:
    """Yield what stands in braces in `text`, in order, whether it is well formed or not."""
    for braces in _BRACES.finditer(text):
        inside = braces["inside"]
        name = _NAME.fullmatch(inside)
        if name:
            of = name["input"] or name["step"] or ""
            yield Reference(inside, inside.split(".", 1)[0], of, name["output"] or "", braces[0])
        elif inside.startswith("secrets"):
            yield Misuse(braces[0], "a secret may only be captured, stored and pasted, never put into a text")
        else:
            yield Misuse(braces[0], "only a name may stand in {{ }}, no expression", _meant(inside))
    rest = _BRACES.sub("", text)
    yield from (Misuse(one[0], "a name is filled in between {{ and }}") for one in _ONE_BRACE.finditer(rest))
    yield from (Misuse(mark, f"{mark} without its other half") for mark in ("{{", "}}") if mark in rest)


def _meant(inside: str) -> str:
    """Return the name that `inside` was probably to be, with its braces: of an input, or of a step's output."""
    head, dot, last = inside.lower().rpartition(".")
    last = last.replace("-", "_")
    of = head.removeprefix("steps.").replace("_", "-")
    name = f"steps.{of}.{last}" if dot and head != "inputs" else f"inputs.{last}"
    return f"{{{{ {name} }}}}" if _NAME.fullmatch(name) and of != "run" else ""


def references(text: Scalar) -> list[Reference]:
    """Return the names in `text`; none in a number or a truth value."""
    return [part for part in parts(text) if isinstance(part, Reference)] if isinstance(text, str) else []


def fill(text: Scalar, names: Mapping[str, str]) -> Scalar:
    """Return `text` with every name replaced by its value in `names` (`{"inputs.x": …}`).

    Numbers and truth values come back as they are. Raises `NotYetKnown` for the first name that is not there.
    """
    return substitute(text, lambda reference: _known(reference, names)) if isinstance(text, str) else text


def _known(reference: Reference, names: Mapping[str, str]) -> str:
    if reference.name not in names:
        raise NotYetKnown(reference.name)
    return names[reference.name]


def substitute(text: str, value: Callable[[Reference], str]) -> str:
    """Return `text` with every name replaced by what `value` says of it; misuses stay as they are."""
    found = {reference.written: reference for reference in references(text)}
    return _BRACES.sub(lambda braces: value(found[braces[0]]) if braces[0] in found else braces[0], text)
