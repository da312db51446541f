"""The words about keys: `init`, `recipients`, `drill`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from keyturn import signing
from keyturn.cli.output import counted
from keyturn.cli.secrets_common import console, finish, folder_of, open_store, without_terminal
from keyturn.cli.unlocking import add_unlock, unlocked
from secrets_store import BadInput, Recipient, Store, keychain, terminal
from secrets_store.age import X25519Identity
from secrets_store.identity_file import check_passphrase, new_passphrase, seal_identity
from secrets_store.reading import drill as drill_store
from secrets_store.reseal import change_recipients, still_known
from secrets_store.unlock import read_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_PROOF = 6  # last characters of the break-glass key, typed back to prove that it was written down
_TRIES = 3
_AGAIN = "no store was made; start again"
_BREAK_GLASS = "break-glass"


def add_init(parser: argparse.ArgumentParser) -> None:
    """Add the options of `init`."""
    second = parser.add_mutually_exclusive_group()
    second.add_argument("--break-glass", metavar="AGE1", help="public key (age1…) of the second recipient")
    second.add_argument(
        "--single-recipient-i-accept-loss",
        action="store_true",
        help="no second recipient: who loses the passphrase loses every secret",
    )
    parser.add_argument("--passphrase-fd", type=int, metavar="N", help="read the passphrase from this file descriptor")
    parser.add_argument("--remember", action="store_true", help="keep the passphrase in the system's keychain")


def init(args: argparse.Namespace) -> int:
    """Make a store, the operator's key under a passphrase, and a break-glass key.

    What can be refused is refused before anything is asked: nobody is to write down a key that opens nothing.
    """
    folder = folder_of(args)
    Store.check_new(folder, allow_synced=args.allow_synced)
    operator = X25519Identity.generate()
    recipients = [Recipient("operator", operator.recipient)]
    if args.break_glass is not None:
        recipients.append(Recipient.from_text(_BREAK_GLASS, args.break_glass))
    single = args.single_recipient_i_accept_loss
    to_ask = args.break_glass is None and not single
    if to_ask or args.passphrase_fd is None:
        with without_terminal("give --passphrase-fd, and --break-glass or --single-recipient-i-accept-loss"):
            terminal.check()
    signing_key = signing.load_or_make()
    passphrase = _passphrase(args)
    if to_ask:
        recipients.append(_asked_break_glass())
    store = Store.create(
        folder,
        recipients=recipients,
        signing_key=signing_key,
        single_recipient_i_accept_loss=single,
        allow_synced=args.allow_synced,
        identity_file=seal_identity(operator, passphrase),
    )
    if args.remember and not keychain.remember(store.ledger.store, passphrase):
        console.print("[yellow]there is no keychain to keep the passphrase in[/]")
    console.print(f"made {escape(str(store.folder))}; keyturn secrets drill proves that its keys work", soft_wrap=True)
    result = {"store": str(store.folder), "recipients": {one.name: str(one.key) for one in recipients}}
    return finish(args, store, result)


def _passphrase(args: argparse.Namespace) -> str:
    if args.passphrase_fd is not None:
        given = read_line(args.passphrase_fd)
        check_passphrase(given)
        return given
    words = new_passphrase()
    question = f"Passphrase: press Enter for\n  {words}\nor type your own: "
    chosen = _asked(question, lambda text: check_passphrase(text or words), hidden=True) or words
    for _ in range(_TRIES):
        if terminal.ask("Type it once more: ", hidden=True) == chosen:
            return chosen
        terminal.say("that was not the same")
    raise BadInput("the passphrase was not repeated", hint=_AGAIN)


def _asked(question: str, check: Callable[[str], object], *, hidden: bool) -> str:
    """Ask until `check` takes the answer; say why when it does not."""
    while True:
        text = terminal.ask(question, hidden=hidden)
        try:
            check(text)
        except BadInput as error:
            terminal.say("; ".join(filter(None, (error.message, error.hint))))
        else:
            return text


def _asked_break_glass() -> Recipient:
    question = "Break-glass public key (age1…), or Enter to make a pair now: "
    text = _asked(question, lambda text: text.strip() and Recipient.from_text(_BREAK_GLASS, text), hidden=False)
    if text.strip():
        return Recipient.from_text(_BREAK_GLASS, text)
    identity = X25519Identity.generate()
    secret = identity.text()
    terminal.say(f"Break-glass key, shown once. Write it on paper, keep it where you keep such things:\n  {secret}")
    for _ in range(_TRIES):
        if terminal.ask(f"Its last {_PROOF} characters: ", hidden=False).strip().upper() == secret[-_PROOF:]:
            return Recipient(_BREAK_GLASS, identity.recipient)
        terminal.say("that is not it")
    raise BadInput("the break-glass key was not written down", hint=_AGAIN)


def add_recipients(parser: argparse.ArgumentParser) -> None:
    """Add the options of `recipients`."""
    parser.add_argument("what", nargs="?", choices=("list", "add", "remove"), default="list")
    parser.add_argument("name", nargs="?", metavar="NAME", help="whose key it is")
    parser.add_argument("key", nargs="?", metavar="AGE1", help="public key (age1…), to add")
    parser.add_argument("--single-recipient-i-accept-loss", action="store_true", help="let one recipient remain")
    add_unlock(parser)


def recipients(args: argparse.Namespace) -> int:
    """List who can open the store, or change it: everything is sealed anew. What is so already is left as it is."""
    if args.what != "list" and (not args.name or bool(args.key) != (args.what == "add")):
        raise BadInput("say recipients add NAME AGE1, or recipients remove NAME")
    store = open_store(args, write=args.what != "list")
    wanted = _wanted(args, store)
    if wanted != store.recipients():
        single = args.single_recipient_i_accept_loss
        change_recipients(store, wanted, unlocked(args, store), single_recipient_i_accept_loss=single)
    for one in store.recipients():
        proven = store.ledger.drilled.get(str(one.key), "never")
        console.print(f"{escape(one.name)}  {one.key}  opened all: {proven}", soft_wrap=True)
    known = still_known(store)
    for name, entries in known.items():
        if entries:
            console.print(
                f"[yellow]{escape(name)}, who was removed, knows what they could read; rotate in the portal:[/]"
            )
        for entry in entries:
            console.print(f"  {escape(entry.metadata.description)}  {entry.id}", soft_wrap=True)
    result = {
        "recipients": {one.name: str(one.key) for one in store.recipients()},
        "rotate": {name: [entry.id for entry in entries] for name, entries in known.items()},
    }
    return finish(args, store, result)


def _wanted(args: argparse.Namespace, store: Store) -> list[Recipient]:
    """Return the list that shall be in force; raise `BadInput` for a name that is taken, or that nobody ever had."""
    now = store.recipients()
    others = [one for one in now if one.name != args.name]
    if args.what == "add":
        added = Recipient.from_text(args.name, args.key)
        if len(others) < len(now) and added not in now:
            raise BadInput(
                f"there is already a recipient {args.name}", hint="remove that one first, or say another name"
            )
        return now if added in now else [*now, added]
    if args.what == "remove":
        if len(others) == len(now) and args.name not in store.ledger.removed:
            raise BadInput(f"there is no recipient {args.name}", hint="keyturn secrets recipients lists them")
        return others
    return now


def drill(args: argparse.Namespace) -> int:
    """Prove that a key opens everything; note it in the journal; say whose keys were never proven."""
    store = open_store(args, write=True)
    done = {}
    for identity in unlocked(args, store):
        holder, count = drill_store(store, identity)
        done[holder.name] = count
        console.print(f"the key of {escape(holder.name)} opens everything: {counted(count, 'secret')}")
    never = [one.name for one in store.recipients() if str(one.key) not in store.ledger.drilled]
    if never:
        console.print(
            f"[yellow]never proven:[/] {escape(', '.join(never))}; keyturn secrets drill --identity-fd 3 3<KEY"
        )
    return finish(args, store, {"opened": done, "never": never})
