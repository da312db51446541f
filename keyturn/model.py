"""The runbook as the engine sees it: frozen, typed, every part knowing its place in the file.

`keyturn.document` builds it from YAML and `keyturn.check` proves it against the page catalogue. The descriptions in
`doc(...)` are the grammar's own words: the JSON Schema and the documentation are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1

Scalar = str | int | bool


def doc(description: str, **kwargs: Any) -> Any:
    """Return a dataclass field that carries its description."""
    return field(metadata={"doc": description}, **kwargs)


class InputType(StrEnum):
    """What an input may hold."""

    TEXT = "text"
    GUID = "guid"
    URL = "url"
    DATE = "date"
    CHOICE = "choice"


class Effect(StrEnum):
    """What a step does to the data in the portal. Filling in a form that is not yet sent is `read`."""

    READ = "read"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"


class Gate(StrEnum):
    """Which person's act the step waits for before it begins (`manual`: the person does the step)."""

    NONE = "none"
    CONFIRM = "confirm"
    SIGN_IN = "sign_in"
    MANUAL = "manual"


class FactKind(StrEnum):
    """The closed list of facts that `guard` and `when` may ask for."""

    STORED = "stored"  # this secret was sealed in this run and read back
    DONE = "done"  # this step ended `done` or `already` in this run
    EXPIRED = "expired"  # this ISO date lies before today
    SAME = "same"  # these two texts are equal
    DIFFER = "differ"  # these two texts are not equal
    AGREES = "agrees"  # the first text, what was wanted, is empty or equal to the second, what was found
    GIVEN = "given"  # this text is not empty


class Always(StrEnum):
    """The closed list of what runs however the run ends."""

    CLEAR_CLIPBOARD = "clear_clipboard"
    TELL_WHAT_IS_OPEN = "tell_what_is_open"


class Pictures(StrEnum):
    """Which pictures of the step go into the recording."""

    PICTURES = "pictures"
    AFTER = "after"
    DARK = "dark"  # nothing is recorded during the step, and the recording says so


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: file name as given, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The text that the procedure was taken from; the text itself is not kept."""

    name: str = doc("name of the source document")
    sha256: str = doc("SHA-256 of the source document, 64 hexadecimal digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """The numbered procedure that the steps cover."""

    file: str = doc("file beside the runbook that lists the instructions by number, in the project's own words")
    sha256: str = doc("SHA-256 of that file when the runbook was written, 64 hexadecimal digits")
    source: Source = doc("where the procedure comes from")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A typed value that the operator gives. Never a secret."""

    type: InputType = doc("`text`, `guid`, `url`, `date` (YYYY-MM-DD) or `choice`")
    ask: str = doc("the question put to the operator", default="")
    help: str = doc("what the value is and where to find it", default="")
    default: str | None = doc("value when none is given; without it the input is required", default=None)
    choices: tuple[str, ...] = doc("what a `choice` may be", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSpec:
    """A value to capture: what it is called in the store and what it must look like."""

    label: str = doc("name of the entry in the store; may hold {{ }}")
    format: str = doc("shape to check: `entra-client-secret`, or `any` for an unknown one")
    application: str = doc("application ID the value belongs to; may hold {{ }}", default="")
    directory: str = doc("directory ID the value belongs to; may hold {{ }}", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """A web portal: its page objects and its address."""

    pages: str = doc("name of the page-object package, a folder of `pages/`")
    url: str = doc("address of the portal, an input: {{ inputs.… }}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact that must hold, and what to say when it does not."""

    kind: FactKind
    of: tuple[str, ...]  # one text, two for `same` and `differ`; may hold {{ }}
    negated: bool  # written `not: {…}`
    say: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One question to a page: `has_…` or `has_no_…` with its arguments."""

    page: str  # portal.page; the step's own page when the runbook names none
    ask: str
    args: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """How a step is taken back: an action, or only `say` when it cannot be."""

    say: str
    page: str = ""
    do: str = ""
    args: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How long an answer that is `not yet` is asked for again, both in seconds."""

    within: float
    every: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing an operator would name."""

    id: str
    title: str
    page: str  # portal.page, as in `entra.client-secrets`
    do: str
    effect: Effect
    covers: tuple[int, ...] = ()
    args: Mapping[str, Scalar] = field(default_factory=dict)  # `with`, without `secret`
    pastes: str = ""  # name of the secret that the action pastes: `with: {secret: NAME}`
    copies: str = ""  # name of the secret that the action copies: `outputs: {secret: NAME}`
    gate: Gate = Gate.NONE
    guard: tuple[Fact, ...] = ()
    when: tuple[Fact, ...] = ()
    done_when: tuple[Probe, ...] = ()
    expect: tuple[Probe, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)  # our name -> field of what the action returns
    undo: Undo | None = None
    timeout: float = 30.0  # seconds
    retry: Retry | None = None
    evidence: Pictures = Pictures.PICTURES
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """A whole procedure as data. `places` maps the path of keys of every part to where it stands."""

    name: str
    format: int
    revision: int
    title: str
    procedure: Procedure
    inputs: Mapping[str, Input]
    secrets: Mapping[str, SecretSpec]
    portals: Mapping[str, Portal]
    steps: tuple[Step, ...]
    always: tuple[Always, ...]
    places: Mapping[tuple[str | int, ...], Place]
    path: str  # the file it was read from
    text: str  # its bytes as read, for the recording
