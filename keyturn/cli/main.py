"""The words of the command line, and what every command has in common."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from typing import TYPE_CHECKING

from keyturn import system

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
        "5 nobody at a gate, 6 a guard refused, 7 leak found, 8 does not verify, 10-19 the store refused, 20 due, "
        "70 bug, 130 interrupted",
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
        args = parser(given[0] if given else "").parse_args(given)
        return int(args.run(args))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the last seam: everything becomes text and a code
        return report(error)


def _never_stopped_by_a_character(stream: object, errors: str) -> None:
    """Let what the terminal's encoding does not know, such as a dash, be written in another way."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors=errors)


def report(error: BaseException) -> int:
    """Print `error` in the tool's voice and return its exit code. A bug shows its kind and place, never its text."""
    from rich.console import Console  # noqa: PLC0415  # loaded when something went wrong, not at every start
    from rich.text import Text  # noqa: PLC0415  # the same

    from keyturn.console.words import clean  # noqa: PLC0415  # the same
    from keyturn.outcome import exit_of  # noqa: PLC0415  # the same

    console = Console(stderr=True, highlight=False, emoji=False)
    code = exit_of(error)
    if isinstance(error, KeyboardInterrupt):
        message, hint = "interrupted", ""
    elif hasattr(error, "message"):
        message, hint = str(error.message), str(getattr(error, "hint", ""))
    else:
        message, hint = f"a bug: {_place(error)}", "please report this line; it holds no page content"
    first, *more = [clean(line) for line in message.splitlines()] or [""]
    told = [Text.assemble(("keyturn: error:", "bold red"), " ", first), *map(Text, more)]
    if hint:
        told.append(Text.assemble(("hint:", "dim"), " ", clean(hint)))
    for line in told:  # never as mark-up, which a path or an argument may look like
        console.print(line, soft_wrap=True)
    return int(code)


def _place(error: BaseException) -> str:
    """Return kind, file and line of an error of ours: enough to find it, without any text that it may carry."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "unknown"
    return f"{type(error).__name__} in {where}"
