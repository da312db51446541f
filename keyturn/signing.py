"""The operator's signing key (Ed25519): made on first use, kept in a file that only they can read.

The file is in OpenSSH's own format, so that `ssh-keygen` can use it too. Neither the store nor the recording owns it.
"""

from __future__ import annotations

import getpass
import os
import socket
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)
from filelock import FileLock

from keyturn.errors import CannotStart, cannot_start
from keyturn.settings import HOME_HINT, default_signing_key
from secrets_store import disk

if TYPE_CHECKING:
    from pathlib import Path

_DAMAGED = "bring it back from a backup: with another one, stores that were made with it can be read and not written"


def load_or_make(path: Path | None = None) -> Ed25519PrivateKey:
    """Return the operator's key, making it on first use.

    Raises `CannotStart` when the file can be read by others or holds no Ed25519 key.
    """
    path = path or default_signing_key()
    with cannot_start(f"the signing key cannot be made in {path.parent}", HOME_HINT):
        if not path.exists():
            _make(path)
    return load(path, hint=_DAMAGED)


def load_if_any(path: Path | None = None) -> Ed25519PrivateKey | None:
    """Return the operator's key, None where none was made yet. Raises as `load` does."""
    path = path or default_signing_key()
    return load(path, hint=_DAMAGED) if path.exists() else None


def load(path: Path, *, hint: str) -> Ed25519PrivateKey:
    """Return the key at `path`; `hint` says what to do when it is none that can be used here.

    Raises `CannotStart` when it is not there, can be read by others, has a passphrase, or is no Ed25519 key.
    """
    if not path.is_file():
        raise CannotStart(f"there is no signing key: {path}")
    if os.name != "nt" and path.stat().st_mode & 0o077:
        raise CannotStart(f"the signing key can be read by others: {path}", hint=f'chmod 600 "{path}"')
    try:
        key = load_ssh_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):  # The latter for one with a passphrase.
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise CannotStart(f"this is not an Ed25519 key without a passphrase: {path}", hint=hint)
    return key


def _make(path: Path) -> None:
    """Make the key in one step, so that a crash leaves no half of it and two processes at once get the same."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(path.with_name(f"{path.name}.lock"), mode=0o600):
        if path.exists():
            return
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")
        signers = f'{identity()} namespaces="keyturn-*" {public}\n'
        disk.replace(path.with_name("allowed_signers"), signers.encode("utf-8"))
        disk.replace(path, key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))


def identity() -> str:
    """Return who signs, as `user@host`."""
    return f"{getpass.getuser()}@{socket.gethostname()}"
