"""Options that several commands share, each defined once."""

from __future__ import annotations

import argparse
from pathlib import Path

from keyturn import settings, system
from keyturn.errors import CannotStart
from keyturn.gates import Mode

_LONGEST_PACE = 3600.0  # seconds


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add what every command that records or stores takes."""
    parser.add_argument("--recordings", type=Path, metavar="DIR", help="folder for recordings")
    parser.add_argument("--store", type=Path, metavar="DIR", help="folder of the encrypted store")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line of standard output")


def add_allow_synced(parser: argparse.ArgumentParser) -> None:
    """Add what every command that writes to the store takes."""
    parser.add_argument(
        "--allow-synced", action="store_true", help="use a store whose folder is on a network or synchronised"
    )


def add_despite_elsewhere(parser: argparse.ArgumentParser) -> None:
    """Add what every command that carries a run out takes."""
    parser.add_argument(
        "--despite-elsewhere",
        action="store_true",
        help="go on although another machine's note says that it is at work on the registration; recorded",
    )


def add_walkthrough(parser: argparse.ArgumentParser, *, anew: bool = True) -> None:
    """Add what every command that drives a browser takes; `anew`: where a run begins, and not where one goes on."""
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument(
        "--headed", action="store_true", default=None, help="show the browser (the default with a display)"
    )
    shown.add_argument("--headless", action="store_false", dest="headed", help="do not show the browser")
    parser.add_argument(
        "--mode",
        choices=[mode.value for mode in Mode],
        help="guided: every change waits for a yes (the default of a run with a display and a terminal); "
        "auto: only gates do; manual: you do it, keyturn looks and records",
    )
    parser.add_argument(
        "--pace",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="show each instruction for so long before it is done",
    )
    parser.add_argument(
        "--browser", default="auto", metavar="NAME", help=f"auto, {', '.join(system.BROWSERS)} or the path of a program"
    )
    add_profile(parser)
    if anew:
        parser.add_argument("--from", dest="first", default="", metavar="STEP", help="begin at this step")
        parser.add_argument("--until", dest="last", default="", metavar="STEP", help="end after this step")
    parser.add_argument(
        "--tsa", type=authority, metavar="URL", help="ask this RFC 3161 authority to stamp the recording"
    )
    parser.add_argument(
        "--approvers",
        type=Path,
        metavar="FILE",
        help="whose signatures count as a second person's, a line for each as in allowed_signers",
    )
    parser.add_argument(
        "--approvals",
        type=Path,
        metavar="DIR",
        help="folder where a second person finds what to sign (default: approvals, beside the recordings)",
    )
    parser.add_argument(
        "--plain", action="store_true", help="plain sentences instead of a live screen, for screen readers and logs"
    )
    parser.add_argument("--keep-open", action="store_true", help="leave the browser open at the end")


def add_profile(parser: argparse.ArgumentParser) -> None:
    """Add what every command that starts a browser takes."""
    parser.add_argument(
        "--profile",
        type=_folder,
        metavar="DIR",
        help="start the browser with a profile of your own, signed in or managed; by default it keeps nothing",
    )


def _folder(text: str) -> Path:
    """Return the folder that `text` names, from the root."""
    return Path(text).expanduser().absolute()


def _seconds(text: str) -> float:
    """Return `text` as seconds, none below zero and no more than an hour."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _LONGEST_PACE:
        raise argparse.ArgumentTypeError(f"a pace is 0 to {_LONGEST_PACE:.0f} seconds, not {text}")
    return seconds


def authority(url: str) -> str:
    """Return `url` if it can be a timestamp authority's address."""
    if not url.startswith(("https://", "http://")):
        raise argparse.ArgumentTypeError(f"an authority's address begins with https:// or http://, not {url}")
    return url


def add_replica(parser: argparse.ArgumentParser) -> None:
    """Add what every command that serves the replicas takes."""
    parser.add_argument("--scenario", default="expired", metavar="NAME", help="what the portals hold at the start")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME[@STEP]", help="what goes wrong, and where"
    )


def recordings_of(args: argparse.Namespace) -> Path:
    """Return the folder of the recordings that are there. Raises `CannotStart` when one was named that is not."""
    home: Path | None = args.recordings
    if home and not home.is_dir():
        raise CannotStart(f"there is no folder {home}", hint="name the folder that holds the recordings")
    return home or settings.default_recordings()


def wants_headed(args: argparse.Namespace) -> bool:
    """Return whether a window is shown: as said, else where there is a display."""
    return system.has_display() if args.headed is None else bool(args.headed)
