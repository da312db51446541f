"""`keyturn evidence`: verify a recording, write its report, list what there is and the chain between them.

For people to standard error; with `--json` one object to standard output.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evidence import NotServed, junit, listing, oscal, package, report, sealing, verify
from keyturn.cli.evidence_seal import add_recording, add_seal, check_there
from keyturn.cli.options import authority, recordings_of
from keyturn.cli.output import put_json
from keyturn.console.words import clean
from keyturn.errors import CannotStart, Exit, NotVerified

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

FORMATS = ("html", "pdf", "junit", "oscal")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("evidence", help="verify, report and list recordings")
    words = parser.add_subparsers(metavar="WORD", required=True)
    one = words.add_parser("verify", help="check a recording: every file, the journal, the signature, the timestamp")
    add_recording(one)
    _add_trust(one)
    one.set_defaults(run=run_verify)
    two = words.add_parser("report", help="write a recording's report beside it")
    add_recording(two)
    two.add_argument("--format", action="append", choices=FORMATS, help="html and pdf unless said; may be repeated")
    two.add_argument("--to", type=Path, metavar="DIR", help="folder to write into; beside the recording unless said")
    two.add_argument(
        "--control", action="append", metavar="ID", help="control that the procedure is evidence for (oscal)"
    )
    two.add_argument("--browser", default="auto", metavar="NAME", help="browser that prints the PDF")
    _add_trust(two)
    two.set_defaults(run=run_report)
    stamp = words.add_parser("stamp", help="ask an authority for a timestamp over a sealed recording that has none")
    add_recording(stamp)
    stamp.add_argument("--tsa", type=authority, required=True, metavar="URL", help="address of an RFC 3161 authority")
    stamp.set_defaults(run=run_stamp)
    add_seal(words)
    three = words.add_parser("list", help="all recordings with status and verdict, and the chain between them")
    three.add_argument("--recordings", type=Path, metavar="DIR", help="folder of the recordings")
    _add_trust(three)
    three.set_defaults(run=run_list)


def _add_trust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--allowed-signers", type=Path, metavar="FILE", help="who may sign, in ssh-keygen's form")
    parser.add_argument(
        "--tsa-root", type=Path, metavar="FILE", help="root certificate of the timestamp authority (PEM)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object to standard output")


def run_verify(args: argparse.Namespace) -> int:
    """Verify one recording. Returns 8 when it does not verify, 7 when something of a secret's shape stands in it."""
    if not args.recording.is_dir():
        raise NotVerified(
            f"there is no recording at {args.recording}", hint="`keyturn evidence list` shows what there is"
        )
    if not os.access(args.recording, os.R_OK | os.X_OK):
        raise NotVerified(
            f"{args.recording} cannot be read", hint="have its owner give you a copy, or the right to read it"
        )
    if not package.is_bag(args.recording):
        raise NotVerified(
            f"{args.recording} is no sealed recording",
            hint="name the folder that has bagit.txt in it; of an open one: keyturn evidence seal",
        )
    verdict = verify.verify(args.recording, allowed_signers=args.allowed_signers, tsa_root=args.tsa_root)
    code = _code(verdict)
    says = package.read_info(args.recording) if verdict.holds else {}  # A folder can be renamed: its own word counts.
    console = Console(stderr=True, highlight=False)
    word = "[bold green]verifies[/]" if verdict.holds else "[bold red]does not verify[/]"
    proof = f"; proof: [bold]{verdict.proof}[/]" if verdict.holds else ""
    console.print(f"{_shown(args.recording.resolve().name)}: {word}{proof}", soft_wrap=True)
    run, kind, status = (says.get(name, "") for name in (package.RUN, package.KIND, package.STATUS))
    if run:
        console.print(_shown(f"recording of the {kind or 'run'} {run}, which ended as: {status}"), soft_wrap=True)
    if verdict.signer:
        console.print(f"signed by {_shown(verdict.signer)}, key {_shown(verdict.key)}", soft_wrap=True)
    for approver in verdict.approved_by:
        console.print(f"a step was approved by {_shown(approver)}", soft_wrap=True)
    for fault in verdict.faults:
        console.print(f"  [red]{_shown(fault)}[/]", soft_wrap=True)
    _tell_unproven(console, "This does not prove:", verdict.does_not_prove)
    facts = {
        "recording": str(args.recording),
        "verifies": verdict.holds,
        "exit": int(code),
        "run": run,
        "kind": kind,
        "status": status,
        "proof": verdict.proof,
        "signer": verdict.signer,
        "approved_by": verdict.approved_by,
        "key": verdict.key,
        "digest": verdict.digest,
        "faults": verdict.faults,
        "does_not_prove": verdict.does_not_prove,
    }
    return put_json(facts, code) if args.json else code


def run_report(args: argparse.Namespace) -> int:
    """Write the report in the formats asked for; the recording itself stays as it was sealed."""
    check_there(args.recording)
    home: Path = args.to or args.recording.resolve().parent
    try:
        written = _written(args, home)
    except OSError as error:
        why = f"{error.filename or home}: {(error.strerror or 'unknown').lower()}"
        hint = "name a folder that can be written into with --to"
        raise CannotStart(f"the report cannot be written: {why}", hint=hint) from None
    console = Console(stderr=True, highlight=False)
    for path in written:
        console.print(_shown(str(path)), soft_wrap=True)
    facts = {"recording": str(args.recording), "written": [str(path) for path in written]}
    return put_json(facts) if args.json else Exit.DONE


def _written(args: argparse.Namespace, home: Path) -> list[Path]:
    """Write the formats asked for into `home`; return what was written."""
    folder: Path = args.recording
    verify.check_given(args.allowed_signers, args.tsa_root)  # Of an open recording, too: it does not ask for them.
    stem = f"{folder.resolve().name}-report"
    written: list[Path] = []
    formats: Sequence[str] = args.format or ("html", "pdf")
    trust = {"allowed_signers": args.allowed_signers, "tsa_root": args.tsa_root}
    if {"html", "pdf"} & set(formats):
        page = report.write(folder, home / f"{stem}.html", **trust)
        written.append(page)
        if "pdf" in formats:
            written.append(_printed(page, args.browser))
        if "html" not in formats:
            page.unlink()
            written.remove(page)
    if "junit" in formats:
        written.append(junit.write(folder, home / f"{stem}.junit.xml", **trust))
    if "oscal" in formats:
        written.append(oscal.write(folder, home / f"{stem}.oscal.json", controls=args.control, **trust))
    return written


def run_stamp(args: argparse.Namespace) -> int:
    """Have a recording stamped later than it was sealed. Raises `NoTimestamp` when there is no stamp to be had."""
    check_there(args.recording)
    sealing.add_timestamp(args.recording, args.tsa)
    Console(stderr=True, highlight=False).print(
        f"{_shown(args.recording.resolve().name)}: stamped by {_shown(args.tsa)}"
    )
    return Exit.DONE


def run_list(args: argparse.Namespace) -> int:
    """List all recordings, oldest first. Returns 8 when one does not verify or the chain between them has a gap."""
    home = recordings_of(args)
    entries = listing.entries(home, allowed_signers=args.allowed_signers, tsa_root=args.tsa_root)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("recording", "status", "verdict", "proof", "chain"):
        table.add_column(heading, overflow="fold")
    for entry in entries:
        colour = "green" if entry.verdict == listing.VERIFIES else "yellow" if entry.verdict == listing.OPEN else "red"
        chain = f"[red]{_shown(entry.chain)}[/]" if entry.gap else _shown(entry.chain)
        name, status = _shown(entry.name), _shown(entry.status)
        if entry.run not in {"", entry.name}:
            name += f",\nin which is\n{_shown(entry.run)}"
        if entry.kind == "rehearsal":
            status += ",\nrehearsal"
        table.add_row(name, status, f"[{colour}]{entry.verdict}[/]", entry.proof, chain)
    console = Console(stderr=True, highlight=False)
    console.print(table if entries else f"there are no recordings in {_shown(str(home))}")
    if any(entry.verdict == listing.OPEN for entry in entries):
        console.print(
            "A recording that is not sealed is still being made, or its run was killed: `keyturn resume` goes on with "
            "that, `keyturn evidence seal` packages it as it is.",
            style="dim",
        )
    aside = [folder.name for folder in package.recordings(home / package.QUARANTINE)]
    if aside:
        console.print("In quarantine, as a secret may be read in it, which must be taken as known:")
        console.print("\n".join(f"  {_shown(name)}" for name in aside), soft_wrap=True)
    unproven = dict.fromkeys(text for entry in entries for text in entry.does_not_prove)
    if unproven:
        _tell_unproven(console, "Of one or another of them this does not prove:", unproven)
    bad = any(entry.gap or entry.verdict == listing.FAULTY for entry in entries)
    code = Exit.NOT_VERIFIED if bad else Exit.DONE
    fields = ("name", "run", "kind", "status", "verdict", "proof", "chain", "gap", "digest", "does_not_prove")
    told = [{field: getattr(entry, field) for field in fields} for entry in entries]
    facts = {"recordings": told, "quarantined": aside}
    return put_json(facts, code) if args.json else code


def _tell_unproven(console: Console, head: str, unproven: Iterable[str]) -> None:
    console.print(f"[dim]{head}[/]")
    for text in unproven:
        console.print(f"  [dim]– {_shown(text)}[/]", soft_wrap=True)


def _shown(text: str) -> str:
    """Return a text that came with a recording as it is shown: nothing in it is obeyed, by rich or by the terminal."""
    return escape(clean(text))


def _code(verdict: verify.Verdict) -> Exit:
    if verdict.leaks:
        return Exit.LEAK_FOUND
    return Exit.DONE if verdict.holds else Exit.NOT_VERIFIED


def _printed(page: Path, browser: str) -> Path:
    """Print the report with the installed browser, headless."""
    from playwright.sync_api import Error as BrowserError  # noqa: PLC0415  # slow to load, and only needed here
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # the same

    from keyturn.browser import find_browser  # noqa: PLC0415  # the same

    installed = find_browser(browser)
    with sync_playwright() as playwright:
        try:
            program = playwright.chromium.launch(headless=True, **installed.launch_options())
            path: Path | None = report.print_pdf(program, page)
            program.close()
        except BrowserError:
            path = None  # Its text may hold page content.
    if path is None:
        raise NotServed("the browser could not print the report", hint="use --format html and print it yourself")
    return path
