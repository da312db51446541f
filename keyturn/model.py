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
KEY = "@key"  # last part of a path in `Runbook.places` that means the key in place of its value

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
    """Which person's act the step waits for before it begins.

    `manual`: the person does the step. `second_person`: like `confirm`, and somebody else signs it with their own key.
    """

    NONE = "none"
    CONFIRM = "confirm"
    SECOND_PERSON = "second_person"
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
    example: str = doc("a value as it may look; a rehearsal takes it where none is given and none is usual", default="")
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
    of: tuple[str, ...]  # one text, two for `same`, `differ` and `agrees`; may hold {{ }}
    negated: bool  # written `not: {…}`
    say: str = doc("what to tell the operator when the fact does not hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One question to a page: `has_…` or `has_no_…` with its arguments."""

    page: str  # portal.page; the step's own page when the runbook names none
    ask: str
    args: Mapping[str, Scalar]
    written: str = field(default="", compare=False)  # the question as the runbook writes it, a key in `Runbook.places`


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """How a step is taken back: an action, or only `say` when it cannot be."""

    say: str = doc("how to take the step back, or why it cannot be taken back")
    page: str = doc("page of the action that takes it back, as `portal.page`; else the step's own", default="")
    do: str = doc("action that takes it back; without it the step cannot be taken back", default="")
    args: Mapping[str, Scalar] = doc("arguments of that action", default_factory=dict)
    guard: tuple[Fact, ...] = doc("facts that must hold, or the step is not taken back", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How long an answer that is `not yet` is asked for again, both in seconds."""

    within: float = doc("for how long, as in `2m`")
    every: float = doc("how often, as in `5s`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing an operator would name."""

    id: str = doc("kebab-case name, unique in the runbook; the console, the journal and the report use it")
    title: str = doc("what the step does, as an operator would say it")
    page: str = doc("page it acts on, as `portal.page`")
    do: str = doc("action of that page")
    effect: Effect = doc("what it does to the data in the portal; filling in a form that is not yet sent is `read`")
    covers: tuple[int, ...] = doc("numbers of the procedure's instructions that it carries out", default=())
    args: Mapping[str, Scalar] = doc(
        "arguments of the action; `secret: NAME` where the action pastes one", default_factory=dict
    )
    pastes: str = ""  # name of the secret that the action pastes: `with: {secret: NAME}`
    copies: str = ""  # name of the secret that the action copies: `outputs: {secret: NAME}`
    gate: Gate = doc(
        "which person's act it waits for before it begins; `second_person`: also for another person's signature",
        default=Gate.NONE,
    )
    guard: tuple[Fact, ...] = doc("facts that must hold, or the run stops", default=())
    when: tuple[Fact, ...] = doc("facts that must hold, or the step is skipped", default=())
    done_when: tuple[Probe, ...] = doc("what is seen when it is already so; then nothing is pressed", default=())
    expect: tuple[Probe, ...] = doc("what must be seen afterwards", default=())
    outputs: Mapping[str, str] = doc(
        "our name -> field of what the action returns; `secret: NAME` where the action copies one", default_factory=dict
    )
    undo: Undo | None = doc("how it is taken back", default=None)
    timeout: float = doc("how long it may take, as in `30s` or `2m`", default=30.0)
    retry: Retry | None = doc("how long an answer that is `not yet` is asked for again", default=None)
    evidence: Pictures = doc("which pictures go into the recording", default=Pictures.PICTURES)
    note: str = doc("what an operator should know about it", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runbook:
    """A whole procedure as data. `places` maps the path of keys of every part to where it stands.

    The path of a step begins with `("steps", n)`, n from 0 as in `steps`; `KEY` at the end of a path means the key
    itself in place of its value.
    """

    name: str = doc("the file's name without its ending, kebab-case")
    format: int = doc(f"version of this format: {FORMAT}")
    revision: int = doc("version of the content, counted up with every change")
    title: str = doc("the heading")
    procedure: Procedure = doc("the numbered procedure that the steps cover")
    controls: tuple[str, ...] = doc(
        "identifiers of the controls that a run is evidence for, as in `ia-5`; the recording names them", default=()
    )
    inputs: Mapping[str, Input] = doc("values that the operator gives; never a secret", default_factory=dict)
    secrets: Mapping[str, SecretSpec] = doc("values to capture, by name", default_factory=dict)
    portals: Mapping[str, Portal] = doc("the web portals, by name")
    steps: tuple[Step, ...] = doc("what is done, in order")
    always: tuple[Always, ...] = doc("what is done however the run ends", default=())
    places: Mapping[tuple[str | int, ...], Place]
    path: str  # the file it was read from
    text: str  # its bytes as read, for the recording
    included: Mapping[str, str] = field(default_factory=dict)  # file -> text of every runbook taken in by `use`
