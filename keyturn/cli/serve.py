"""`keyturn serve`: the replicas alone, so that `keyturn run` can be tried against them."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from keyturn.cli.options import add_replica
from keyturn.cli.output import put_json

if TYPE_CHECKING:
    import argparse


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("serve", help="serve the replicas of the portals until interrupted")
    add_replica(parser)
    parser.add_argument("--by-hand", action="store_true", help="nobody signs in for you: do it in the browser")
    parser.set_defaults(run=serve)


def serve(args: argparse.Namespace) -> int:
    """Serve until interrupted; put the addresses and inputs out as one JSON object."""
    from keyturn.cli.replica import open_replicas  # noqa: PLC0415  # the web server is loaded only by what serves
    from rehearsal import Operator  # noqa: PLC0415  # the same

    with ExitStack() as stack:
        replicas = stack.enter_context(open_replicas(args.scenario, args.fault))
        if not args.by_hand:
            stack.enter_context(Operator(replicas))
        if code := put_json(replicas.inputs):
            return code
        while True:  # A Ctrl-C may be told to another thread; this one sees it when it wakes.
            time.sleep(0.5)
