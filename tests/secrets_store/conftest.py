"""A store for each test, its keys, and a made-up value."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from secrets_store import Entry, Metadata, Recipient, Secret, Store
from secrets_store.age import PassphraseRecipient, X25519Identity, seal

if TYPE_CHECKING:
    from pathlib import Path

VALUE = "abc8Q~made-up-value-for-tests-0123456789"
EXPIRES = date(2028, 11, 23)
with_age = pytest.mark.skipif(not shutil.which("age"), reason="age is the outside judge")


@pytest.fixture(scope="session")
def signing_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="session")
def operator() -> X25519Identity:
    return X25519Identity.generate()


@pytest.fixture(scope="session")
def break_glass() -> X25519Identity:
    return X25519Identity.generate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path, signing_key: Ed25519PrivateKey, operator: X25519Identity, break_glass: X25519Identity) -> Store:
    recipients = [Recipient("operator", operator.recipient), Recipient("break-glass", break_glass.recipient)]
    return Store.create(folder, recipients=recipients, signing_key=signing_key)


@pytest.fixture
def guarded(
    folder: Path, signing_key: Ed25519PrivateKey, operator: X25519Identity, break_glass: X25519Identity
) -> Store:
    """A store with every file that there is, as `keyturn secrets init` makes one."""
    recipients = [Recipient("operator", operator.recipient), Recipient("break-glass", break_glass.recipient)]
    identity_file = seal(operator.text().encode(), [PassphraseRecipient("words", work=1)])
    return Store.create(folder, recipients=recipients, signing_key=signing_key, identity_file=identity_file)


def metadata(name: str = "vendor-secret") -> Metadata:
    return Metadata(
        name=name,
        application_id="11111111-2222-3333-4444-555555555555",
        directory_id="66666666-7777-8888-9999-000000000000",
        description="Vendor Secret",
        run="20261124-rotate",
    )


def sealed(store: Store, value: str = VALUE, name: str = "vendor-secret") -> Entry:
    intent = store.intend(metadata(name))
    return store.seal(intent, Secret(value, "<value>"), secret_id="id-1", expires_on=EXPIRES)


def piped(data: bytes) -> int:
    """Return a descriptor from which `data` can be read."""
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    return reader


def cheap(passphrase: str, salt: bytes, _work: int) -> bytes:
    """Make a key of a passphrase at once, in the place of what takes its time on purpose."""
    return hashlib.sha256(salt + passphrase.encode()).digest()
