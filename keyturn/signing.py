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

from keyturn.errors import CannotStart
from keyturn.settings import default_signing_key

if TYPE_CHECKING:
    from pathlib import Path


def load_or_make(path: Path | None = None) -> Ed25519PrivateKey:
    """Return the operator's key, making it on first use.

    Raises `CannotStart` when the file can be read by others or holds no Ed25519 key.
    """
    path = path or default_signing_key()
    if not path.exists():
        return _make(path)
    if os.name != "nt" and path.stat().st_mode & 0o077:
        raise CannotStart(f"the signing key can be read by others: {path}", hint=f"chmod 600 {path}")
    try:
        key = load_ssh_private_key(path.read_bytes(), password=None)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise CannotStart(
            f"this is not an Ed25519 key: {path}", hint="move it away; a new one is made on the next start"
        )
    return key


def _make(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    path.with_name("allowed_signers").write_text(f'{identity()} namespaces="keyturn-*" {public}\n', encoding="utf-8")
    return key


def identity() -> str:
    """Return who signs, as `user@host`."""
    return f"{getpass.getuser()}@{socket.gethostname()}"
