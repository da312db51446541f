"""What the words of `keyturn secrets` share: opening the store, finding an entry, saying the result."""

from __future__ import annotations

import argparse
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.console import Console

from keyturn import settings, signing, store_head
from keyturn.cli.output import put_json
from secrets_store import BadInput, Entry, NoTerminal, NotThere, OtherKey, Store, disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

console = Console(stderr=True, highlight=False, emoji=False)


def folder_of(args: argparse.Namespace) -> Path:
    """Return the folder of the store that is meant."""
    folder: Path | None = args.store
    return folder or settings.default_store()


def open_store(args: argparse.Namespace, *, write: bool, unnoted: bool = False) -> Store:
    """Open the store that is meant; to write, with the operator's signing key.

    `unnoted`: where that is not the key with which the store was made, open it to hand values out, and say that it is
    noted nowhere. Who has a key that opens them could do so without keyturn, and may have nothing else left.
    """
    folder = folder_of(args)
    if not folder.exists():
        raise NotThere(f"there is no store in {folder}", hint="keyturn secrets init makes one")
    opened = partial(Store.open, folder, allow_synced=args.allow_synced, noted_head=store_head.remembered(folder))
    if not write:
        return opened(signing_key=None)
    reason = "the signing key with which the store was made is not on this machine"
    if key := signing.load_if_any():
        try:
            return opened(signing_key=key)
        except OtherKey as error:
            if not unnoted:
                raise
            reason = error.message
    elif not unnoted:
        raise OtherKey(reason)
    console.print(f"{reason}: the reading is not noted in its journal", style="yellow", soft_wrap=True)
    return opened(signing_key=None, unnoted=True)


def finish(args: argparse.Namespace, store: Store, result: dict[str, Any], code: int = 0) -> int:
    """Note the store's head outside of it, put the result out if asked for, and return as `put` does.

    What was done is done, and is told as that, even where the head cannot be noted.
    """
    try:
        store_head.remember(store.folder, store.head())
    except (OSError, NotImplementedError) as error:  # the latter by the lock, where a file system knows none
        reason = disk.reason(error) if isinstance(error, OSError) else "files cannot be locked there"
        console.print(
            f"the store's head could not be noted, so that a rollback would not be noticed: {reason}", style="yellow"
        )
    return answer(args, result, code)


@contextmanager
def without_terminal(hint: str) -> Iterator[None]:
    """Say `hint` where there is no terminal for what is asked in the block."""
    try:
        yield
    except NoTerminal as error:
        raise NoTerminal(error.message, hint=hint) from None


def answer(args: argparse.Namespace, result: dict[str, Any], code: int = 0) -> int:
    """Put the result out as the last line of standard output, if that was asked for; return as `put` does."""
    return put_json(result, code) if args.json else code


def find(store: Store, text: str) -> Entry:
    """Return the entry with the ID `text`, else the newest of that name.

    Raises `NotThere` when there is none, `BadInput` when several applications have a secret of that name.
    """
    named = [entry for entry in store.entries() if text in {entry.id, entry.metadata.name}]
    if not named:
        raise NotThere(f"there is no secret {text}", hint="keyturn secrets list shows all")
    if len({entry.metadata.application_id for entry in named}) > 1:
        raise BadInput(
            f"several applications have a secret {text}", hint="say the entry's ID; keyturn secrets list shows all"
        )
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


def number(most: int, unit: str = "") -> Callable[[str], int]:
    """Return what reads an option's whole number from 0 to `most`, with or without its `unit` behind it."""

    def read(text: str) -> int:
        found = text.removesuffix(unit)
        if not found.isdecimal() or int(found) > most:
            raise argparse.ArgumentTypeError(f"say a whole number up to {most}")
        return int(found)

    return read


def only_one(args: argparse.Namespace, *names: str) -> None:
    """Raise `BadInput` when more than one of these options was given."""
    given = [name for name in names if getattr(args, name) not in {None, False}]
    if len(given) > 1:
        raise BadInput("say one of " + ", ".join(f"--{name}" for name in names))
