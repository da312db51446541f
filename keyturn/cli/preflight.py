"""`keyturn preflight`: a read-only visit to every page that a run needs, before anything is created."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from keyturn import system
from keyturn.cli.given import given_inputs
from keyturn.cli.options import add_profile, wants_headed
from keyturn.cli.output import put_json
from keyturn.errors import Exit

_BREATH = 100  # ms

if TYPE_CHECKING:
    import argparse

    from playwright.sync_api import BrowserContext
    from rich.console import Console

    from keyturn.run.preflight import Looked


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("preflight", help="visit every page that a run needs, and change nothing")
    parser.add_argument("runbook", type=Path, metavar="RUNBOOK")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="give an input")
    parser.add_argument("--values", type=Path, metavar="FILE", help="give inputs from a YAML file of names and values")
    parser.add_argument("--approve", action="append", default=[], metavar="STEP|all", help="answer a gate beforehand")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument(
        "--headed", action="store_true", default=None, help="show the browser (the default with a display)"
    )
    shown.add_argument("--headless", action="store_false", dest="headed", help="do not show the browser")
    parser.add_argument(
        "--browser", default="auto", metavar="NAME", help=f"auto, {', '.join(system.BROWSERS)} or the path of a program"
    )
    add_profile(parser)
    parser.add_argument(
        "--keep-open",
        action="store_true",
        help="leave the browser open until you have looked, where something is missing and with --profile",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line of standard output")
    parser.set_defaults(run=preflight)


def preflight(args: argparse.Namespace) -> int:
    """Visit the pages, tell what is where, and return 0 when all is where it should be, else 1."""
    from rich.console import Console  # noqa: PLC0415  # the browser library and the console are loaded by what needs them

    from keyturn.browser import open_browser  # noqa: PLC0415  # the same
    from keyturn.cli.attended import let_look  # noqa: PLC0415  # the same
    from keyturn.console import watching  # noqa: PLC0415  # the same
    from keyturn.gates import Beforehand, Mode, Nobody  # noqa: PLC0415  # the same
    from keyturn.run.conduct import Wish, prepare  # noqa: PLC0415  # the same
    from keyturn.run.preflight import Preflight  # noqa: PLC0415  # the same

    headed = wants_headed(args)
    given = given_inputs(args.values, args.set)
    wish = Wish(
        runbook=args.runbook,
        given=given,
        browser=args.browser,
        profile=args.profile,
        headed=headed,
        approved=args.approve,
    )
    prepared = prepare(wish)
    console = Console(stderr=True, highlight=False, emoji=False)
    console.print(f"{prepared.runbook.title}: looked at, nothing is changed\n", markup=False)
    looked: list[Looked] = []
    with ExitStack() as stack:
        watch = stack.enter_context(watching(console, prepared.runbook, {}, Mode.AUTO, Path(), plain=True))
        context = stack.enter_context(open_browser(prepared.browser, headed=headed, profile=args.profile))
        gatekeeper = Beforehand(args.approve, watch.person or Nobody())
        for one in Preflight(prepared, context, gatekeeper, watch.listener).visit():
            looked.append(one)
            _tell(console, one, len(looked))
        missing = [one.step.id for one in looked if one.look == "not there"]
        if args.keep_open and (missing or args.profile) and watch.person:
            let_look(watch.person, lambda: _is_closed(context))
    console.print(_last_word(looked, missing), style="bold")
    code = Exit.STEP_FAILED if missing else Exit.DONE
    return put_json(_as_json(looked, missing), code) if args.json else code


def _is_closed(context: BrowserContext) -> bool:
    """Let the browser work for a moment, and return whether the person has closed it."""
    from playwright.sync_api import Error as BrowserError  # noqa: PLC0415  # as above

    try:
        context.pages[0].wait_for_timeout(_BREATH)
    except (BrowserError, IndexError):
        return not context.pages
    return False


def _last_word(looked: list[Looked], missing: list[str]) -> str:
    if missing:
        return f"\nnot ready: {', '.join(missing)}"
    later = sum(one.look == "later" for one in looked)
    return f"\nall is where it should be; {later} of {len(looked)} steps can be seen only during the run"


def _as_json(looked: list[Looked], missing: list[str]) -> dict[str, object]:
    steps = [{"id": one.step.id, "look": one.look, "found": one.found, "to_do": one.to_do} for one in looked]
    return {"ready": not missing, "steps": steps}


def _tell(console: Console, looked: Looked, number: int) -> None:
    """Print a step as soon as it was looked at."""
    from rich.table import Table  # noqa: PLC0415  # as above
    from rich.text import Text  # noqa: PLC0415  # the same

    from keyturn.console.words import clean  # noqa: PLC0415  # the same

    marks = {"there": ("✓", "green"), "not there": ("✗", "bold red"), "later": ("…", "dim"), "not needed": ("–", "dim")}
    mark, style = marks[looked.look]
    told = Text(looked.step.title)
    told.append(f"\n{looked.look}: {clean(looked.found)}", style="" if looked.look == "not there" else "dim")
    if looked.to_do:
        told.append(f"\n{looked.to_do}", style="bold")
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(width=3, justify="right")
    row.add_column(overflow="fold")
    row.add_row(Text(mark, style=style), f"{number}", told)
    console.print(row)
