"""`keyturn doctor`: what a run needs, what of it is here, and how to get the rest."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from keyturn import signing, system
from keyturn.cli.options import add_common
from keyturn.cli.output import put_json
from keyturn.errors import Exit

if TYPE_CHECKING:
    import argparse

    from rich.console import Console

    from keyturn.findings import Finding

_NAMES = 19  # columns of the longest name


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("doctor", help="tell what a run needs and what of it is here")
    parser.add_argument("--init", action="store_true", help="make the signing key if there is none")
    parser.add_argument(
        "--browser", default="auto", metavar="NAME", help=f"auto, {', '.join(system.BROWSERS)} or the path of a program"
    )
    add_common(parser)
    parser.set_defaults(run=doctor)


def doctor(args: argparse.Namespace) -> int:
    """Print the findings and return 0, or 2 when something is missing that a rehearsal needs too."""
    from rich.console import Console  # noqa: PLC0415  # keeps other commands quick

    from keyturn.findings import STORE, look  # noqa: PLC0415  # the same

    if args.init:
        signing.load_or_make()
    console = Console(stderr=True, highlight=False)
    findings = []
    for finding in look(args.browser, args.store, args.recordings):
        findings.append(finding)
        _tell(console, finding)
    missing = [finding.what for finding in findings if finding.needed and not finding.here]
    run = not missing and all(finding.here for finding in findings if finding.what == STORE)
    console.print(f"\n{_last_word(missing, run=run)}", style="bold")
    code = Exit.CANNOT_START if missing else Exit.DONE
    found = {"ready": not missing, "run": run, "findings": [asdict(one) for one in findings]}
    return put_json(found, code) if args.json else code


def _last_word(missing: list[str], *, run: bool) -> str:
    """Return what this machine is ready for; `run`: for a run, and not for a rehearsal only."""
    if missing:
        return f"not ready: {', '.join(missing)}"
    return "ready for a run" if run else "ready for a rehearsal; a run needs a store: keyturn secrets init"


def _tell(console: Console, finding: Finding) -> None:
    """Print a finding at once: looking at all of them takes a few seconds."""
    from rich.table import Table  # noqa: PLC0415  # as above
    from rich.text import Text  # noqa: PLC0415  # the same

    mark, style = ("✓", "green") if finding.here else (("✗", "bold red") if finding.needed else ("–", "yellow"))
    told = Text(finding.found)
    if not finding.here:
        told.append(f"\n{finding.to_do}", style="bold")
    row = Table.grid(padding=(0, 1))
    row.add_column(width=1)
    row.add_column(width=_NAMES)
    row.add_column(overflow="fold")
    row.add_row(Text(mark, style=style), finding.what, told)
    console.print(row)
