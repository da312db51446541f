"""`keyturn rehearse`: a runbook against the replicas, with the same pages, store and recorder as a real run."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from keyturn import settings, signing
from keyturn.cli.given import given_inputs
from keyturn.cli.options import add_allow_synced, add_common, add_replica, add_walkthrough, wants_headed
from keyturn.errors import Invalid
from keyturn.interpolate import references

if TYPE_CHECKING:
    import argparse

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from keyturn.keeper import Keeper
    from keyturn.run.conduct import Prepared
    from rehearsal import Replicas
    from secrets_store import Store

DEFAULT = "update-entra-client-secret.yaml"
_HERE = {"127.0.0.1", "localhost", "::1"}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("rehearse", help="practise a runbook against replicas of the portals")
    parser.add_argument("runbook", nargs="?", type=Path, metavar="RUNBOOK", help=f"default: {DEFAULT}")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="give an input of your own")
    add_replica(parser)
    add_walkthrough(parser)
    add_common(parser)
    add_allow_synced(parser)
    parser.add_argument(
        "--read-pictures",
        action="store_true",
        help="search the pictures for the value too, as a real run always does; takes a minute or two",
    )
    parser.add_argument(
        "--by-hand",
        action="store_true",
        help="you sign in and answer; without it the rehearsal's operator signs in, and answers unless --mode is given",
    )
    parser.set_defaults(run=rehearse)


def rehearse(args: argparse.Namespace) -> int:
    """Rehearse and return the exit code. The store is thrown away unless one is named."""
    from keyturn.keeper import Keeper  # noqa: PLC0415  # the browser library is loaded only by what drives it

    ready = Keeper()  # First of all: it comes up while everything else is loaded and checked.
    try:
        return _rehearse(args, ready)
    finally:
        ready.dismiss()


def _rehearse(args: argparse.Namespace, ready: Keeper) -> int:
    from keyturn.cli.attended import approvers, attend  # noqa: PLC0415  # the browser library is loaded only by what drives it
    from keyturn.cli.replica import Colleague, SecondHand, StepTold, inputs_for, open_replicas  # noqa: PLC0415  # the same, the web server
    from keyturn.console import somebody_is_there  # noqa: PLC0415  # the same
    from keyturn.document import load  # noqa: PLC0415  # the same
    from keyturn.gates import Mode, Nobody  # noqa: PLC0415  # the same
    from keyturn.run.conduct import Around, Wish, prepare  # noqa: PLC0415  # the same
    from rehearsal import Operator  # noqa: PLC0415  # the same

    path = args.runbook or settings.shipped_runbooks() / DEFAULT
    args.headed = wants_headed(args)
    book = load(path)
    with ExitStack() as stack:
        replicas = stack.enter_context(open_replicas(args.scenario, args.fault, [step.id for step in book.steps]))
        prepared = prepare(
            Wish(
                runbook=path,
                given={**inputs_for(book, replicas), **given_inputs(None, args.set)},
                browser=args.browser,
                profile=args.profile,
                headed=args.headed,
                mode=args.mode or (Mode.GUIDED if args.by_hand else Mode.AUTO),
                pace=args.pace,
                first=args.first,
                last=args.last,
                keep_open=args.keep_open,
            )
        )
        _refuse_real_portals(prepared, replicas)
        stack.enter_context(Operator(replicas, signs_in=not args.by_hand))
        key = signing.load_or_make()
        thrown_away = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keyturn-rehearsal-")))
        folder = args.store or thrown_away / "store"
        colleague = Colleague(thrown_away / "approvals")
        around = Around(
            recordings=args.recordings or settings.default_recordings(),
            store=_store(folder, key, allow_synced=args.allow_synced),
            signing_key=key,
            gatekeeper=Nobody(),
            listeners=(StepTold(replicas), *(() if args.approvers else (colleague,))),
            tsa=args.tsa or "",
            ready=ready,
            approvers=approvers(args, prepared) if args.approvers else colleague.approvers,
            kind="rehearsal",
            outlives=False,
            read_pictures=args.read_pictures,
        )
        practising = args.by_hand or bool(args.mode and somebody_is_there())
        return attend(prepared, around, args, instead=None if practising else SecondHand(replicas.operator_url))


def _refuse_real_portals(prepared: Prepared, replicas: Replicas) -> None:
    """Raise `Invalid` where a portal is not on this machine: the rehearsal's operator says yes to everything."""
    for name, portal in prepared.runbook.portals.items():
        (asked,) = references(portal.url)
        address = prepared.inputs[asked.of]
        if urlsplit(address).hostname not in _HERE:
            known = ", ".join(given for given in replicas.inputs if given.endswith("_url"))
            hint = f"a rehearsal fills in the inputs called {known}; `{name}` takes its address from `{asked.of}`"
            raise Invalid(f"a rehearsal goes to no real portal, and {address} is not on this machine", hint=hint)


def _store(folder: Path, key: Ed25519PrivateKey, *, allow_synced: bool) -> Store:
    from secrets_store import Store  # noqa: PLC0415  # as above

    if folder.exists():
        return Store.open(folder, signing_key=key, allow_synced=allow_synced)
    store, _ = Store.throw_away(folder, key)
    return store
