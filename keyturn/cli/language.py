"""`keyturn check`, `plan`, `show`, `schema`, `pages` and `new`: everything about runbooks that needs no browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from keyturn.cli.output import counted, put, put_json
from keyturn.errors import Exit

if TYPE_CHECKING:
    import argparse

    from keyturn.catalogue import Catalogue
    from keyturn.model import Runbook

# Imports stand inside the functions: `keyturn --help` and the other commands need none of this.
# ruff: noqa: PLC0415


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    check = commands.add_parser("check", help="tell everything that is wrong with a runbook, without a browser")
    check.add_argument("runbooks", nargs="+", type=Path, metavar="RUNBOOK")
    check.add_argument("--json", action="store_true", help="print the faults as one JSON object")
    check.set_defaults(run=run_check)
    plan = commands.add_parser("plan", help="what a run would do: effects, gates, guards, points of no return")
    plan.add_argument("runbook", type=Path, metavar="RUNBOOK")
    plan.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="give an input")
    plan.add_argument("--values", type=Path, metavar="FILE", help="give inputs from a YAML file of names and values")
    plan.add_argument("--json", action="store_true", help="print the plan as one JSON object")
    plan.set_defaults(run=run_plan)
    show = commands.add_parser("show", help="the runbook as a printable procedure for people")
    show.add_argument("runbook", type=Path, metavar="RUNBOOK")
    show.add_argument("--html", action="store_true", help="one HTML file that prints well, instead of Markdown")
    show.set_defaults(run=run_show)
    schema = commands.add_parser("schema", help="the JSON Schema of runbooks, for editors")
    schema.set_defaults(run=run_schema)
    pages = commands.add_parser("pages", help="what the pages offer to a runbook: actions, probes, arguments, outputs")
    pages.add_argument("packages", nargs="*", metavar="PAGES", help="as in `pages: entra`; default: all")
    pages.set_defaults(run=run_pages)
    new = commands.add_parser("new", help="write a small runbook that passes check, to begin with")
    new.add_argument("name", metavar="NAME", help="kebab-case, as in rotate-vendor-secret")
    new.add_argument("--in", dest="folder", type=Path, default=Path(), metavar="DIR", help="default: this folder")
    new.set_defaults(run=run_new)


def run_check(args: argparse.Namespace) -> int:
    """Check each runbook; people read the faults on standard error, editors take `--json`."""
    from keyturn.catalogue import Catalogue
    from keyturn.check import check_file, notices

    told, code = [], Exit.DONE
    for path in args.runbooks:
        runbook, faults = check_file(path, Catalogue.of)
        found = faults.sorted()
        remarks = notices(runbook) if runbook and not found else []  # What is not there may be what was not read.
        told.append({"file": str(path), "faults": [fault.as_json() for fault in found], "notices": remarks})
        code = Exit.INVALID if found else code
        if not args.json:
            _tell([f"{fault}\n" for fault in found] + [f"note: {remark}" for remark in remarks])
            _tell([f"{path}: {counted(len(faults), 'fault') if found else 'valid'}"])
    return put_json({"files": told, "exit": int(code)}, code) if args.json else code


def _tell(lines: list[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201  # for people


def _valid(path: Path) -> tuple[Runbook, Catalogue]:
    from keyturn.catalogue import Catalogue
    from keyturn.check import check
    from keyturn.document import load

    runbook = load(path)
    catalogue = Catalogue.of(portal.pages for portal in runbook.portals.values())
    check(runbook, catalogue)
    return runbook, catalogue


def run_plan(args: argparse.Namespace) -> int:
    """Print the plan. Inputs that are not given stay open; those that are given must be valid."""
    from keyturn.check import resolve_inputs
    from keyturn.cli.given import given_inputs
    from keyturn.plan import plan_json, plan_text

    runbook, _ = _valid(args.runbook)
    given = given_inputs(args.values, args.set)
    unknown = [name for name, spec in runbook.inputs.items() if spec.default is None and not given.get(name)]
    inputs = resolve_inputs(runbook, given, open_ended=unknown)
    if args.json:
        return put_json(plan_json(runbook, inputs, unknown))
    return put(plan_text(runbook, inputs, unknown))


def run_show(args: argparse.Namespace) -> int:
    """Print the procedure."""
    from keyturn.show import html, markdown

    runbook, catalogue = _valid(args.runbook)
    return put((html if args.html else markdown)(runbook, catalogue))


def run_schema(_args: argparse.Namespace) -> int:
    """Print the schema."""
    from keyturn.schema import schema_text

    return put(schema_text())


def run_pages(args: argparse.Namespace) -> int:
    """Print what the pages offer."""
    from keyturn.catalogue import Catalogue
    from keyturn.errors import Invalid
    from keyturn.offer import offer_text
    from pages import REGISTRY

    for name in args.packages:
        if name not in REGISTRY:
            raise Invalid(f"there are no pages called {name}", hint=f"there are: {', '.join(REGISTRY)}")
    return put(offer_text(Catalogue.of(args.packages or REGISTRY)))


def run_new(args: argparse.Namespace) -> int:
    """Write the skeleton and say what to do with it."""
    from keyturn.skeleton import write_skeleton

    runbook, procedure = write_skeleton(args.name, args.folder)
    _tell([f"wrote {runbook} and {procedure}", f"next: keyturn check {runbook}"])
    return Exit.DONE
