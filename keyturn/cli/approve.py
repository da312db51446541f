"""`keyturn approve`: the second person reads what a run asks of them, and signs it with their own key."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from keyturn import signing, system
from keyturn.errors import Exit, Invalid, NobodyThere, Stopped, cannot_start

if TYPE_CHECKING:
    import argparse

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from rich.console import Console

    from evidence.approval import Pending

_STOCK = "ssh-keygen -Y sign -n keyturn-approval"  # what stock tools sign with
_SHARED = 0o644  # the run that waits may be of another account


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("approve", help="sign, as the second person, what a run asks for in a file")
    parser.add_argument("file", type=Path, metavar="FILE", help="the request, as the run that waits names it")
    parser.add_argument(
        "--key", type=Path, metavar="KEY", help="your Ed25519 key, in OpenSSH's form (default: keyturn's)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the request, ask, sign it, and return the exit code. Raises what a person can put right."""
    from rich.console import Console  # noqa: PLC0415  # loaded by what needs it

    from evidence import approval, sshsig  # noqa: PLC0415  # the same
    from evidence.chain import utc_now  # noqa: PLC0415  # the same
    from keyturn.console import somebody_is_there  # noqa: PLC0415  # the same

    request = _request(args.file)
    pending = approval.Pending.from_bytes(request)
    if utc_now() >= pending.expired:
        raise Invalid("the request has expired", hint="the run makes a new one, or has ended")
    key = _key(args.key)
    if sshsig.fingerprint(sshsig.raw_public(key)) == pending.operator_key:
        raise Invalid("this is the operator's own key: somebody else is to approve", hint="sign with a key of yours")
    console = Console(stderr=True, highlight=False, emoji=False)
    _show(console, pending)
    if not somebody_is_there():
        raise NobodyThere("an approval is asked for at a terminal", hint=f"or sign with: {_STOCK} -f KEY FILE")
    system.forget_typed(sys.stdin.fileno())  # What was typed before all of it was shown says yes to nothing.
    console.print("Approve exactly this? y or n, then Enter: ", end="", style="bold")
    if _typed().strip().lower() != "y":
        raise Stopped("nothing was signed")
    to = args.file.with_name(args.file.name + approval.SIGNATURE)
    hint = f"approve a copy of {args.file.name} in a folder of yours, and put {to.name} beside the request"
    with cannot_start(f"{to} cannot be written", hint):
        to.write_text(sshsig.sign(key, request, approval.NAMESPACE), encoding="ascii", newline="\n")
        to.chmod(_SHARED)
    console.print(f"signed: {to}", soft_wrap=True, markup=False)
    return Exit.DONE


def _typed() -> str:
    """Return the line that was typed; nothing where the terminal ended instead."""
    try:
        return input()
    except EOFError:
        return ""


def _request(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise Invalid(f"the request cannot be read: {file}") from None


def _key(path: Path | None) -> Ed25519PrivateKey:
    return signing.load(path, hint=f"sign with: {_STOCK} -f KEY FILE") if path else signing.load_or_make()


def _show(console: Console, pending: Pending) -> None:
    """Show all that the signature will say yes to."""
    from rich.table import Table  # noqa: PLC0415  # loaded by what needs it
    from rich.text import Text  # noqa: PLC0415  # the same

    from keyturn.console.words import clean, instructions  # noqa: PLC0415  # the same

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    facts = [
        (
            "step",
            f"{pending.number}. {pending.title} ({pending.step}, {instructions(pending.covers) or 'no instruction'})",
        ),
        ("effect", pending.effect),
        *pending.given.items(),
        ("note", pending.note),
        ("undo", pending.undo or "none is known"),
        ("operator", f"{pending.operator}, key {pending.operator_key}"),
        ("run", pending.run),
        ("runbook", f"{pending.runbook}, revision {pending.revision}, SHA-256 {pending.runbook_sha256}"),
        *((f"with {name}", digest) for name, digest in pending.included_sha256.items()),
        *((f"input {name}", text) for name, text in pending.inputs.items() if text),
        ("journal", pending.journal_head),
        ("asked", f"{pending.asked}, until {pending.expires}"),
        ("nonce", pending.nonce),
    ]
    for name, text in facts:
        if text:
            grid.add_row(Text(clean(name)), Text(clean(text)))
    console.print(grid)
