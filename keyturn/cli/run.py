"""`keyturn run`: carry a runbook out in the real portals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keyturn import settings, signing, store_head
from keyturn.cli.given import given_inputs
from keyturn.cli.options import add_allow_synced, add_common, add_despite_elsewhere, add_walkthrough, wants_headed

if TYPE_CHECKING:
    import argparse

    from keyturn.keeper import Keeper


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("run", help="carry a runbook out in the portals that its inputs name")
    parser.add_argument("runbook", type=Path, metavar="RUNBOOK")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="give an input")
    parser.add_argument("--values", type=Path, metavar="FILE", help="give inputs from a YAML file of names and values")
    parser.add_argument("--approve", action="append", default=[], metavar="STEP|all", help="answer a gate beforehand")
    parser.add_argument(
        "--despite-interrupted",
        action="store_true",
        help="begin although an earlier run for the same registration was interrupted; recorded",
    )
    add_despite_elsewhere(parser)
    add_walkthrough(parser)
    add_common(parser)
    add_allow_synced(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry the runbook out and return the exit code."""
    from keyturn.keeper import Keeper  # noqa: PLC0415  # the browser library is loaded only by what drives it

    ready = Keeper()  # First of all: it comes up while everything else is loaded and checked.
    try:
        return _run(args, ready)
    finally:
        ready.dismiss()


def _run(args: argparse.Namespace, ready: Keeper) -> int:
    from keyturn.cli.attended import approvers, attend, default_mode  # noqa: PLC0415  # the browser library is loaded only by what drives it
    from keyturn.gates import Nobody  # noqa: PLC0415  # the same
    from keyturn.run.conduct import Around, Wish, prepare  # noqa: PLC0415  # the same
    from secrets_store import Store  # noqa: PLC0415  # the same

    args.headed = wants_headed(args)
    wish = Wish(
        runbook=args.runbook,
        given=given_inputs(args.values, args.set),
        browser=args.browser,
        profile=args.profile,
        headed=args.headed,
        mode=args.mode or default_mode(headed=args.headed),
        pace=args.pace,
        approved=args.approve,
        first=args.first,
        last=args.last,
        keep_open=args.keep_open,
        despite_interrupted=args.despite_interrupted,
        despite_elsewhere=args.despite_elsewhere,
    )
    prepared = prepare(wish)
    key = signing.load_or_make()
    folder = args.store or settings.default_store()
    noted = store_head.remembered(folder)
    store = Store.open(folder, signing_key=key, allow_synced=args.allow_synced, noted_head=noted)
    around = Around(
        recordings=args.recordings or settings.default_recordings(),
        store=store,
        signing_key=key,
        gatekeeper=Nobody(),
        listeners=(),
        ready=ready,
        approvers=approvers(args, prepared),
        tsa=args.tsa or "",
    )
    try:
        return attend(prepared, around, args)
    finally:
        store_head.remember(folder, store.head())
