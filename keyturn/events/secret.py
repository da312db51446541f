"""The way of a secret: announced, made, captured, sealed and used, or what is known of it when that broke off."""

from __future__ import annotations

from dataclasses import dataclass

from keyturn.events.event import Event


@dataclass(frozen=True, slots=True)
class SecretIntended(Event):
    """A secret is about to be created. `known_ids` are those that exist before, so that a new one can be told."""

    step: str
    secret: str
    known_ids: tuple[str, ...]
    intent: str


@dataclass(frozen=True, slots=True)
class SecretLookedFor(Event):
    """A person wants something else; first a secret that they may have asked for gets `seconds` to be shown."""

    step: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SecretNotMade(Event):
    """The secret that was intended does not exist: `why` says how that is known."""

    step: str
    secret: str
    intent: str
    why: str


@dataclass(frozen=True, slots=True)
class ValueLost(Event):
    """The secret that was intended exists, or may, and nobody has its value."""

    step: str
    secret: str
    intent: str
    secret_id: str
    why: str


@dataclass(frozen=True, slots=True)
class OrphanFound(Event):
    """A new secret may be of this run, its value lost. `beside` lists new ones that are not its."""

    step: str
    secret_id: str
    expires_on: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrphanDeleted(Event):
    """The secret whose value nobody has was deleted, and is seen to be gone."""

    step: str
    secret_id: str


@dataclass(frozen=True, slots=True)
class SecretCaptured(Event):
    """A value arrived from the page by the clipboard and has the right shape. `remark` tells of an unknown one."""

    step: str
    secret: str
    secret_id: str
    remark: str


@dataclass(frozen=True, slots=True)
class SecretSealed(Event):
    """The value is in the store: flushed, read back and compared."""

    step: str
    secret: str
    secret_id: str
    expires_on: str
    entry: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Pasted(Event):
    """The value was pasted into a page."""

    step: str
    secret: str


@dataclass(frozen=True, slots=True)
class SecretsEntrusted(Event):
    """A person is about to have the browser. `secret_ids` stand where the step `of` makes its secret."""

    step: str
    of: str
    secret_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecretsCompared(Event):
    """After that the list was compared with what it held. `missing` are gone, and no step was to delete them."""

    step: str
    of: str
    secret_ids: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClipboardLeft(Event):
    """The clipboard was let go: `cleared`, or `not ours` when it no longer held the value."""

    state: str
