"""`keyturn resume` and `keyturn rollback`: go on with a run in its own recording, or take back what it did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keyturn import settings, signing, store_head
from keyturn.cli.given import given_inputs
from keyturn.cli.options import add_allow_synced, add_common, add_despite_elsewhere, add_walkthrough, wants_headed
from keyturn.cli.unlocking import add_unlock, unlocked

if TYPE_CHECKING:
    import argparse

    from keyturn.keeper import Keeper
    from keyturn.run.conduct import Prepared
    from keyturn.run.past import Past


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    parser = commands.add_parser(
        "resume",
        help="go on with a run that was interrupted, stopped or failed",
        description="Reads what the run did from its journal, asks the pages what is done, says what it found, and "
        "goes on in the same recording. What was announced and not confirmed is not done again unless you say so.",
    )
    _add_options(parser)
    parser.add_argument(
        "--spare", action="append", default=[], metavar="ID", help="this new secret in the portal is somebody else's"
    )
    parser.set_defaults(run=resume)
    parser = commands.add_parser(
        "rollback",
        help="take back what a run did, last first",
        description="Says what can be taken back and what cannot; takes back each after a yes, looks whether it is "
        "undone, and seals the recording again.",
    )
    _add_options(parser)
    parser.set_defaults(run=rollback, spare=[])


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recording", metavar="RECORDING", help="the recording's folder, or its run as `runs` lists it")
    parser.add_argument("--runbook", type=Path, metavar="FILE", help="where the runbook is, if it was moved")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="give an input again")
    parser.add_argument("--values", type=Path, metavar="FILE", help="give inputs again, from a YAML file")
    parser.add_argument(
        "--accept-changes", action="store_true", help="go on although the runbook or an input was changed; recorded"
    )
    parser.add_argument("--approve", action="append", default=[], metavar="STEP|all", help="answer a gate beforehand")
    add_despite_elsewhere(parser)
    add_walkthrough(parser, anew=False)
    add_unlock(parser)
    add_common(parser)
    add_allow_synced(parser)


def resume(args: argparse.Namespace) -> int:
    """Go on with the run and return the exit code."""
    from keyturn.keeper import Keeper  # noqa: PLC0415  # the browser library is loaded only by what drives it

    ready = Keeper()  # First of all: it comes up while everything else is loaded and checked.
    try:
        return _again(args, ready, "resume")
    finally:
        ready.dismiss()


def rollback(args: argparse.Namespace) -> int:
    """Take the run back and return the exit code."""
    from keyturn.keeper import Keeper  # noqa: PLC0415  # the browser library is loaded only by what drives it

    ready = Keeper()
    args.plain = True  # There is no list of steps that goes on; what is taken back is told in lines.
    try:
        return _again(args, ready, "rollback")
    finally:
        ready.dismiss()


def _again(args: argparse.Namespace, ready: Keeper, what: str) -> int:
    from keyturn.cli.attended import approvers, attend  # noqa: PLC0415  # the browser library is loaded only by what drives it
    from keyturn.gates import Nobody  # noqa: PLC0415  # the same
    from keyturn.run import past_reading, resumable  # noqa: PLC0415  # the same
    from keyturn.run.conduct import Around  # noqa: PLC0415  # the same
    from keyturn.run.resume import Again, resume  # noqa: PLC0415  # the same
    from keyturn.run.rollback import roll_back  # noqa: PLC0415  # the same
    from keyturn.run.runs import find  # noqa: PLC0415  # the same
    from secrets_store import Store  # noqa: PLC0415  # the same

    so_far = past_reading.read(find(args.recording, args.recordings or settings.default_recordings()))
    key = signing.load_or_make()
    resumable.check_whole(so_far, key)
    checks = {"resume": resumable.check_resumable, "rollback": resumable.check_undoable}
    checks[what](so_far)
    prepared = prepared_again(args, so_far)
    folder = args.store or settings.default_store()
    noted = store_head.remembered(folder)
    store = Store.open(folder, signing_key=key, allow_synced=args.allow_synced, noted_head=noted)
    again = Again(
        past=so_far,
        identities=unlocked(args, store) if store.entries(run=so_far.run) else (),
        accepts=args.accept_changes,
        spared=tuple(one.lower() for one in args.spare),
    )
    around = Around(
        recordings=so_far.folder.parent,
        store=store,
        signing_key=key,
        gatekeeper=Nobody(),
        listeners=(),
        ready=ready,
        approvers=approvers(args, prepared) if args.approvers else None,
        tsa=args.tsa or "",
    )
    acts = {"resume": resume, "rollback": roll_back}
    try:
        return attend(prepared, around, args, carry=lambda prepared, around: acts[what](prepared, around, again))
    finally:
        store_head.remember(folder, store.head())


def _profile(args: argparse.Namespace, so_far: Past) -> Path | None:
    """Return the profile that the run's browser is started with; none for a run that began without one.

    Raises `CannotStart` where that folder is not known here any more.
    """
    from keyturn.errors import CannotStart  # noqa: PLC0415  # as above
    from keyturn.run.own_profile import OwnProfile  # noqa: PLC0415  # the same

    began_with, said = so_far.facts.get("profile", ""), args.profile
    if said and said.name != began_with:
        began = f"with the profile {began_with}" if began_with else "without a profile"
        raise CannotStart(f"{so_far.run} began {began}", hint="resume it as it began; nothing was touched")
    known = OwnProfile.remembered(so_far.run)
    if began_with and not said and known is None:
        raise CannotStart(
            f"where the profile {began_with} is, with which {so_far.run} began, is not known here",
            hint="name its folder with --profile DIR; nothing was touched",
        )
    folder: Path | None = said or (known.folder if known and began_with else None)
    return folder


def prepared_again(args: argparse.Namespace, so_far: Past) -> Prepared:
    """Return the run as it was prepared when it began, with what the operator says anew."""
    from keyturn import keeper  # noqa: PLC0415  # the browser library is loaded only by what drives it
    from keyturn.document import load  # noqa: PLC0415  # the same
    from keyturn.run.conduct import Wish, prepare  # noqa: PLC0415  # the same

    file = args.runbook or Path(so_far.facts["runbook_file"])
    asked = so_far.facts["asked"]
    known = load(file).inputs
    kept = keeper.kept_runs().get(so_far.run)
    if kept:
        args.headed = kept.headed
    elif args.headed is None:
        args.headed = wants_headed(args) and asked["headed"]
    return prepare(
        Wish(
            runbook=file,
            given={
                **{name: text for name, text in so_far.facts["inputs"].items() if name in known},
                **given_inputs(args.values, args.set),
            },
            browser=args.browser,
            profile=_profile(args, so_far),
            browser_open=kept is not None,
            headed=args.headed,
            mode=args.mode or asked["mode"],
            keep_open=args.keep_open,
            despite_elsewhere=args.despite_elsewhere,
            approved=args.approve,
            first=asked["from"],
            last=asked["until"],
        )
    )
