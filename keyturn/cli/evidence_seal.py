"""`keyturn evidence seal`: package the recording of a run that was killed and that nobody will go on with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from evidence import package
from keyturn import settings, signing, store_head
from keyturn.cli.options import authority
from keyturn.cli.unlocking import add_unlock, unlocked
from keyturn.console.words import clean
from keyturn.errors import CannotStart, Exit

if TYPE_CHECKING:
    import argparse


def add_seal(words: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the word."""
    parser = words.add_parser("seal", help="package the recording of a run that was killed and will not go on")
    add_recording(parser)
    parser.add_argument("--store", type=Path, metavar="DIR", help="folder of the encrypted store that the run used")
    parser.add_argument(
        "--by-shape",
        action="store_true",
        help="search it for anything of a client secret's shape alone, without opening the value that the run sealed",
    )
    parser.add_argument("--tsa", type=authority, metavar="URL", help="ask this RFC 3161 authority to stamp it")
    add_unlock(parser)
    parser.set_defaults(run=seal)


def seal(args: argparse.Namespace) -> int:
    """Package it and return 0, or 7 when a secret was found in it: then it is quarantined."""
    from keyturn.run.cut_short import package_up  # noqa: PLC0415  # loads the browser library

    folder: Path = args.recording
    check_there(folder)
    values: list[bytes] = []

    def open_values(entries: list[str]) -> list[bytes]:
        if entries and not args.by_shape:
            values.extend(_values(args, entries))
        return values

    recording = package_up(folder.resolve(), signing.load_or_make(), open_values, args.tsa or "")
    console = Console(stderr=True, highlight=False)
    if recording.search.leak:
        raise recording.search.leak
    searched = "for the value that the run sealed" if values else "for anything of a client secret's shape"
    console.print(f"{escape(clean(folder.name))}: sealed; searched {searched}, nothing found", soft_wrap=True)
    if recording.timestamp:
        console.print(f"timestamp {escape(recording.timestamp)}", soft_wrap=True)
    return Exit.DONE


def add_recording(parser: argparse.ArgumentParser) -> None:
    """Add the recording that a word is about."""
    parser.add_argument(
        "recording",
        type=_recording,
        metavar="DIR",
        help="the recording's folder, or its name as `evidence list` shows it",
    )


def _recording(text: str) -> Path:
    """Return the folder that `text` names; where there is none, what was named."""
    there = (place for place in package.places(text, settings.default_recordings()) if place.is_dir())
    return next(there, Path(text))


def check_there(folder: Path) -> None:
    """Raise `CannotStart` unless there is a folder that may be a recording."""
    if not folder.is_dir():
        raise CannotStart(f"there is no recording at {folder}", hint="`keyturn evidence list` shows what there is")


def _values(args: argparse.Namespace, entries: list[str]) -> list[bytes]:
    """Return the values of the store's `entries`. Raises `CannotStart` where that store is not there."""
    from secrets_store import Store  # noqa: PLC0415  # only for this

    place: Path = args.store or settings.default_store()
    hint = "name it with --store; --by-shape searches without the value"
    if not place.exists():
        raise CannotStart(f"the run sealed a value, and there is no store in {place}", hint=hint)
    store = Store.open(place, signing_key=signing.load_or_make(), noted_head=store_head.remembered(place))
    there = {entry.id: entry for entry in store.entries()}
    if missing := [entry for entry in entries if entry not in there]:
        raise CannotStart(f"the store in {place} does not hold {', '.join(missing)}", hint=hint)
    identities = unlocked(args, store)
    try:
        return [store.read(there[entry], identities).reveal().encode() for entry in entries]
    finally:
        store_head.remember(place, store.head())
