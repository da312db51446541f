"""What the words of `keyturn secrets` share: opening the store, finding an entry, saying the result."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from rich.console import Console

from keyturn import settings, signing, store_head
from secrets_store import BadInput, Entry, NotThere, Store

if TYPE_CHECKING:
    from pathlib import Path

console = Console(stderr=True, highlight=False)


def folder_of(args: argparse.Namespace) -> Path:
    """Return the folder of the store that is meant."""
    folder: Path | None = args.store
    return folder or settings.default_store()


def open_store(args: argparse.Namespace, *, write: bool) -> Store:
    """Open the store that is meant; to write, with the operator's signing key."""
    folder = folder_of(args)
    if not folder.exists():
        raise NotThere(f"there is no store in {folder}", hint="keyturn secrets init makes one")
    key = signing.load_or_make() if write else None
    noted = store_head.remembered(folder)
    return Store.open(folder, signing_key=key, allow_synced=args.allow_synced, noted_head=noted)


def finish(args: argparse.Namespace, store: Store, result: dict[str, Any], code: int = 0) -> int:
    """Note the store's head outside of it, print the result if asked for, and return `code`."""
    store_head.remember(store.folder, store.head())
    answer(args, result)
    return code


def answer(args: argparse.Namespace, result: dict[str, Any]) -> None:
    """Print the result as the last line of standard output, if that was asked for."""
    if args.json:
        print(json.dumps(result))  # noqa: T201  # what --json promises


def find(store: Store, text: str) -> Entry:
    """Return the entry with the ID `text`, else the newest of that name; raise `NotThere` when there is none."""
    named = [entry for entry in store.entries() if text in {entry.id, entry.metadata.name}]
    if not named:
        raise NotThere(f"there is no secret {text}", hint="keyturn secrets list shows all")
    return named[-1]


def as_json(entry: Entry) -> dict[str, Any]:
    """Return an entry for `--json`."""
    return {
        "id": entry.id,
        **entry.metadata.to_json(),
        "sealed_at": entry.sealed_at.isoformat(),
        "status": entry.status,
        "file": entry.file,
    }


def days(text: str) -> int:
    """Return the number of days in `60d` or `60`."""
    number = text.removesuffix("d")
    if not number.isdecimal():
        raise argparse.ArgumentTypeError("say days as a number, such as 60d")
    return int(number)


def plain(text: str) -> str:
    """Return `text` so that rich takes nothing in it for mark-up."""
    return text.replace("[", r"\[")


def only_one(args: argparse.Namespace, *names: str) -> None:
    """Raise `BadInput` when more than one of these options was given."""
    given = [name for name in names if getattr(args, name) not in {None, False}]
    if len(given) > 1:
        raise BadInput("say one of " + ", ".join(f"--{name}" for name in names))
