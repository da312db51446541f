"""`keyturn secrets`: the encrypted store, for people and for schedulers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from keyturn.cli import secrets_keys, secrets_read, secrets_values
from keyturn.cli.options import add_allow_synced
from keyturn.cli.secrets_common import number
from keyturn.cli.unlocking import add_unlock
from keyturn.interruption import Interruption, listening
from secrets_store import REFUSALS, discreet

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_DAYS = 36_500  # to look ahead; a century, and within the calendar


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its words."""
    refusals = [f"  {kind.exit_code}  {(kind.__doc__ or '').partition(chr(10))[0].rstrip('.')}" for kind in REFUSALS]
    parser = subparsers.add_parser(
        "secrets",
        help="the encrypted store: list, copy, verify, export",
        description="The encrypted store of the secrets that were rotated.",
        epilog="\n".join(
            [
                "exit codes: 0 done, 2 not there, 3 input not valid, 9 done and not told, 20 something is due;",
                "the store refuses with",
                *refusals,
            ]
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(metavar="WORD", required=True)

    def word(name: str, run: Callable[[argparse.Namespace], int], help_text: str) -> argparse.ArgumentParser:
        added = words.add_parser(name, help=help_text, description=help_text)
        added.add_argument("--store", type=Path, metavar="DIR", help="folder of the encrypted store")
        added.add_argument(
            "--json", action="store_true", help="print one JSON object as the last line of standard output"
        )
        add_allow_synced(added)
        added.set_defaults(run=discreet(_in_order(run)))  # passphrases, keys and values are in the clear in some
        return added

    secrets_keys.add_init(word("init", secrets_keys.init, "make a store and its keys"))
    word("list", secrets_read.show_list, "list what is stored; needs no key")
    show = word("show", secrets_read.show_entry, "show what is known about a secret, without its value; needs no key")
    show.add_argument("entry", metavar="ENTRY", help="an entry's ID, or a name for the newest of that name")
    secrets_values.add_copy(word("copy", secrets_values.copy, "put a value on the clipboard for some seconds"))
    due = word("due", secrets_read.show_due, "say what expires soon, with exit code 20 if anything does; needs no key")
    due.add_argument(
        "--within",
        type=number(_MOST_DAYS, "d"),
        default=secrets_read.WITHIN,
        metavar="DAYS",
        help=f"how far to look ahead; {secrets_read.WITHIN}d unless told",
    )
    due.add_argument(
        "--ics",
        type=Path,
        metavar="FILE",
        help="also write a calendar file of what is in use; one that is there is replaced",
    )
    verify = word("verify", secrets_read.verify, "check every line, signature and file; needs no key")
    verify.add_argument("--head", metavar="HEX", help="a journal digest noted earlier, for example in a recording")
    secrets_values.add_export(word("export", secrets_values.export, "write values for other stores"))
    secrets_keys.add_recipients(word("recipients", secrets_keys.recipients, "list or change who can open the store"))
    add_unlock(word("drill", secrets_keys.drill, "prove that a key opens everything"))


def _in_order(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Let `kill` and a closed terminal end a word as Ctrl-C does, with a terminal that shows again what is typed."""

    def listened(args: argparse.Namespace) -> int:
        with listening(Interruption()):
            return run(args)

    return listened
