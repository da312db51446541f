"""The words that need no key: `list`, `show`, `due`, `verify`."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Column, Table

from keyturn import signing, store_head
from keyturn.cli.output import counted
from keyturn.cli.secrets_common import answer, as_json, console, find, finish, folder_of, open_store
from keyturn.errors import Exit
from secrets_store import BadInput, NotVerified, RecipientsChanged, Store, StoreError
from secrets_store import verify as verify_store
from secrets_store.due import due, in_use, to_calendar, write_calendar
from secrets_store.entry import now

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import date

    from secrets_store import Entry

WITHIN = 60  # days before an expiry in which it is due, unless told otherwise
_HEAD = re.compile("[0-9a-fA-F]{64}")
_TABLE_LIMIT = 1000  # rows; measuring the columns of more takes longer than reading the journal


def show_list(args: argparse.Namespace) -> int:
    """List all entries, oldest first, and what a crash left open."""
    store = open_store(args, write=False)
    entries, intents = store.entries(), store.open_intents()
    _print(entries)
    for intent in intents:
        console.print(
            f"[yellow]open since {intent.at:%Y-%m-%d %H:%M} UTC:[/] {escape(intent.metadata.name)} {intent.id} "
            f"(run {escape(intent.metadata.run)}): keyturn resume goes on",
            soft_wrap=True,
        )
    shown = entries if args.json else []  # telling of a hundred thousand takes a second
    result = {"entries": [as_json(entry) for entry in shown], "open": [intent.id for intent in intents]}
    return finish(args, store, result)


def _print(entries: Sequence[Entry]) -> None:
    if len(entries) > _TABLE_LIMIT:
        rows = ((str(one.metadata.expires_on), one.status, one.metadata.description, *_named(one)) for one in entries)
        console.file.write("".join("\t".join(row) + "\n" for row in rows))
        return
    head = Column("Expires", no_wrap=True), Column("State"), Column("Secret", overflow="fold")
    table = Table(*head, box=None, padding=(0, 1))
    for entry in entries:
        expires = entry.metadata.expires_on
        told = "\n".join([escape(entry.metadata.description), *(f"[dim]{escape(text)}[/]" for text in _named(entry))])
        table.add_row(f"[{_colour(expires)}]{expires or 'unknown'}[/]", entry.status, told)
    console.print(table if entries else "the store is empty")


def _named(entry: Entry) -> tuple[str, str]:
    """Return what `copy` and `show` know the entry by."""
    return f"{entry.metadata.name} of {entry.metadata.application_id}", entry.id


def _colour(expires: date | None) -> str:
    left = (expires - now().date()).days if expires else 0
    return "red" if left < 0 else "yellow" if left <= WITHIN else "none"


def show_entry(args: argparse.Namespace) -> int:
    """Show what is known about one entry."""
    store = open_store(args, write=False)
    entry = find(store, args.entry)
    table = Table(Column(no_wrap=True), Column(overflow="fold"), box=None, padding=(0, 1), show_header=False)
    for key, value in as_json(entry).items():
        table.add_row(key, escape(str(value)))
    console.print(table)
    return finish(args, store, as_json(entry))


def show_due(args: argparse.Namespace) -> int:
    """Say what expires soon; return 20 when anything does."""
    store = open_store(args, write=False)
    found = due(store.entries(), within_days=args.within)
    used = in_use(store.entries())
    if args.ics:
        write_calendar(args.ics, to_calendar(used, warn_days=args.within))
    if found:
        _print(found)
    else:
        console.print(f"nothing expires within {counted(args.within, 'day')}")
    for entry in used:
        if entry.metadata.expires_on is None:
            console.print(f"[yellow]not known when it expires:[/] {entry.id}; keyturn secrets drill finds out")
    return finish(args, store, {"due": [as_json(entry) for entry in found]}, Exit.DUE if found else Exit.DONE)


def verify(args: argparse.Namespace) -> int:
    """Check everything; name every fault, and raise the refusal that they amount to."""
    if args.head is not None and not _HEAD.fullmatch(args.head):
        raise BadInput(
            f"a head is 64 hexadecimal digits, not {args.head}",
            hint="a recording notes it in its run.json, as store_head",
        )
    folder = folder_of(args)
    store, head = None, (args.head or "").lower() or store_head.remembered(folder)
    with suppress(NotVerified, RecipientsChanged):  # the faults below say more
        store = Store.open(folder, signing_key=None, allow_synced=args.allow_synced, noted_head=head)
    faults = verify_store(folder, head=head)
    for fault in faults:
        console.print(f"[bold red]{escape(fault.where)}[/]: {escape(fault.says)}", soft_wrap=True)
    result = {"faults": [{"where": fault.where, "says": fault.says} for fault in faults]}
    if faults or store is None:
        answer(args, result)
        raise _refusal(faults)
    held, lines = counted(len(store.entries()), "secret"), counted(store.journal.count, "journal line")
    console.print(f"{held}, {lines}: all as written")
    mine = signing.load_if_any()
    if mine is None or mine.public_key().public_bytes_raw() != store.journal.key:  # A noted head pins the key as well.
        console.print("by a signing key that is not this machine's: compare the head with one that was noted elsewhere")
    console.print(f"head {store.head()}")
    return finish(args, store, {**result, "head": store.head()})


def _refusal(faults: Sequence[object]) -> StoreError:
    wheres = {getattr(fault, "where", "") for fault in faults}
    kind = RecipientsChanged if wheres == {"recipients.txt"} else NotVerified
    return kind(
        f"the store does not verify ({counted(len(faults), 'fault')})",
        hint="docs/recovery.md of the checkout says what to do",
    )
