"""The words of the command line, and what every command has in common."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from typing import TYPE_CHECKING

from keyturn import system
from keyturn.cli.output import put, report

if TYPE_CHECKING:
    from collections.abc import Sequence

# The modules and the commands that each adds. A command pays for its own module alone.
COMMANDS = {
    "rehearse": ("rehearse",),
    "run": ("run",),
    "resume": ("resume", "rollback"),
    "runs": ("runs",),
    "approve": ("approve",),
    "language": ("check", "plan", "show", "schema", "pages", "new"),
    "serve": ("serve",),
    "secrets": ("secrets",),
    "evidence": ("evidence",),
    "doctor": ("doctor",),
    "preflight": ("preflight",),
}


def parser(command: str = "") -> argparse.ArgumentParser:
    """Return the parser with every command registered by its own module, or with those of the module of `command`."""
    whole = argparse.ArgumentParser(
        prog="keyturn",
        description="Carries out a written procedure in web portals, attended, and proves it afterwards.",
        epilog="exit codes: 0 done, 1 a step failed, 2 could not start, 3 runbook or input invalid, 4 stopped, "
        "5 nobody at a gate, 6 a guard refused, 7 leak found, 8 does not verify, 9 done and not told, "
        "10-19 the store refused, 20 due, 70 bug, 130 interrupted",
    )
    whole.add_argument("--version", action="version", version=f"keyturn {version('keyturn')}")
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    for name in [name for name, added in COMMANDS.items() if command in added] or COMMANDS:
        import_module(f"keyturn.cli.{name}").register(commands)
    return whole


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Never shows a traceback for what a user can cause."""
    system.harden()
    _never_stopped_by_a_character(sys.stderr, "replace")
    _never_stopped_by_a_character(sys.stdout, "backslashreplace")  # A value or a document is never quietly another.
    try:
        given = sys.argv[1:] if arguments is None else list(arguments)
        args = _parsed(given)
        return int(args.run(args))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the last seam: everything becomes text and a code
        return report(error)


def _parsed(given: Sequence[str]) -> argparse.Namespace:
    """Return what was asked for. Raises `SystemExit` after --help and --version, and for what nothing can make of."""
    try:
        return parser(given[0] if given else "").parse_args(given)
    except SystemExit as end:
        raise SystemExit(put("", int(end.code or 0))) from None  # What it has told may not have gone out.


def _never_stopped_by_a_character(stream: object, errors: str) -> None:
    """Let what the terminal's encoding does not know, such as a dash, be written in another way."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors=errors)
