"""The words that hand out values: `copy` and `export`. Each is a journal line before the value is given."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from keyturn import desktop_clipboard
from keyturn.cli.output import counted
from keyturn.cli.secrets_common import answer, console, find, finish, number, only_one, open_store, without_terminal
from keyturn.cli.unlocking import add_unlock, unlocked
from keyturn.errors import NotTold
from secrets_store import BadInput, NotThere, disk, terminal
from secrets_store.export import RECIPES, check_free, to_env, to_kdbx, write_private
from secrets_store.identity_file import check_passphrase, new_passphrase
from secrets_store.reading import take
from secrets_store.unlock import read_line

if TYPE_CHECKING:
    import argparse

    from secrets_store import Secret

_MOST_SECONDS = 600  # that a value may stay on the clipboard


def add_copy(parser: argparse.ArgumentParser) -> None:
    """Add the options of `copy`."""
    parser.add_argument("entry", metavar="ENTRY", help="an entry's ID, or a name for the newest of that name")
    parser.add_argument(
        "--clear-after", type=number(_MOST_SECONDS), default=30, metavar="SECONDS", help="30 unless told"
    )
    parser.add_argument("--fd", type=int, metavar="N", help="write the value to this file descriptor instead")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the value to a new private file instead")
    parser.add_argument("--reveal", action="store_true", help="show the value on this terminal instead")
    add_unlock(parser)


def copy(args: argparse.Namespace) -> int:
    """Give one value: to the clipboard with a timed clear, or where the options say."""
    only_one(args, "fd", "out", "reveal")
    if args.reveal and not sys.stdout.isatty():
        raise BadInput("a value is revealed on a terminal only", hint="use --fd or --out for a program")
    to_clipboard = args.fd is None and not args.out and not args.reveal
    # What cannot be is said before any key is asked for.
    if to_clipboard and sys.platform != "win32":
        desktop_clipboard.find()
    if args.fd is not None:
        _check_fd(args)
    if args.out:
        check_free(args.out)
    store = open_store(args, write=True, unnoted=True)
    entry = find(store, args.entry)
    identities = unlocked(args, store)
    secret = take(store, entry, identities, "copied" if to_clipboard else "shown")
    cleared = _give(args, secret)
    secret.wipe()
    return finish(args, store, {"id": entry.id, "cleared": cleared})


def _check_fd(args: argparse.Namespace) -> None:
    if args.json and args.fd == 1:
        raise BadInput("--json and --fd 1 would share standard output", hint="use another descriptor: --fd 3 3>FILE")
    try:
        os.fstat(args.fd)
    except OSError:
        raise BadInput(f"file descriptor {args.fd} is not open", hint=f"open it in the shell: {args.fd}>FILE") from None


def _give(args: argparse.Namespace, secret: Secret) -> bool | None:
    """Hand the value out; return whether the clipboard was cleared, None when it was not used."""
    data = secret.reveal().encode("utf-8", "surrogatepass")
    if args.fd is not None:
        try:
            with os.fdopen(args.fd, "wb", closefd=False) as file:
                file.write(data)
        except OSError as error:
            message = f"the value could not be written to descriptor {args.fd}: {disk.reason(error)}"
            raise NotTold(message, hint="see to the descriptor, then copy it again") from None
    elif args.out:
        write_private(args.out, data)
    elif args.reveal:
        terminal.say(secret.reveal())
    else:
        told = f"{secret!r} is on the clipboard for {args.clear_after} seconds; Ctrl-C clears it now"
        console.print(told, markup=False)
        cleared = desktop_clipboard.lend(secret, args.clear_after)
        console.print("cleared" if cleared else "something else is on the clipboard; it was left")
        return cleared
    return None


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the options of `export`."""
    parser.add_argument("entries", nargs="*", metavar="ENTRY", help="what to export; everything unless told")
    parser.add_argument("--kdbx", type=Path, metavar="FILE", help="write a KeePass database")
    parser.add_argument("--kdbx-passphrase-fd", type=int, metavar="N", help="read its passphrase from this descriptor")
    parser.add_argument("--env", type=Path, metavar="FILE", help="write NAME=value lines")
    parser.add_argument("--recipes", action="store_true", help="show how to hand a value to common vaults")
    add_unlock(parser)


def export(args: argparse.Namespace) -> int:
    """Write a KeePass database or an environment file, or show the recipes for other vaults."""
    only_one(args, "kdbx", "env", "recipes")
    if args.recipes:
        console.print("keyturn secrets copy NAME --fd 1 …", style="bold", markup=False)
        for vault, recipe in RECIPES.items():
            console.print(f"{vault}: {recipe}", markup=False, soft_wrap=True)
        return answer(args, {"recipes": RECIPES})
    path = args.kdbx or args.env
    if not path:
        raise BadInput("say --kdbx FILE or --env FILE")
    check_free(path)
    store = open_store(args, write=True, unnoted=True)
    entries = [find(store, text) for text in args.entries] or store.entries()
    if not entries:
        raise NotThere("there is nothing to export: the store is empty")
    identities = unlocked(args, store)
    if args.kdbx:
        to_kdbx(store, entries, identities, path, _kdbx_passphrase(args))
    else:
        to_env(store, entries, identities, path)
    console.print(f"{counted(len(entries), 'secret')} exported; that file is now as secret as the store")
    return finish(args, store, {"exported": [entry.id for entry in entries]})


def _kdbx_passphrase(args: argparse.Namespace) -> str:
    if args.kdbx_passphrase_fd is not None:
        given = read_line(args.kdbx_passphrase_fd)
        check_passphrase(given)
        return given
    made = new_passphrase()
    with without_terminal("give --kdbx-passphrase-fd"):
        terminal.say(f"The database's passphrase, shown once: {made}")
    return made
