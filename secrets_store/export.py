"""Handing secrets to other stores: a KeePass file, an environment file, one private file. Each is a journal line."""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from secrets_store import disk
from secrets_store.errors import BadInput, NotHandedOut
from secrets_store.reading import take
from secrets_store.secret import discreet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from secrets_store.age import Identity
    from secrets_store.entry import Entry
    from secrets_store.secret import Secret
    from secrets_store.store import Store

# How the common vaults take a value on standard input, where no argument list and no shell history sees it. Each
# reads what `keyturn secrets copy NAME --fd 1` writes. Sources: the vendors' command references.
RECIPES = {
    "Azure Key Vault": "… | az keyvault secret set --vault-name VAULT --name NAME --file /dev/stdin --encoding utf-8",
    "AWS Secrets Manager": "… | aws secretsmanager put-secret-value --secret-id NAME --secret-string file:///dev/stdin",
    "Google Secret Manager": "… | gcloud secrets versions add NAME --data-file=-",
    "HashiCorp Vault": "… | vault kv put secret/NAME value=-",
    "1Password": '… | jq -Rs \'{title:"NAME",category:"PASSWORD",fields:[{id:"password",type:"CONCEALED",'
    'purpose:"PASSWORD",value:.}]}\' | op item create -',
    "Bitwarden": "… | jq -Rs '{type:1,name:\"NAME\",login:{password:.}}' | bw encode | bw create item",
    "pass": "… | pass insert --multiline NAME",
    "GitHub Actions": "… | gh secret set NAME",
}


def check_free(path: Path) -> None:
    """Raise `BadInput` when no file can be made at `path`: better known before a key is asked for, and noted."""
    if os.path.lexists(path):
        raise BadInput(f"something is already in {path}", hint="name a file that does not exist yet")
    folder = path.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise BadInput(
            f"no file can be made in {folder}", hint="name a folder that is there and that you may write into"
        )


def write_private(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600; raise `BadInput` where something is already, `NotHandedOut` on a full disk."""
    check_free(path)
    try:
        disk.create(path, data)
    except OSError as error:  # also when something has come there since
        raise NotHandedOut(f"{path} could not be written: {disk.reason(error)}") from None


@discreet
def to_env(store: Store, entries: Sequence[Entry], identities: Sequence[Identity], path: Path) -> None:
    """Write `NAME='value'` lines for a shell or a service to `path`, a new private file.

    Raises `BadInput` when two entries would get one name, or when a value has several lines.
    """
    names = [_variable(entry) for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"several of these secrets would be named {', '.join(twice)}", hint="name the entries to export")
    taken = [_quoted(take(store, entry, identities, "exported")) for entry in entries]
    lines = [f"{name}={value}\n" for name, value in zip(names, taken, strict=True)]
    write_private(path, "".join(lines).encode("utf-8"))


def _variable(entry: Entry) -> str:
    name = re.sub(r"[^A-Z0-9]", "_", entry.metadata.name.upper())
    return f"_{name}" if name[0].isdigit() else name


def _quoted(secret: Secret) -> str:
    value = secret.reveal()
    if "\n" in value or "\0" in value:
        raise BadInput("a value of several lines does not fit into an environment file")
    return "'" + value.replace("'", "'\\''") + "'"  # always, because a shell does something with ~ too


@discreet
def to_kdbx(
    store: Store, entries: Sequence[Entry], identities: Sequence[Identity], path: Path, passphrase: str
) -> None:
    """Write a KeePass 4 database to `path`, a new private file: one entry each, with IDs, expiry and description.

    Raises `BadInput` when the optional package pykeepass is not installed.
    """
    try:
        import pykeepass  # noqa: PLC0415  # optional
    except ImportError:
        hint = 'pip install ".[kdbx]" in the checkout, or pipx inject keyturn pykeepass'
        raise BadInput("a KeePass file needs the package pykeepass", hint=hint) from None
    database = pykeepass.create_database(io.BytesIO(), password=passphrase)
    for entry in entries:
        known, expires = entry.metadata, entry.metadata.expires_on
        made = database.add_entry(
            database.root_group,
            title=f"{known.name} {entry.id}",
            username=known.application_id,
            password=take(store, entry, identities, "exported").reveal(),
            notes=f"{known.description}\nsealed {entry.sealed_at:%Y-%m-%d} in run {known.run}",
            expiry_time=datetime.combine(expires, time(), UTC) if expires else None,
        )
        made.set_custom_property("directory_id", known.directory_id)
        made.set_custom_property("secret_id", known.secret_id or "")
    file = io.BytesIO()
    database.save(file)
    write_private(path, file.getvalue())
