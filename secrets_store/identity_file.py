"""The operator's private key at rest: an age file under a passphrase, which `age -d identity.age` opens too."""

from __future__ import annotations

import secrets
from importlib.resources import files
from typing import TYPE_CHECKING

from secrets_store import disk
from secrets_store.age import (
    AgeError,
    HybridIdentity,
    NoMatch,
    PassphraseIdentity,
    PassphraseRecipient,
    X25519Identity,
    open_sealed,
    seal,
)
from secrets_store.age.passphrase import WORK
from secrets_store.errors import BadInput, CannotUnlock, WrongPassphrase

if TYPE_CHECKING:
    from pathlib import Path

NAME = "identity.age"
WORDS = 10  # of 2048: 110 bits
_DAMAGED = "bring it back from a backup; until then the break-glass key opens everything"
_WANTED = "give a key file as age-keygen writes it, with AGE-SECRET-KEY-… on a line of its own"
_SHORTEST = 12  # characters of a passphrase of the operator's own


def practice_key(folder: Path, name: str = "operator") -> Path:
    """Return where a store made for practice has the private key of `operator` or `break-glass`: beside its folder."""
    return folder.with_name(f"{folder.name}-{name}.key")


def new_passphrase() -> str:
    """Return ten common English words, joined by dashes, from the system's generator."""
    words = files("secrets_store").joinpath("words.txt").read_text(encoding="ascii").split()
    return "-".join(secrets.choice(words) for _ in range(WORDS))


def check_passphrase(passphrase: str) -> None:
    """Raise `BadInput` for a passphrase that is soon guessed."""
    if len(passphrase) < _SHORTEST:
        raise BadInput(f"a passphrase has at least {_SHORTEST} characters", hint="take the generated words")


def seal_identity(identity: X25519Identity, passphrase: str) -> bytes:
    """Return the content of `identity.age`: the private key, sealed with `passphrase`."""
    check_passphrase(passphrase)
    text = f"# public key: {identity.recipient}\n{identity.text()}\n".encode("ascii")
    return seal(text, [PassphraseRecipient(passphrase)])


def read_identity(folder: Path, passphrase: str) -> X25519Identity:
    """Return the identity that stands in `folder`; raise `CannotUnlock` when the passphrase does not fit.

    A file that asks for less work than ours is refused: somebody put a weaker one in its place.
    """
    try:
        text = open_sealed(disk.read(folder / NAME), [PassphraseIdentity(passphrase, least_work=WORK)])
        return X25519Identity.from_text(_key_lines(text)[0])
    except NoMatch:
        raise WrongPassphrase("the passphrase does not fit", hint="try again, or use the break-glass key") from None
    except (AgeError, IndexError) as error:
        raise CannotUnlock(f"{NAME} cannot be used: {error}", hint=_DAMAGED) from None
    except OSError as error:
        raise CannotUnlock(f"{NAME} cannot be read: {disk.reason(error)}", hint=_DAMAGED) from None


def read_keys(text: bytes) -> list[X25519Identity | HybridIdentity]:
    """Return the identities in the text of an age key file: one a line, `#` begins a comment."""
    try:
        found = [
            (HybridIdentity if line.startswith("AGE-SECRET-KEY-PQ-") else X25519Identity).from_text(line)
            for line in _key_lines(text)
        ]
    except AgeError as error:
        raise CannotUnlock(f"this is not an age key: {error}", hint=_WANTED) from None
    if not found:
        raise CannotUnlock("there is no age key in what was given", hint=_WANTED)
    return found


def _key_lines(text: bytes) -> list[str]:
    lines = (line.strip() for line in text.decode("ascii", "replace").splitlines())
    return [line for line in lines if line and not line.startswith("#")]
