"""What the page objects offer, read from the classes themselves: actions, probes, their arguments and what they return.

This is how a runbook is checked without a browser. A class that cannot be described is our own mistake (`OfNoUse`).
"""

from __future__ import annotations

import builtins
import dataclasses
import inspect
import typing
from types import NoneType, UnionType
from typing import Any, Literal, Self

from keyturn.errors import Exit, KeyturnError
from pages import REGISTRY
from pages.page import Page

if typing.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keyturn.model import Portal
    from pages.mark import Effect, SecretRole

_PLAIN: Mapping[type, str] = {str: "a text", int: "a whole number", bool: "true or false"}


class OfNoUse(KeyturnError):
    """A page's method that no runbook could call, as its class is written."""

    exit = Exit.BUG


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """An argument of an action or probe: `str`, `int` or `bool`; `choices` when only some texts are taken."""

    name: str
    type: type[str | int | bool]
    required: bool
    choices: tuple[str, ...] = ()

    @property
    def wants(self) -> str:
        """Say what the argument takes."""
        return f"one of {', '.join(self.choices)}" if self.choices else _PLAIN[self.type]

    def bind(self, value: str | bool | int) -> str | bool | int:
        """Return `value` in the argument's type; a filled-in text may stand for a number. Raises `ValueError`."""
        if self.choices and value not in self.choices:
            raise ValueError(self.wants)
        if builtins.type(value) is self.type:
            return value
        if isinstance(value, str) and self.type is int and value.isascii() and value.isdigit():
            return int(value)
        if isinstance(value, str) and self.type is bool and value in {"true", "false"}:
            return value == "true"
        raise ValueError(self.wants)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSpec:
    """A question that a page answers."""

    name: str
    doc: str
    parameters: Mapping[str, Parameter]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """An intent that a page carries out. `outputs`: the fields of what it returns, empty when it returns none.

    `returns` says in words what they hold; `leads_to` is the page that is on screen afterwards, where it is another.
    `shown_by`: the page's method that tells the same by looking, for what a person does by hand; empty without one.
    `at`: what of the page it presses or fills in first; empty where it presses nothing.
    `effect`: what it does to the data in the portal; None where it only reads.
    """

    name: str
    doc: str
    parameters: Mapping[str, Parameter]
    outputs: tuple[str, ...]
    returns: str
    leads_to: type[Page] | None
    secret: SecretRole | None
    anywhere: bool
    shown_by: str = ""
    at: str = ""
    effect: Effect | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PageSpec:
    """A page: its class, and what may be asked of it by name. `signs_in`: it is where a person signs in."""

    cls: type[Page]
    actions: Mapping[str, ActionSpec]
    probes: Mapping[str, ProbeSpec]
    signs_in: bool

    def probe(self, ask: str) -> ProbeSpec | None:
        """Return the probe behind `has_…` or its opposite `has_no_…`; None when there is none."""
        return self.probes.get(ask) or self.probes.get(ask.replace("has_no_", "has_", 1))


class Catalogue:
    """The pages of some packages. A page is described when it is first asked for."""

    def __init__(self, packages: Mapping[str, Mapping[str, type[Page]]], known: Iterable[str] = ()) -> None:
        self._packages = packages
        self._known = tuple(known) or tuple(packages)
        self._specs: dict[tuple[str, str], PageSpec] = {}

    @classmethod
    def of(cls, packages: Iterable[str], registry: Mapping[str, Mapping[str, type[Page]]] = REGISTRY) -> Self:
        """Return the catalogue of those `packages` that there are; only they are imported."""
        wanted = set(packages)
        return cls({name: registry[name] for name in registry if name in wanted}, registry)

    def known(self) -> tuple[str, ...]:
        """Return the names of all packages that there are."""
        return self._known

    def packages(self) -> tuple[str, ...]:
        """Return the names of the packages."""
        return tuple(self._packages)

    def pages(self, package: str) -> tuple[str, ...]:
        """Return the names of the pages of `package`. Raises `KeyError` when there is no such package."""
        return tuple(self._packages[package])

    def page(self, package: str, name: str) -> PageSpec:
        """Return the description of a page. Raises `KeyError` when there is no such page."""
        if (package, name) not in self._specs:
            self._specs[package, name] = described(self._packages[package][name])
        return self._specs[package, name]

    def at(self, portals: Mapping[str, Portal], where: str) -> PageSpec:
        """Return the description of `portal.page`; `portals` says which package each one's pages are of."""
        portal, _, name = where.partition(".")
        return self.page(portals[portal].pages, name)


def described(cls: type[Page]) -> PageSpec:
    """Return what the page class `cls` offers. Raises `OfNoUse` for a class whose methods no runbook could call."""
    methods = [(name, getattr(cls, name)) for name in dir(cls) if not name.startswith("_")]
    kinds = {name: getattr(method, "keyturn_kind", "") for name, method in methods}
    return PageSpec(
        cls=cls,
        actions={name: _action(method) for name, method in methods if kinds[name] == "action"},
        probes={name: _probe(method) for name, method in methods if kinds[name] == "probe"},
        signs_in=all(callable(getattr(cls, name, None)) for name in ("is_signed_in", "screen")),
    )


def _action(method: Any) -> ActionSpec:
    returned = _returned(method)
    outputs = _outputs(method, returned)
    return ActionSpec(
        name=method.__name__,
        doc=_first_line(method),
        parameters=_parameters(method),
        outputs=outputs,
        returns=" ".join((inspect.getdoc(returned) or "").split()) if outputs else "",
        leads_to=returned if isinstance(returned, type) and issubclass(returned, Page) else None,
        secret=method.keyturn_secret,
        anywhere=method.keyturn_anywhere,
        shown_by=method.keyturn_shown_by,
        at=method.keyturn_at,
        effect=method.keyturn_effect,
    )


def _probe(method: Any) -> ProbeSpec:
    name = method.__name__
    if not name.startswith("has_") or name.startswith("has_no_"):
        raise OfNoUse(f"{method.__qualname__}: a probe is called has_…; has_no_… is made from it")
    return ProbeSpec(name=name, doc=_first_line(method), parameters=_parameters(method))


def _first_line(method: Any) -> str:
    """Return what a method is for: the first line of its docstring; what it raises concerns programs."""
    return (inspect.getdoc(method) or "").partition("\n")[0].partition(". Raises ")[0].rstrip(".")


def _evaluated(method: Any, annotation: Any) -> Any:
    """Return the type that an annotation means; None for a name that is imported for the type checker only."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, inspect.unwrap(method).__globals__)  # noqa: S307  # our own source, as get_type_hints does
    except NameError:
        return None


def _parameters(method: Any) -> dict[str, Parameter]:
    found = {}
    for name, parameter in list(inspect.signature(method).parameters.items())[1:]:
        if parameter.kind not in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY} or name == "secret":
            raise OfNoUse(f"{method.__qualname__}: {name} is no argument that a runbook can give")
        type_ = _evaluated(method, parameter.annotation)
        choices = tuple(typing.get_args(type_)) if typing.get_origin(type_) is Literal else ()
        if all(isinstance(choice, str) for choice in choices) and choices:
            type_ = str
        if type_ not in _PLAIN:
            raise OfNoUse(f"{method.__qualname__}: {name} is not str, int, bool or a Literal of texts")
        required = parameter.default is parameter.empty
        found[name] = Parameter(name=name, type=type_, required=required, choices=choices)
    return found


def _returned(method: Any) -> Any:
    """Return the type that a method returns, without the None that it may return instead."""
    returned = _evaluated(method, inspect.signature(method).return_annotation)
    if typing.get_origin(returned) in {typing.Union, UnionType}:
        (returned, *_) = [part for part in typing.get_args(returned) if part is not NoneType]
    return returned


def _outputs(method: Any, returned: Any) -> tuple[str, ...]:
    if isinstance(returned, type) and hasattr(returned, "_fields"):
        return tuple(returned._fields)
    if isinstance(returned, type) and dataclasses.is_dataclass(returned):
        return tuple(field.name for field in dataclasses.fields(returned))
    if returned not in {None, NoneType} and not (isinstance(returned, type) and issubclass(returned, Page)):
        raise OfNoUse(f"{method.__qualname__}: it returns neither nothing, nor a page, nor a `NamedTuple` of texts")
    return ()
