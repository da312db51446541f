"""`keyturn doctor`: what a run needs, what of it is here, and how to get the rest."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from keyturn import settings, signing, system
from keyturn.cli.options import add_common
from keyturn.errors import Exit, KeyturnError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

_ROOM = 500_000_000  # bytes; a recording with video takes a few megabytes, a full disk loses a run


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is there, what was found, and what to do when it is not."""

    what: str
    here: bool
    needed: bool
    found: str
    to_do: str = ""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("doctor", help="tell what a run needs and what of it is here")
    parser.add_argument("--init", action="store_true", help="make the signing key if there is none")
    add_common(parser)
    parser.set_defaults(run=doctor)


def doctor(args: argparse.Namespace) -> int:
    """Print the findings and return 0, or 2 when something that a run needs is missing."""
    from rich.console import Console  # noqa: PLC0415  # keeps other commands quick
    from rich.table import Table  # noqa: PLC0415  # the same

    if args.init:
        signing.load_or_make()
    findings = list(_findings(args))
    table = Table(box=None, padding=(0, 1), show_header=False)
    for finding in findings:
        mark = "[green]✓[/]" if finding.here else ("[red]✗[/]" if finding.needed else "[yellow]–[/]")
        table.add_row(mark, finding.what, finding.found + (f"\n[bold]{finding.to_do}[/]" if not finding.here else ""))
    Console(stderr=True, highlight=False).print(table)
    if args.json:
        print(json.dumps({"findings": [asdict(finding) for finding in findings]}))  # noqa: T201  # what --json promises
    return Exit.CANNOT_START if any(finding.needed and not finding.here for finding in findings) else Exit.DONE


def _findings(args: argparse.Namespace) -> Iterator[Finding]:
    yield _browser()
    yield Finding("display", system.has_display(), False, "a window can be shown" if system.has_display() else "none",
                  "without one, runs are headless; sign in needs a window")  # fmt: skip
    debugging = [name for name in ("DEBUG", "DEBUG_FILE", "PWDEBUG") if os.environ.get(name)]
    yield Finding("debugging", not debugging, True, ", ".join(debugging) or "off", f"unset {' '.join(debugging)}")
    ffmpeg = shutil.which("ffmpeg")
    yield Finding(
        "video", bool(ffmpeg), False, ffmpeg or "no ffmpeg", "install ffmpeg; without it there are pictures only"
    )
    ocr = shutil.which("tesseract")
    yield Finding("reading pictures", bool(ocr), False, ocr or "no OCR engine",
                  "install tesseract; without it the leak gate cannot read pictures")  # fmt: skip
    key = settings.default_signing_key()
    yield Finding("signing key", key.exists(), False, str(key) if key.exists() else "none yet", "keyturn doctor --init")
    store = args.store or settings.default_store()
    yield Finding("store", store.is_dir(), False, str(store) if store.is_dir() else "none yet", "keyturn secrets init")
    recordings = args.recordings or settings.default_recordings()
    free = shutil.disk_usage(next(place for place in (recordings, *recordings.parents) if place.exists())).free
    yield Finding("disk", free > _ROOM, True, f"{free // 1_000_000} MB free for recordings", "make room")


def _browser() -> Finding:
    from keyturn.browser import find_browser  # noqa: PLC0415  # loads the browser library

    try:
        browser = find_browser("auto")
    except KeyturnError as error:
        return Finding("browser", False, True, error.message, error.hint)
    return Finding("browser", True, True, f"{browser.name}, {browser.path}")
