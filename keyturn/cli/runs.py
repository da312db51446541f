"""`keyturn runs`: the runs that can go on, and the browsers that are still open for one."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from keyturn.cli.options import add_common, recordings_of
from keyturn.cli.output import put_json
from keyturn.errors import Exit

if TYPE_CHECKING:
    import argparse

    from rich.console import Console

    from keyturn.run.runs import Listed


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "runs",
        help="list the runs that can go on, and whose browser is still open",
        description="Lists the runs that `keyturn resume` can go on with, and those whose browser is still open.",
    )
    parser.add_argument("--end", metavar="RUN", help="end the browser that is still open for this run")
    parser.add_argument(
        "--lose-value", action="store_true", help="end it although its page may show a value that is nowhere else"
    )
    add_common(parser)
    parser.set_defaults(run=runs)


def runs(args: argparse.Namespace) -> int:
    """List them, or end one's browser; return the exit code."""
    from rich.console import Console  # noqa: PLC0415  # loaded only by what prints

    from keyturn.run.runs import listed  # noqa: PLC0415  # it brings the browser library

    console = Console(stderr=True, highlight=False, emoji=False)
    if args.end:
        _end(args)
        console.print(f"The browser of {args.end} was ended.", markup=False)
        return Exit.DONE
    found = listed(recordings_of(args))
    _print(console, found)
    return put_json({"runs": [one.as_json() for one in found]}) if args.json else Exit.DONE


def _print(console: Console, found: list[Listed]) -> None:
    if not found:
        console.print("No run can go on, and no browser is open.")
    for one in found:
        how = "is being carried out" if one.under_way else f"{one.status} in {one.step}" if one.step else one.status
        console.print(f"{one.run}  {one.runbook}".rstrip(), style="bold", markup=False, soft_wrap=True)
        console.print(f"  {', '.join(filter(None, (how, one.since)))}", markup=False, soft_wrap=True)
        if one.value_may_be_open:
            console.print("  its page may show a value that is not in the store yet", style="yellow")
        if one.browser_open:
            console.print(
                f"  its browser is open; to end it: keyturn runs --end {one.run}", markup=False, soft_wrap=True
            )
        if one.resumable and not one.under_way:
            console.print(f"  to go on: keyturn resume {one.run}", markup=False, soft_wrap=True)


def _end(args: argparse.Namespace) -> None:
    """End a browser. Raises `CannotStart` when there is none, or a value may be lost with it."""
    from playwright.sync_api import Error as BrowserError  # noqa: PLC0415  # loaded only by what drives a browser

    from keyturn import keeper  # noqa: PLC0415  # the same
    from keyturn.errors import CannotStart  # noqa: PLC0415  # the same
    from keyturn.run.runs import value_may_be_open  # noqa: PLC0415  # the same

    kept = keeper.kept_runs().get(args.end)
    if kept is None:
        raise CannotStart(f"no browser is open for {args.end}", hint="`keyturn runs` lists those that are")
    if not args.lose_value and value_may_be_open(args.end, recordings_of(args)):
        raise CannotStart(
            "its page may show a value that is not in the store yet",
            hint=f"`keyturn resume {args.end}` seals it; to give it up, add --lose-value",
        )
    with keeper.attached(kept) as context, suppress(BrowserError):  # It may be gone before it has answered.
        context.close()
    keeper.has_ended(kept.run)
